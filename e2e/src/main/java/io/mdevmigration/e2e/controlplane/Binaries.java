package io.mdevmigration.e2e.controlplane;

import io.mdevmigration.e2e.Project;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The folder with the control plane's programs, as the script e2e/control-plane/install names it.
 */
public final class Binaries {
  private static final Path SCRIPT = Path.of("e2e", "control-plane", "install");
  private static final int QUOTED_LINES = 20;

  private final Path folder;

  private Binaries(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs the script that belongs to this module; the first time on a machine this can take minutes,
   * with progress on this JVM's standard error.
   *
   * @param indispensable programs beyond kube-apiserver, etcd and kubectl that there must be
   * @throws ControlPlaneException with the script's own words if it fails
   */
  public static Binaries install(String... indispensable) {
    return install(Project.root().resolve(SCRIPT), List.of(indispensable));
  }

  public static Binaries install(Path script, List<String> indispensable) {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    for (String program : indispensable) {
      command.add("--with");
      command.add(program);
    }
    Deque<String> said = new ArrayDeque<>();
    try {
      Process process = new ProcessBuilder(command).start();
      process.getOutputStream().close();
      // The script writes one line to standard output, which the pipe holds, so that reading the
      // two one after the other cannot block.
      try (BufferedReader progress = process.errorReader(StandardCharsets.UTF_8)) {
        String line;
        while ((line = progress.readLine()) != null) {
          System.err.println(line);
          said.addLast(line);
          if (said.size() > QUOTED_LINES) {
            said.removeFirst();
          }
        }
      }
      String folder =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int exitCode = process.waitFor();
      if (exitCode != 0 || folder.isEmpty()) {
        throw new ControlPlaneException(
            "%s failed with exit code %d:%n%s"
                .formatted(script, exitCode, String.join(System.lineSeparator(), said)));
      }
      return new Binaries(Path.of(folder));
    } catch (IOException e) {
      throw new ControlPlaneException("cannot run " + script, e);
    } catch (InterruptedException e) {
      throw ControlPlaneException.interrupted("running " + script, e);
    }
  }

  /**
   * The path of a program.
   *
   * @throws ControlPlaneException if the folder does not have it
   */
  public Path program(String name) {
    Path program = folder.resolve(name);
    if (!Files.isExecutable(program)) {
      throw new ControlPlaneException("there is no " + name + " in " + folder);
    }
    return program;
  }
}
