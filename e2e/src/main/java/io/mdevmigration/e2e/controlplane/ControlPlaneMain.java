package io.mdevmigration.e2e.controlplane;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings a control plane up for use by hand and keeps it until the program is ended. */
@Command(
    name = "control-plane/up",
    mixinStandardHelpOptions = true,
    description = {
      "Brings a throw-away Kubernetes control plane up, prints the line that points kubectl at it",
      "and keeps it until Ctrl-C."
    })
public final class ControlPlaneMain implements Callable<Integer> {
  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Work there and keep logs and data; otherwise a temporary directory.")
  private Path directory;

  @Option(
      names = "--bare",
      description = "No scheduler and no controller-manager: nothing but the API server and etcd.")
  private boolean bare;

  @Option(
      names = "--node-lifecycle",
      description = "Let the controller-manager taint nodes that no kubelet keeps alive.")
  private boolean nodeLifecycle;

  /** The program. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ControlPlaneMain()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    Options options = new Options();
    if (directory != null) {
      options.workingDirectory(directory);
    }
    if (!bare) {
      options.scheduler();
      if (nodeLifecycle) {
        options.controllerManager();
      } else {
        options.controllerManager("--controllers=*,-node-lifecycle-controller");
      }
    }
    try (ControlPlane controlPlane = ControlPlane.start(options)) {
      System.err.println("# Kubernetes at https://127.0.0.1:" + controlPlane.port());
      System.err.println("# logs and data in " + controlPlane.directory());
      System.err.println("# kubectl is " + controlPlane.program("kubectl"));
      System.err.println("# until Ctrl-C");
      System.out.println("export KUBECONFIG=" + controlPlane.kubeconfig());
      new CountDownLatch(1).await();
    }
    return 0;
  }
}
