package io.mdevmigration.e2e.controlplane;

import io.mdevmigration.e2e.Project;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** The kinds that an API server serves besides its own. */
public final class CustomResources {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private CustomResources() {}

  /**
   * Has an API server serve this project's kinds; returns when it does.
   *
   * @throws ControlPlaneException if it does not within a minute
   */
  public static void install(ControlPlane controlPlane) {
    controlPlane.kubectl("apply", "-f", folder() + "/").orThrow();
    awaitServed(controlPlane);
  }

  /** The repository's folder {@code crds}. */
  public static Path folder() {
    return Project.root().resolve("crds");
  }

  /**
   * Returns when an API server serves all kinds that are defined.
   *
   * @throws ControlPlaneException if it does not within a minute
   */
  public static void awaitServed(ControlPlane controlPlane) {
    Instant end = Instant.now().plus(PATIENCE);
    CommandResult waited = waitFor(controlPlane);
    // kubectl gives up at once where a definition has no conditions yet, as a new one has
    // (kubernetes/kubernetes issue 66439).
    while (waited.stderr().contains("accessor error") && Instant.now().isBefore(end)) {
      waited = waitFor(controlPlane);
    }
    waited.orThrow();
  }

  private static CommandResult waitFor(ControlPlane controlPlane) {
    return controlPlane.kubectl(
        "wait",
        "--for=condition=Established",
        "--timeout=%ds".formatted(PATIENCE.toSeconds()),
        "crd",
        "--all");
  }
}
