package io.mdevmigration.e2e.kubevirt;

import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.Binaries;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.ControlPlaneException;
import io.mdevmigration.e2e.controlplane.CustomResources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What KubeVirt's own generators print.
 *
 * @param binaries KubeVirt's programs, and the one that prints
 */
public record Manifests(Binaries binaries) {
  private static final Path INSTALL = Path.of("e2e", "kubevirt", "install");

  /** Those of the pinned KubeVirt; the first time on a machine this builds its programs. */
  public static Manifests install() {
    return new Manifests(Binaries.install(Project.root().resolve(INSTALL), List.of()));
  }

  /** Installs KubeVirt's resources and waits until they are served. */
  public void applyResources(ControlPlane controlPlane) {
    controlPlane.kubectlWithInput(print("crds"), "create", "-f", "-").orThrow();
    CustomResources.awaitServed(controlPlane);
  }

  /**
   * Prints a part as YAML.
   *
   * @param part {@code crds}, {@code access} or {@code admission}
   */
  String print(String part) {
    try {
      Process process =
          new ProcessBuilder(binaries.program("manifests").toString(), part)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new ControlPlaneException("'manifests " + part + "' failed");
      }
      return text;
    } catch (IOException e) {
      throw new ControlPlaneException("cannot run 'manifests " + part + "'", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
