package io.mdevmigration.operator.kubevirt.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.event.EventType;
import io.mdevmigration.operator.event.Occurrence;
import io.mdevmigration.operator.kubevirt.admission.Cause;
import io.mdevmigration.operator.kubevirt.admission.Decision;
import io.mdevmigration.operator.kubevirt.api.VirtualMachineInstanceMigration;
import io.mdevmigration.operator.kubevirt.migration.Course.What;
import io.mdevmigration.operator.kubevirt.need.Vmis;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CourseTest {
  private static final String KEY = new MdevClass("sample-A", "A-v1").labelKey();
  private static final MigrationFacts RUNNING = facts("Running", true, false, "");
  private static final MigrationFacts FAILED =
      facts("Failed", true, false, "error in MigrateToURI3: vfio load failed");

  private static MigrationFacts facts(
      String phase, boolean isSent, boolean isCalledOff, String failure) {
    return MigrationFacts.of(
        Serialization.unmarshal(
            """
            apiVersion: kubevirt.io/v1
            kind: VirtualMachineInstanceMigration
            metadata: {name: m1, namespace: shop, uid: um}
            spec: {vmiName: till, addedNodeSelector: {"%s": "true", disk: fast}}
            status:
              phase: %s
              migrationState:
                sourceNode: src
                targetNode: gpu-b
                %s
                abortRequested: %s
                failureReason: "%s"
            """
                .formatted(
                    KEY,
                    phase,
                    isSent ? "startTimestamp: 2026-11-23T12:00:00Z" : "",
                    isCalledOff,
                    failure),
            VirtualMachineInstanceMigration.class));
  }

  private static List<String> abouts(Course course) {
    return course.events().stream()
        .map(
            e -> e.about().kind() + " " + e.about().namespace().orElse("") + "/" + e.about().name())
        .toList();
  }

  @Test
  void aSteeredMigrationSaysToHowManyNodes() {
    Course course = Course.begun(RUNNING, new Decision.Steer(Map.of(), 3, List.of())).orElseThrow();
    assertThat(course.what()).isEqualTo(What.STEERED);
    assertThat(abouts(course)).containsExactly("VirtualMachineInstanceMigration shop/m1");
    assertThat(course.events().get(0).message()).contains("one of 3 node(s)", "VMI till");
    assertThat(course.events().get(0).type()).isEqualTo(EventType.NORMAL);
  }

  @Test
  void aMigrationThatIsNotSteeredSaysWhatIsMissing() {
    Course course =
        Course.begun(
                RUNNING, new Decision.Allow(Cause.NOT_EVALUATED, List.of("not steered: no report")))
            .orElseThrow();
    assertThat(course.what()).isEqualTo(What.NOT_STEERED);
    assertThat(course.events().get(0).message()).contains("not steered: no report");
    assertThat(course.events().get(0).type()).isEqualTo(EventType.WARNING);
  }

  @Test
  void aMigrationThatCameByTheWebhookIsMissed() {
    Course unsteered =
        Course.begun(RUNNING, new Decision.Steer(Map.of(KEY, "true"), 3, List.of())).orElseThrow();
    assertThat(unsteered.what()).isEqualTo(What.MISSED);
    Course unrefused =
        Course.begun(RUNNING, new Decision.Refuse(Cause.NOBODY_ACCEPTS, "2 say no")).orElseThrow();
    assertThat(unrefused.what()).isEqualTo(What.MISSED);
    assertThat(unrefused.events().get(0).message()).contains("past the webhook", "2 say no");
  }

  @Test
  void aMigrationThatIsNoneOfOurBusinessIsNotTold() {
    assertThat(Course.begun(RUNNING, new Decision.Pass())).isEmpty();
  }

  @Test
  void aRefusalIsToldOnTheVmiWithoutNamesOfNodes() {
    Course course =
        Course.refused(
            Optional.of(Vmis.on("src")),
            new Decision.Refuse(Cause.NOBODY_ACCEPTS, "2 say no", "2 say no: a, b"));
    assertThat(course.what()).isEqualTo(What.REFUSED);
    assertThat(abouts(course)).containsExactly("VirtualMachineInstance shop/till");
    assertThat(course.events().get(0).message()).isEqualTo("2 say no");
    assertThat(
            Course.refused(Optional.empty(), new Decision.Refuse(Cause.NOBODY_ACCEPTS, "no"))
                .events())
        .isEmpty();
  }

  @Test
  void aFailureOnANodeThatHadAcceptedIsToldOnMigrationAndVmi() {
    Course course = Course.changed(RUNNING, FAILED, Optional.of(Vmis.on("src"))).orElseThrow();
    assertThat(course.what()).isEqualTo(What.FAILED_IN_DEVICE);
    assertThat(abouts(course))
        .containsExactly(
            "VirtualMachineInstanceMigration shop/m1", "VirtualMachineInstance shop/till");
    assertThat(course.events())
        .extracting(Occurrence::message)
        .allSatisfy(m -> assertThat(m).contains("m1", "gpu-b", "vfio load failed"));
    assertThat(
            Course.changed(RUNNING, facts("Failed", true, false, "timeout"), Optional.empty())
                .orElseThrow()
                .what())
        .isEqualTo(What.FAILED_OTHERWISE);
  }

  @Test
  void aFailureIsToldOnceItsStateIsKnownWhichKubeVirtWritesAfterThePhase() {
    MigrationFacts phaseAlone =
        MigrationFacts.of(
            Serialization.unmarshal(
                """
                apiVersion: kubevirt.io/v1
                kind: VirtualMachineInstanceMigration
                metadata: {name: m1, namespace: shop, uid: um}
                spec: {vmiName: till, addedNodeSelector: {"%s": "true"}}
                status: {phase: Failed, migrationState: {sourcePod: virt-launcher-till}}
                """
                    .formatted(KEY),
                VirtualMachineInstanceMigration.class));
    assertThat(Course.changed(RUNNING, phaseAlone, Optional.empty())).isEmpty();
    assertThat(Course.changed(phaseAlone, FAILED, Optional.empty()).orElseThrow().what())
        .isEqualTo(What.FAILED_IN_DEVICE);
  }

  @Test
  void failuresThatSayNothingOfTheDeviceAreNotTold() {
    assertThat(Course.changed(FAILED, FAILED, Optional.empty())).as("told already").isEmpty();
    assertThat(Course.changed(RUNNING, RUNNING, Optional.empty())).isEmpty();
    assertThat(Course.changed(RUNNING, facts("Succeeded", true, false, ""), Optional.empty()))
        .isEmpty();
    assertThat(Course.changed(RUNNING, facts("Failed", false, false, "vfio"), Optional.empty()))
        .as("nothing was sent")
        .isEmpty();
    assertThat(Course.changed(RUNNING, facts("Failed", true, true, "vfio"), Optional.empty()))
        .as("called off")
        .isEmpty();
  }
}
