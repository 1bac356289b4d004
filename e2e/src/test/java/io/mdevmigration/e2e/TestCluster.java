package io.mdevmigration.e2e;

import io.mdevmigration.e2e.controlplane.ControlPlane;
import java.nio.file.Path;

/**
 * The control plane that the tests of one JVM share, because starting one takes seconds: etcd and
 * kube-apiserver with this project's resources installed. Each test uses nodes of its own.
 */
public final class TestCluster {
  private static final class Holder {
    private static final ControlPlane CONTROL_PLANE = start();
  }

  private TestCluster() {}

  /** The control plane; started by the first call, ended with the JVM. */
  public static ControlPlane get() {
    return Holder.CONTROL_PLANE;
  }

  /** The repository's folder {@code crds}. */
  public static Path crds() {
    return Project.root().resolve("crds");
  }

  private static ControlPlane start() {
    ControlPlane controlPlane = ControlPlane.start();
    controlPlane.kubectl("apply", "-f", crds() + "/").orThrow();
    controlPlane
        .kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", crds() + "/")
        .orThrow();
    return controlPlane;
  }
}
