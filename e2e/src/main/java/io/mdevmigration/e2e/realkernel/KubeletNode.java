package io.mdevmigration.e2e.realkernel;

import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.Binaries;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A whole Kubernetes node: a guest with the sample driver, containerd, AppArmor and a kubelet, see
 * {@code e2e/kubelet-node}. What runs on it is pods.
 */
public final class KubeletNode implements AutoCloseable {
  /** The group of every {@link #user}. */
  public static final String GROUP = "system:nodes";

  private static final String SCRIPTS = "e2e/kubelet-node";
  private static final List<String> MEMORY = List.of("--memory", "3072");

  private final String name;
  private final Guest guest;
  private final Path files;

  private KubeletNode(String name, Guest guest, Path files) {
    this.name = name;
    this.guest = guest;
    this.files = files;
  }

  /**
   * Begins to boot; {@link #join} goes on.
   *
   * @param directory for the guest's logs and shared folder
   * @param driver parameters of the sample driver
   */
  public static KubeletNode boot(String name, Path directory, List<String> driver) {
    Path files =
        Binaries.install(Project.program(SCRIPTS + "/install"), List.of())
            .program("kubelet")
            .getParent();
    return new KubeletNode(name, Guest.boot(name, directory, driver, MEMORY), files);
  }

  /** The name by which the kubelet of a node is known to the API server. */
  public static String user(String node) {
    return "system:node:" + node;
  }

  /** Waits for the guest, and starts containerd and the kubelet, which makes the Node object. */
  public void join(ControlPlane controlPlane) {
    guest.awaitReady();
    try {
      Files.copy(
          controlPlane.kubeconfigForGuests(user(name)),
          guest.share().resolve("kubelet.kubeconfig"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    guest.run(
        "%s %s %d".formatted(Project.program(SCRIPTS + "/start"), files, controlPlane.port()));
  }

  /** Loads an image into containerd, from an archive on the host. */
  public void load(Path archive) {
    guest.run(files + "/unpacked/usr/bin/ctr -n k8s.io images import " + archive);
  }

  /** The guest, for commands. */
  public Guest guest() {
    return guest;
  }

  @Override
  public void close() {
    guest.close();
  }
}
