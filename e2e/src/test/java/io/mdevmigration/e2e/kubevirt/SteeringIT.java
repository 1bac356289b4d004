package io.mdevmigration.e2e.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.e2e.kubevirt.DrawnFleet.DrawnNode;
import io.mdevmigration.e2e.kubevirt.FleetRun.Cause;
import io.mdevmigration.e2e.time.Patience;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a machine is like, what its user claims and how the operator is told to work. */
class SteeringIT {
  private static Lab lab;

  @BeforeAll
  static void startLab() {
    lab = Lab.start();
  }

  @AfterAll
  static void stopLab() {
    lab.close();
  }

  @BeforeEach
  void theWebhookIsAsked() {
    lab.webhook().register();
  }

  @AfterEach
  void nobodyAsksTheWebhook() {
    lab.webhook().unregister();
  }

  @Test
  void theMachinesOwnNodeSelectorHoldsBesideTheLabels() {
    DrawnFleet fleet =
        new DrawnFleet(
            DrawnFleet.node("sel-a", "A-v1").labelled("disk", "fast"),
            List.of(
                DrawnFleet.node("sel-b", "A-v2", "A-v1"),
                DrawnFleet.node("sel-c", "A-v2", "A-v1").labelled("disk", "fast"),
                DrawnFleet.node("sel-d", "A-v2").labelled("disk", "fast")));
    try (FleetRun run = new FleetRun(lab, fleet, "selecting", Map.of("disk", "fast"))) {
      Migration ended = run.migrate(Cause.DRAIN, Map.of());
      assertThat(lab.targetNode(ended)).contains("sel-c");
      assertThat(run.complaint(ended)).isEmpty();
    }
  }

  @Test
  void aTargetTakesEveryVersionThatTheParentsOfTheSourceHave() {
    DrawnFleet fleet =
        new DrawnFleet(
            new DrawnNode(
                "two-a", Lab.TYPE, List.of(DrawnFleet.parent("A-v1"), DrawnFleet.parent("A-v2"))),
            List.of(
                DrawnFleet.node("two-b", "A-v1"),
                DrawnFleet.node("two-c", "A-v3", "A-v1", "A-v2"),
                DrawnFleet.node("two-d", "A-v2")));
    try (FleetRun run = new FleetRun(lab, fleet, "two")) {
      Migration ended = run.migrate(Cause.USER, Map.of());
      assertThat(ended.addedNodeSelector()).isEqualTo(run.selectorOfSource()).hasSize(2);
      assertThat(lab.targetNode(ended)).contains("two-c");
      assertThat(run.complaint(ended)).isEmpty();
    }
  }

  @Test
  void aMachineThatHasJustMovedIsSteeredByItsNewNode() {
    DrawnNode first = DrawnFleet.node("moves-a", "A-v1");
    DrawnNode second = DrawnFleet.node("moves-b", "A-v2", "A-v1");
    DrawnNode third = DrawnFleet.node("moves-c", "A-v1", "A-v2");
    DrawnFleet fleet =
        new DrawnFleet(first, List.of(second, third, DrawnFleet.node("moves-d", "A-v4", "A-v1")));
    try (FleetRun run = new FleetRun(lab, fleet, "moves")) {
      lab.streams((source, target) -> true);
      for (int i = 0; i < 4; i++) {
        Map<String, String> toSecond = Map.of("kubernetes.io/hostname", second.name());
        Migration there = run.machine().migrate(toSecond);
        // What the first node's devices need, d has as well; what the second's need, c alone.
        Migration back = run.machine().awaitEnd(migrateAsSoonAsItMay(run.machine()));
        assertThat(lab.targetNode(there)).contains(second.name());
        assertThat(lab.targetNode(back)).contains(third.name());
        assertThat(run.machine().node()).isEqualTo(third.name());
      }
    }
  }

  /** KubeVirt has a machine migrated by one at a time. */
  private static Migration migrateAsSoonAsItMay(VirtualMachine machine) {
    while (true) {
      try {
        return machine.migrate(Map.of());
      } catch (KubernetesClientException e) {
        assertThat(e.getMessage())
            .containsAnyOf("in-flight migration", "is being migrated already");
      }
    }
  }

  @Test
  void noUserMovesAMachineByWhatHeWritesIntoItsStatus() {
    DrawnFleet fleet =
        new DrawnFleet(
            DrawnFleet.node("forged-a", "A-v1"),
            List.of(
                DrawnFleet.node("forged-b", "A-v2", "A-v1"),
                DrawnFleet.node("forged-c", "A-v3", "A-v2")));
    try (FleetRun run = new FleetRun(lab, fleet, "forged");
        KubernetesClient tenant = Tenant.client(lab.controlPlane())) {
      try {
        tenant
            .genericKubernetesResources(KubeVirtResources.INSTANCE)
            .inNamespace("forged")
            .withName("vm")
            .patch(
                PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"nodeName\":\"forged-b\"}}");
      } catch (KubernetesClientException e) {
        assertThat(e.getCode()).as("KubeVirt may refuse it").isIn(400, 403, 422);
      }
      Migration ended = run.migrate(Cause.USER, Map.of());
      assertThat(ended.addedNodeSelector()).isEqualTo(run.selectorOfSource());
      assertThat(run.complaint(ended)).isEmpty();
    }
  }

