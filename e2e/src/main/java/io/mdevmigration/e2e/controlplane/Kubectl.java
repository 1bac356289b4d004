package io.mdevmigration.e2e.controlplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs kubectl against one cluster, with a cache of its own. */
final class Kubectl {
  private final Path program;
  private final Path kubeconfig;
  private final Path cache;

  Kubectl(Path program, Path kubeconfig, Path cache) {
    this.program = program;
    this.kubeconfig = kubeconfig;
    this.cache = cache;
  }

  /** Runs it with this text on its standard input and returns what it wrote. */
  CommandResult run(String input, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    builder.environment().put("KUBECACHEDIR", cache.toString());
    try {
      Process process = builder.start();
      CompletableFuture<String> stdout =
          CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
      CompletableFuture<String> stderr =
          CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // kubectl ended without reading it all: its exit code and standard error tell why
      }
      return new CommandResult(process.waitFor(), stdout.join(), stderr.join());
    } catch (IOException e) {
      throw new ControlPlaneException("cannot run kubectl", e);
    } catch (InterruptedException e) {
      throw ControlPlaneException.interrupted("running kubectl", e);
    }
  }

  private static String read(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
