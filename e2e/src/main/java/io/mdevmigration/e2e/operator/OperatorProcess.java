package io.mdevmigration.e2e.operator;

import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** The operator as it is shipped, {@code operator/target/mdev-operator/bin/mdev-operator}. */
public final class OperatorProcess implements AutoCloseable {
  /** How the operator names itself to the API server. */
  public static final String USER_AGENT = "mdev-operator";

  private final OwnedProcess process;

  private OperatorProcess(OwnedProcess process) {
    this.process = process;
  }

  /**
   * Starts the operator against a control plane; returns at once. Its log is {@code operator.log}
   * in the control plane's directory.
   *
   * @param arguments of mdev-operator
   */
  public static OperatorProcess start(ControlPlane controlPlane, String... arguments) {
    return start(
        Map.of("KUBECONFIG", controlPlane.kubeconfig().toString()),
        controlPlane.directory().resolve("operator.log"),
        arguments);
  }

  /**
   * Starts the operator with variables added to the environment; returns at once.
   *
   * @param environment how it finds the API server, and whatever else it is to find there
   * @param log its log is appended to this file
   * @param arguments of mdev-operator
   */
  public static OperatorProcess start(
      Map<String, String> environment, Path log, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(script().toString());
    command.addAll(List.of(arguments));
    return new OperatorProcess(OwnedProcess.start("operator", command, environment, log));
  }

  /** What starts it. */
  public static Path script() {
    return Project.program("operator/target/mdev-operator/bin/mdev-operator");
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it with SIGKILL and returns once it is gone. */
  public void kill() {
    process.kill();
  }

  /** Holds it up with SIGSTOP, as a host that has no time for it does, until it is resumed. */
  public void pause() {
    process.pause();
  }

  /** Lets it go on. */
  public void resume() {
    process.resume();
  }

  /** Its exit code once it has ended by itself; empty if it still runs after so long. */
  public OptionalInt awaitEnd(Duration atMost) {
    return process.awaitEnd(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Ends it as Kubernetes would, with SIGTERM.
   *
   * @return its exit code, 143 after an orderly end; -1 if it had to be killed after 20 s
   */
  public int terminate() {
    return process.terminate(20, TimeUnit.SECONDS);
  }

  /** Ends it with SIGTERM. */
  @Override
  public void close() {
    terminate();
  }
}
