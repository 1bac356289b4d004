package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.UninstallCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The chart's hook that cleans up after an uninstall, as Helm and the cluster's controllers see it.
 * No program runs in its pod: what it does is tried in {@link CleanupIT}.
 */
class UninstallIT {
  private static final String NAMESPACE = "gpu-things";
  private static final String RELEASE = "migration";

  private PlayedCluster cluster;

  @BeforeEach
  void start() {
    cluster = new PlayedCluster();
    cluster.kubectl("create", "namespace", NAMESPACE);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void anUninstallThatCleansUpLeavesNothingOfTheHook() {
    install().call();
    assertThat(ofTheHook()).as("before").isEmpty();
    uninstall().call();
    assertThat(ofTheHook()).isEmpty();
    assertThat(
            cluster.kubectl(
                "get", "events", "-A", "--field-selector=involvedObject.kind=Job", "-o", "yaml"))
        .as("it ran")
        .contains("mdev-migration-cleanup", "reason: Completed");
  }

  @Test
  void anUninstallEndsEvenIfTheCleanupNeverBegins() {
    install()
        .set("cleanup.deadlineSeconds", 5)
        // As with an image that cannot be pulled, the pod stays Pending.
        .set("operator.nodeSelector.nowhere", "yes")
        .call();
    assertThatThrownBy(() -> uninstall().call())
        .hasMessageContaining("uninstallation completed with 1 error")
        .hasMessageContaining("DeadlineExceeded");
    assertThat(
            Helm.list().withNamespace(NAMESPACE).withKubeConfig(cluster.kubeconfig()).all().call())
        .isEmpty();
    assertThat(ofTheHook()).as("what tells why").isEqualTo("Job/mdev-migration-cleanup\n");
  }

  private InstallCommand install() {
    return new Helm(Chart.SHIPPED.folder())
        .install()
        .withName(RELEASE)
        .withNamespace(NAMESPACE)
        .withKubeConfig(cluster.kubeconfig())
        .set("cleanup.onUninstall", "true");
  }

  private UninstallCommand uninstall() {
    return Helm.uninstall(RELEASE).withNamespace(NAMESPACE).withKubeConfig(cluster.kubeconfig());
  }

  private String ofTheHook() {
    return cluster.kubectl(
        "get",
        "jobs,serviceaccounts,clusterroles,clusterrolebindings,roles,rolebindings,"
            + "validatingadmissionpolicies,validatingadmissionpolicybindings",
        "-A",
        "-l",
        "app.kubernetes.io/part-of=mdev-migration",
        "-o",
        "jsonpath={range .items[?(@.metadata.name==\"mdev-migration-cleanup\")]}"
            + "{.kind}/{.metadata.name}{\"\\n\"}{end}");
  }
}
