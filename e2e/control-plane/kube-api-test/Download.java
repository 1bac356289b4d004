import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubeapitest.binary.BinaryManager;

/**
 * Lets Fabric8's kube-api-test download kube-apiserver, etcd and kubectl and prints the folder that
 * holds them. Run as a source file by the script "download".
 */
final class Download {
  private Download() {}

  /** Arguments: the folder to download into and the Kubernetes version, such as {@code 1.35.*}. */
  public static void main(String[] args) {
    var config =
        KubeAPIServerConfigBuilder.anAPIServerConfig()
            .withTestDir(args[0])
            .withApiServerVersion(args[1])
            .withOfflineMode(false)
            .withUpdateKubeConfig(false)
            .build();
    var binaries = new BinaryManager(config);
    try {
      binaries.initAndDownloadIfRequired();
    } catch (KubeAPITestException e) {
      System.err.println("control-plane: the download failed: " + e.getMessage());
      System.exit(1);
    }
    System.out.println(binaries.binaries().getApiServer().getParentFile().getAbsolutePath());
  }
}