  @Test
  void theStatusOfAMachineThatDoesNotRunIsNotBelieved() {
    DrawnFleet fleet =
        new DrawnFleet(
            DrawnFleet.node("claims-a", "A-v1"),
            List.of(
                DrawnFleet.node("claims-b", "A-v2", "A-v1"), DrawnFleet.node("claims-c", "A-v3")));
    try (FleetRun run = new FleetRun(lab, fleet, "claims");
        KubernetesClient tenant = Tenant.client(lab.controlPlane())) {
      tenant
          .resource(
              """
              apiVersion: kubevirt.io/v1
              kind: VirtualMachineInstance
              metadata: {name: claimed, namespace: claims}
              spec:
                architecture: amd64
                nodeSelector: {there: is-none}
                terminationGracePeriodSeconds: 0
                domain:
                  machine: {type: q35}
                  memory: {guest: 64Mi}
                  devices: {gpus: [{name: gpu, deviceName: %s}]}
              status: {phase: Running, nodeName: claims-a}
              """
                  .formatted(Lab.RESOURCE))
          .create();
      String warning =
          lab.controlPlane()
              .kubectlWithInput(
                  """
                  apiVersion: kubevirt.io/v1
                  kind: VirtualMachineInstanceMigration
                  metadata: {name: claimed, namespace: claims}
                  spec: {vmiName: claimed}
                  """,
                  "create",
                  "--dry-run=server",
                  "-f",
                  "-")
              .stderr();
      assertThat(run.machine().refusal()).as("of one that runs").isEmpty();
      assertThat(warning)
          .contains("not steered: ", "only a running VMI has a device that is known");
      GenericKubernetesResource claimed =
          tenant
              .genericKubernetesResources(KubeVirtResources.INSTANCE)
              .inNamespace("claims")
              .withName("claimed")
              .require();
      tenant.resource(claimed).delete();
    }
  }

  @Test
  void inReportNothingIsChangedOrRefusedAndWhatWouldBeIsTold() {
    operate("Report");
    DrawnFleet fleet =
        new DrawnFleet(
            DrawnFleet.node("report-a", "A-v1"),
            List.of(DrawnFleet.node("report-b", "A-v2"), DrawnFleet.node("report-c", "A-v3")));
    try (FleetRun run = new FleetRun(lab, fleet, "report")) {
      Migration ended = run.migrate(Cause.USER, Map.of());
      assertThat(ended.addedNodeSelector()).isEmpty();
      assertThat(ended.phase()).as("in the device").isEqualTo("Failed");
      assertThat(
              Patience.await(
                  "an event of the operator",
                  () ->
                      lab.eventsAbout(ended).stream()
                          .filter(line -> line.contains("would be refused"))
                          .findFirst(),
                  () -> lab.eventsAbout(ended).toString()))
          .contains("2 Incompatible (Refused EINVAL)");
    } finally {
      operate("Steer");
    }
  }

  @Test
  void inStrictWhatMayHaveNoTargetIsRefusedAndWhatHasOneGoesThere() {
    operate("Strict");
    DrawnFleet fleet =
        new DrawnFleet(
            DrawnFleet.node("strict-a", "A-v1"),
            List.of(DrawnFleet.node("strict-b", "A-v2"), DrawnFleet.node("strict-c", "A-v3")));
    try (FleetRun run = new FleetRun(lab, fleet, "strict")) {
      lab.streams((source, target) -> target.equals("strict-c"));
      // Its kubelet counts devices, and nobody says what they take.
      lab.node("strict-b").stopDaemon();
      lab.client().resources(MdevNodeState.class).withName("strict-b").delete();
      String refusal =
          Patience.await(
              "a refusal because nothing is certain",
              () -> run.machine().refusal().filter(why -> why.contains("in mode Strict")),
              () -> run.machine().refusal().toString());
      assertThat(refusal).contains("1 have not answered", "1 Incompatible (Refused EINVAL)");
      lab.node("strict-c").kernel().reload(DrawnFleet.node("strict-c", "A-v3", "A-v1").driver());
      Patience.until(
          "a migration to be let through",
          () -> run.machine().refusal().isEmpty(),
          () -> run.machine().refusal().toString());
      Migration ended = run.machine().awaitEnd(run.machine().migrate(Map.of()));
      assertThat(lab.targetNode(ended)).contains("strict-c");
    } finally {
      operate("Steer");
    }
  }

  /** Has the operator work in another mode, and be asked. */
  private static void operate(String mode) {
    lab.webhook().unregister();
    lab.operate(mode);
    lab.webhook().register();
  }
}
