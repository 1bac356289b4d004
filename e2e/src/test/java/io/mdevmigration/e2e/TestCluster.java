package io.mdevmigration.e2e;

import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.controlplane.Options;

/**
 * The control plane that the tests of one JVM share, because starting one takes seconds: etcd and
 * kube-apiserver with this project's resources installed. Each test uses nodes of its own.
 */
public final class TestCluster {
  private static final class Holder {
    private static final ControlPlane CONTROL_PLANE = start(new Options());
  }

  private TestCluster() {}

  /** The control plane; started by the first call, ended with the JVM. */
  public static ControlPlane get() {
    return Holder.CONTROL_PLANE;
  }

  /** Another one with this project's resources, for tests that share it with nobody. */
  public static ControlPlane start(Options options) {
    ControlPlane controlPlane = ControlPlane.start(options);
    CustomResources.install(controlPlane);
    return controlPlane;
  }
}
