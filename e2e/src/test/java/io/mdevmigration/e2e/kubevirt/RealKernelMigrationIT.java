package io.mdevmigration.e2e.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.realkernel.RealKernelNode;
import io.mdevmigration.e2e.time.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * KubeVirt's migrations between nodes whose kernels are real: the sample driver in QEMU guests, and
 * the shipped daemon in each. What a kubelet and virt-handler would do is played; no device is
 * really handed over.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(900)
class RealKernelMigrationIT {
  private static final String SOURCE = "real-a";
  private static final String ACCEPTING = "real-b";
  private static final String REFUSING = "real-c";

  /** What KubeVirt makes of the content of the sample driver's attribute {@code name}. */
  private static final String NAME = "Sample_A";

  private static final int FEW_CPUS = 2;
  private static final int MANY_CPUS = 64;
  private static final int DEVICES = 2;

  private Lab lab;
  private Map<String, RealKernelNode> nodes = Map.of();

  @BeforeAll
  void boot() throws IOException {
    lab = Lab.start();
    lab.kubeVirt().forget();
    lab.kubeVirt().configure(Map.of(NAME, Lab.RESOURCE));
    lab.webhook().register();
    nodes =
        RealKernelNode.boot(
            Map.of(
                SOURCE, driver("v1", "v1"),
                ACCEPTING, driver("v2", "v1", "v2"),
                REFUSING, driver("v3", "v3")),
            Files.createDirectories(Path.of("target", "real-migration").toAbsolutePath()));
  }

  @AfterAll
  void stop() {
    nodes.values().forEach(RealKernelNode::close);
    lab.close();
  }

  /** The parameters of a driver that publishes one version and accepts some. */
  private static List<String> driver(String own, String... accepted) {
    String accepting =
        Arrays.stream(accepted)
            .map(version -> "write:*/A/" + version + "=accept; ")
            .collect(Collectors.joining());
    return List.of("parents=2", "types=A", "rules=" + accepting + "version:*/A=" + own);
  }

  private static String label(String version) {
    return new MdevClass(Lab.TYPE, version).labelKey();
  }

  private void add(String node, int cpus) {
    lab.addNode(nodes.get(node), cpus, DEVICES);
  }

  @Test
  void aMigrationGoesWhereTheKernelAcceptsAndADrainWaitsUntilOneDoes() {
    lab.addNamespace("real");
    add(SOURCE, FEW_CPUS);
    lab.awaitLabels(SOURCE, Set.of(label("v1")));
    VirtualMachine machine = lab.startMachine("real", "vm", Map.of());
    assertThat(machine.node()).isEqualTo(SOURCE);
    add(ACCEPTING, FEW_CPUS);
    add(REFUSING, MANY_CPUS); // kube-scheduler would rather go there
    lab.awaitLabels(SOURCE, Set.of(label("v1")));
    lab.awaitLabels(ACCEPTING, Set.of(label("v1"), label("v2")));
    lab.awaitLabels(REFUSING, Set.of(label("v3")));

    Migration ended = machine.awaitEnd(machine.migrate(Map.of()));
    assertThat(ended.addedNodeSelector()).isEqualTo(Map.of(label("v1"), MdevClass.LABEL_VALUE));
    assertThat(lab.targetNode(ended)).contains(ACCEPTING);
    assertThat(ended.phase()).isEqualTo("Succeeded");
    assertThat(machine.node()).isEqualTo(ACCEPTING);
    assertThat(lab.freeDevices(REFUSING)).isEqualTo(DEVICES);

    assertThatThrownBy(() -> machine.migrate(Map.of()))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("no other node can take over the device of VMI real/vm")
        .hasMessageContaining("2 Incompatible (Refused EINVAL)");
    CompletableFuture<CommandResult> drained = lab.drain(ACCEPTING, Patience.LONG.multipliedBy(2));
    Patience.until(
        "an event of the evacuation controller",
        () -> machine.events().stream().anyMatch(line -> line.startsWith("FailedCreate")),
        () -> machine.events().toString());
    assertThat(drained).isNotDone();

    nodes.get(REFUSING).reloadDriver(driver("v3", "v2", "v3"));
    Patience.until(
        "the machine to go to " + REFUSING,
        Patience.LONG.multipliedBy(2), // the evacuation controller waits ever longer
        () -> machine.node().equals(REFUSING),
        () -> machine.migrations() + ", events " + machine.events());
    assertThat(drained.join().exitCode()).isZero();
    lab.awaitLabels(REFUSING, Set.of(label("v2"), label("v3")));
  }
}
