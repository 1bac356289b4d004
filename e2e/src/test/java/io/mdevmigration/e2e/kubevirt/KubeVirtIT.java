package io.mdevmigration.e2e.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.e2e.kubevirt.DrawnFleet.DrawnNode;
import io.mdevmigration.e2e.kubevirt.FleetRun.Cause;
import io.mdevmigration.e2e.time.Patience;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where KubeVirt's own controllers and kube-scheduler take a machine. */
class KubeVirtIT {
  private static final Duration LONGER_THAN_THE_OPERATOR_LOOKS = Duration.ofSeconds(13);

  private static Lab lab;

  @BeforeAll
  static void startLab() {
    lab = Lab.start();
  }

  @AfterAll
  static void stopLab() {
    lab.close();
  }

  @AfterEach
  void nobodyAsksTheWebhook() {
    lab.webhook().unregister();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aMigrationWithTheLabelsOfItsSourceGoesToANodeThatAcceptsThoughOthersAreFree(long seed) {
    try (FleetRun run = new FleetRun(lab, seed)) {
      Migration ended = run.migrate(Cause.USER, run.selectorOfSource());
      assertThat(run.complaint(ended)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"DRAIN, 11", "UPDATE, 12"})
  void withoutTheWebhookWhatKubeVirtBeginsItselfGoesToANodeThatRefusesAndFailsInTheDevice(
      Cause cause, long seed) {
    try (FleetRun run = new FleetRun(lab, seed)) {
      Migration ended = run.migrate(cause, Map.of());
      assertThat(lab.targetNode(ended).orElseThrow())
          .isIn(DrawnFleet.names(run.fleet().refusing()));
      assertThat(ended.phase()).isEqualTo("Failed");
      assertThat(run.machine().node()).isEqualTo(run.fleet().source().name());
    }
  }

  @ParameterizedTest
  @CsvSource({"USER, 21", "DRAIN, 22", "UPDATE, 23"})
  void whoeverBeginsAMigrationItGoesToANodeThatAccepts(Cause cause, long seed) {
    lab.webhook().register();
    try (FleetRun run = new FleetRun(lab, seed)) {
      Migration ended = run.migrate(cause, Map.of());
      assertThat(ended.addedNodeSelector()).isEqualTo(run.selectorOfSource());
      assertThat(run.complaint(ended)).isEmpty();
    }
  }

  @Test
  void aDrainThatNobodyAcceptsIsRefusedWithTheReasonsAndProceedsByItselfOnceANodeAccepts() {
    lab.webhook().register();
    DrawnNode later = DrawnFleet.node("stuck-b", "A-v2");
    DrawnFleet fleet =
        new DrawnFleet(
            DrawnFleet.node("stuck-a", "A-v1"),
            List.of(later, DrawnFleet.node("stuck-c", "A-v3", "A-v2")));
    try (FleetRun run = new FleetRun(lab, fleet, "stuck")) {
      lab.streams((source, target) -> target.equals("stuck-b"));
      assertThatThrownBy(() -> run.machine().migrate(Map.of()))
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("no other node can take over the device of VMI stuck/vm")
          .hasMessageContaining("of type sample-A on node stuck-a: 2 ")
          .hasMessageContaining("EINVAL")
          .hasMessageContaining("stuck-b, stuck-c");
      assertThat(run.machine().dryRunToAnotherCluster().addedNodeSelector()).isEmpty();

      run.drain();
      String event =
          Patience.await(
              "an event of the evacuation controller",
              () ->
                  run.machine().events().stream()
                      .filter(line -> line.startsWith("FailedCreate"))
                      .findFirst(),
              () -> run.machine().events().toString());
      assertThat(event)
          .contains("no other node can take over the device of VMI stuck/vm")
          .doesNotContain("stuck-b");
      assertThat(run.machine().migrations()).isEmpty();
      assertThat(run.drained()).isNotDone();

      lab.node("stuck-b").kernel().reload(DrawnFleet.node("stuck-b", "A-v2", "A-v1").driver());
      Migration ended = run.machine().awaitEnd(run.machine().awaitMigration());
      assertThat(ended.phase()).isEqualTo("Succeeded");
      assertThat(lab.targetNode(ended)).contains("stuck-b");
      assertThat(run.drained().join().exitCode()).isZero();
    }
  }

  @Test
  void whatAUserAddsStaysAndAnOlderVersionOfTheApiAndANameOfOnesOwnAreAsGood() {
    lab.webhook().register();
    DrawnFleet fleet =
        new DrawnFleet(
            DrawnFleet.node("own-a", "A-v1"),
            List.of(
                DrawnFleet.node("own-b", "A-v2", "A-v1"),
                DrawnFleet.node("own-c", "A-v3", "A-v1"),
                DrawnFleet.node("own-d", "A-v2")));
    try (FleetRun run = new FleetRun(lab, fleet, "own")) {
      Map<String, String> own = Map.of("kubernetes.io/hostname", "own-c");
      Migration ended =
          run.machine()
              .awaitEnd(run.machine().migrate("kubevirt.io/v1alpha3", Map.of("name", "mine"), own));
      assertThat(ended.addedNodeSelector())
          .containsAllEntriesOf(own)
          .containsAllEntriesOf(run.selectorOfSource());
      assertThat(lab.targetNode(ended)).contains("own-c");
      assertThat(ended.phase()).isEqualTo("Succeeded");
    }
  }

  @Test
  void aMigrationThatFailsInADeviceThatHadAcceptedIsTold() {
    lab.webhook().register();
    DrawnFleet fleet =
        new DrawnFleet(
            DrawnFleet.node("broken-a", "A-v1"), List.of(DrawnFleet.node("broken-b", "A-v1")));
    try (FleetRun run = new FleetRun(lab, fleet, "broken")) {
      lab.streams((source, target) -> false);
      Migration ended = run.migrate(Cause.USER, Map.of());
      assertThat(ended.phase()).isEqualTo("Failed");
      assertThat(
              Patience.await(
                  "an event of the operator",
                  () ->
                      run.machine().events().stream()
                          .filter(line -> line.contains("had accepted the device"))
                          .findFirst(),
                  () -> run.machine().events().toString()))
          .contains(ended.name() + " failed on node broken-b");
    }
  }

  @Test
  void aMigrationGoesOnWhereTheWebhookCannotBeReachedAndThatIsTold() {
    lab.webhook().registerUnreachable();
    try (FleetRun run = new FleetRun(lab, 31)) {
      Migration migration = run.migrate(Cause.USER, Map.of());
      assertThat(migration.addedNodeSelector()).isEmpty();
      assertThat(
              Patience.await(
                  "an event of the operator",
                  () ->
                      lab.eventsAbout(migration).stream()
                          .filter(line -> line.contains("past the webhook"))
                          .findFirst(),
                  () -> lab.eventsAbout(migration).toString()))
          .contains("may go to a node that refuses the device of VMI vm");
    }
  }

  @Test
  void aNodeWithAnotherTypeUnderTheSameResourceIsNoTarget() {
    lab.webhook().register();
    DrawnFleet fleet =
        new DrawnFleet(
            DrawnFleet.node("type-a", "A-v1"),
            List.of(
                DrawnFleet.node("type-b", "A-v2", "A-v1"),
                new DrawnNode(
                    "type-c", Lab.OTHER_TYPE, DrawnFleet.node("type-c", "A-v1").parents())));
    try (FleetRun run = new FleetRun(lab, fleet, "types")) {
      Migration ended = run.migrate(Cause.USER, Map.of());
      assertThat(lab.targetNode(ended)).contains("type-b");
      assertThat(run.complaint(ended)).isEmpty();
    }
  }

  @Test
  void noLabelMovesWhileTheKubeVirtObjectIsDeletedAndCreatedAgain() throws InterruptedException {
    lab.webhook().register();
    try (FleetRun run = new FleetRun(lab, 41)) {
      Map<String, String> before = run.nodeVersions();
      lab.kubeVirt().forget();
      Thread.sleep(LONGER_THAN_THE_OPERATOR_LOOKS.toMillis());
      lab.kubeVirt().configure(Lab.PERMITTED);
      Thread.sleep(LONGER_THAN_THE_OPERATOR_LOOKS.toMillis());
      assertThat(run.nodeVersions()).isEqualTo(before);
      assertThat(run.complaint(run.migrate(Cause.USER, Map.of()))).isEmpty();
    }
  }

  @Test
  void aMigrationOfAKubeVirtWithoutTheFieldGoesOnAndIsToldThatItIsNotSteered()
      throws InterruptedException {
    lab.webhook().register();
    CustomResourceDefinition before = lab.kubeVirt().agesSchema();
    try (FleetRun run = new FleetRun(lab, 51)) {
      Thread.sleep(LONGER_THAN_THE_OPERATOR_LOOKS.toMillis());
      Migration migration = run.migrate(Cause.USER, Map.of());
      assertThat(migration.addedNodeSelector()).isEmpty();
      assertThat(
              Patience.await(
                  "an event of the operator",
                  () ->
                      lab.eventsAbout(migration).stream()
                          .filter(line -> line.contains("not steered"))
                          .findFirst(),
                  () -> lab.eventsAbout(migration).toString()))
          .contains("upgrade KubeVirt to 1.6 or later");
    } finally {
      lab.kubeVirt().restore(before);
      Thread.sleep(LONGER_THAN_THE_OPERATOR_LOOKS.toMillis());
    }
  }
}
