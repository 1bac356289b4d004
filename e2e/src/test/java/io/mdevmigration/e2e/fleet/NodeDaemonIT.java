package io.mdevmigration.e2e.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.ParentCounts;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.e2e.TestCluster;
import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.simulated.Response;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.e2e.simulated.SimulatedType;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.publish.DaemonOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real daemon on a simulated kernel, and a real API server; no operator. */
@Timeout(120)
final class NodeDaemonIT {
  private static final String AGENT = "mdev-node";
  private static final String A = "sample-A";
  private static final String FIRST = SimulatedDriver.parentName(0);
  private static final String SECOND = SimulatedDriver.parentName(1);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final ControlPlane controlPlane = TestCluster.get();
  private final KubernetesClient kubelet = controlPlane.client("kubelet-test");
  private final Fleet fleet = Fleet.of(kubelet, controlPlane.config(AGENT), DaemonOptions.DEFAULTS);
  private final String name = "node-" + NUMBER.incrementAndGet();

  private final SimulatedDriver driver =
      SimulatedDriver.named("sample")
          .version("2.0")
          .parents(2)
          .type(A, t -> t.version("A-v2").accepts("A-v1", "A-v2"));

  @AfterEach
  void leaveNothingBehind() {
    fleet.removeAll();
    kubelet.resources(MdevNodeState.class).delete();
    kubelet.close();
  }

  // ---- what it publishes

  @Test
  void aNodePublishesItsInventory() {
    SimulatedNode node = fleet.addWithoutDaemon(name, SimulatedKernel.with(driver), Map.of());
    node.startDaemon();
    awaitInventory(node);

    Inventory inventory = inventory(node);
    assertThat(inventory.complete()).isTrue();
    assertThat(inventory.bootID()).isEqualTo(node.kernel().bootId());
    assertThat(inventory.kernelRelease()).isEqualTo(node.kernel().release());
    assertThat(inventory.versions()).containsExactly(PublishedVersion.of(new MdevClass(A, "A-v2")));
    ParentGroup group = inventory.parentGroups().get(0);
    assertThat(inventory.parentGroups()).hasSize(1);
    assertThat(group.parents()).containsExactly(FIRST, SECOND);
    assertThat(group.driver().name()).isEqualTo("sample");
    assertThat(group.driver().version()).isEqualTo("2.0");
    assertThat(group.types())
        .containsExactly(new ParentType(A, new MdevClass(A, "A-v2").digest(), null));
    assertThat(inventory.types())
        .singleElement()
        .satisfies(
            type -> {
              assertThat(type.name()).isEqualTo("A");
              assertThat(type.deviceAPI()).isEqualTo("vfio-pci");
              assertThat(type.revision()).isNotEmpty();
            });
    assertThat(ready(node).getStatus()).isEqualTo("True");
  }

  @Test
  void theObjectIsOwnedByTheNodeAndDoesNotBlockItsDeletion() {
    SimulatedNode node = start(driver);
    assertThat(node.state().orElseThrow().getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(
            owner -> {
              assertThat(owner.getKind()).isEqualTo("Node");
              assertThat(owner.getUid())
                  .isEqualTo(node.node().orElseThrow().getMetadata().getUid());
              assertThat(owner.getBlockOwnerDeletion()).isNotEqualTo(true);
            });
  }

  @Test
  void aNodeWithoutMdevModuleIsCompleteAndEmpty() {
    SimulatedNode node = start(SimulatedKernel.booted("6.1.0"));
    assertThat(inventory(node).complete()).isTrue();
    assertThat(inventory(node).types()).isEmpty();
    assertThat(ready(node).getStatus()).isEqualTo("True");
  }

  @Test
  void aWrongMountIsNoEmptyNode() {
    SimulatedKernel kernel = SimulatedKernel.with(driver);
    kernel.unmountSysfs();
    SimulatedNode node = start(kernel);
    assertThat(inventory(node).complete()).isFalse();
    assertThat(ready(node).getStatus()).isEqualTo("False");
    assertThat(ready(node).getMessage()).contains("mount the host's /sys there");
  }

  @Test
  void whatADriverPublishesWrongIsShownAsAProblemOfTheType() {
    SimulatedNode node =
        start(
            driver
                .parents(1)
                .type("sample-absent", SimulatedType::withoutVersion)
                .type("sample-enodev", SimulatedType::withoutMigration)
                .type("sample-eio", t -> t.readFails(Errno.EIO))
                .type("sample-binary", t -> t.version("caf\u00e9"))
                .type("sample-empty", t -> t.reads(new Response.Give("\n")))
                .type("sample-readonly", SimulatedType::readOnlyVersion)
                .type("sample-renamed", t -> t.attribute("migration_version").version("R")));
    List<ParentType> types = inventory(node).parentGroups().get(0).types();
    assertThat(problem(types, "sample-absent")).contains("NoVersionAttribute");
    assertThat(problem(types, "sample-enodev")).contains("NotSupported 19 ENODEV");
    assertThat(problem(types, "sample-eio")).contains("ReadFailed 5 EIO");
    assertThat(problem(types, "sample-binary")).contains("InvalidVersion");
    assertThat(problem(types, "sample-empty")).contains("InvalidVersion");
    assertThat(problem(types, "sample-readonly")).contains("NotWritable");
    assertThat(problem(types, "sample-renamed")).isEmpty();
    assertThat(problem(types, A)).isEmpty();
    assertThat(inventory(node).versions())
        .extracting(PublishedVersion::version)
        .contains("A-v2", "R")
        .doesNotContain("caf\u00e9", "");
  }

  @Test
  void twoHundredAndFiftySixParentsOfTwentyTypesTakeAtMost16Kilobytes() {
    SimulatedDriver big = SimulatedDriver.named("nvidia").version("535.129.03").parents(256);
    for (int i = 0; i < 20; i++) {
      String version = "v%02d-".formatted(i) + "x".repeat(60);
      big = big.type("nvidia-%d".formatted(1000 + i), t -> t.version(version));
    }
    SimulatedNode node = start(big);
    assertThat(inventory(node).parentGroups()).hasSize(1);
    assertThat(inventory(node).versions()).hasSize(20);
    assertThat(wireSize(node)).isLessThanOrEqualTo(16 * 1024);
  }

  @Test
  void fourParentsOfEightTypesTakeAtMost4Kilobytes() {
    SimulatedDriver typical = SimulatedDriver.named("i915").version("1.6.0").parents(4);
    for (int i = 0; i < 8; i++) {
      String version = "8086-193b-GVTg_V5_%d-00000001".formatted(i);
      typical = typical.type("i915-GVTg_V5_%d".formatted(i), t -> t.version(version));
    }
    assertThat(wireSize(start(typical))).isLessThanOrEqualTo(4 * 1024);
  }

  // ---- what it asks

  @Test
  void checksPatchedByHandGetTheDriversAnswers() {
    SimulatedNode node =
        start(
            driver
                .type(A, t -> t.version("A-v2").accepts("A-v1").refuses("A-v8", 71))
                .type("sample-B", t -> t.version("B-v1").accepts("B-v1"))
                .on(SECOND, "sample-B", t -> t.refuses("B-v1", Errno.EINVAL))
                .type("sample-C", SimulatedType::withoutVersion)
                .type("sample-D", SimulatedType::withoutMigration));
    List<MdevClass> asked =
        List.of(
            new MdevClass(A, "A-v1"),
            new MdevClass(A, "A-v9"),
            new MdevClass(A, "A-v8"),
            new MdevClass("sample-B", "B-v1"),
            new MdevClass("sample-C", "1"),
            new MdevClass("sample-D", "1"),
            new MdevClass("sample-unknown", "1"));
    patchChecks(node, asked);
    awaitAnswers(node, asked.size());

    assertAnswer(node, asked.get(0), Verdict.COMPATIBLE, "Accepted", 0, "");
    assertAnswer(node, asked.get(1), Verdict.INCOMPATIBLE, "Refused", 22, "EINVAL");
    assertAnswer(node, asked.get(2), Verdict.INCOMPATIBLE, "Refused", 71, "EPROTO");
    assertAnswer(node, asked.get(3), Verdict.INCOMPATIBLE, "Refused", 22, "EINVAL");
    assertAnswer(node, asked.get(4), Verdict.UNSUPPORTED, "NoVersionAttribute", 0, "");
    assertAnswer(node, asked.get(5), Verdict.UNSUPPORTED, "NotSupported", 19, "ENODEV");
    assertAnswer(node, asked.get(6), Verdict.UNSUPPORTED, "TypeNotOffered", 0, "");
    Answer ofOneParent = answer(node, asked.get(3)).orElseThrow();
    assertThat(ofOneParent.parents()).isEqualTo(new ParentCounts(1, 1, 0, 0));
    assertThat(ofOneParent.refusedBy()).containsExactly(SECOND);
    assertThat(answer(node, asked.get(0)).orElseThrow().parents())
        .isEqualTo(new ParentCounts(2, 0, 0, 0));

    assertThat(node.kernel().writes().values()).containsOnly(1);
    assertThat(node.kernel().mostWritesAtOnce()).isEqualTo(1);
    assertThat(node.kernel().writes(SECOND, "sample-B", "B-v1")).isEqualTo(1);
    assertThat(status(node).summary().asked()).isEqualTo(asked.size());
    assertThat(status(node).summary().accepted()).isEqualTo(1);
  }

  @Test
  void asManyChecksAndAnswersAsThereMayBeTakeAtMost64Kilobytes() {
    List<MdevClass> asked = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      asked.add(new MdevClass(A, "%03d-".formatted(i) + "a".repeat(124)));
      asked.add(new MdevClass("sample-B", "%03d-".formatted(i) + "b".repeat(124)));
    }
    String[] refused = versions(asked.subList(0, 60), "sample-B");
    SimulatedDriver accepting =
        driver
            .parents(8)
            .type(A, t -> t.accepts(versions(asked, A)))
            .type("sample-B", t -> t.accepts(versions(asked, "sample-B")));
    for (String version : refused) {
      for (String parent : accepting.parents()) {
        accepting = accepting.on(parent, "sample-B", t -> t.refuses(version, Errno.EINVAL));
      }
    }
    SimulatedNode node = start(accepting);
    int empty = wireSize(node);
    patchChecks(node, asked);
    awaitAnswers(node, 128);
    assertThat(status(node).answers())
        .filteredOn(answer -> answer.verdict() == Verdict.INCOMPATIBLE)
        .hasSize(30);
    assertThat(wireSize(node) - empty).isLessThanOrEqualTo(64 * 1024);
    assertThat(node.kernel().writes().values()).containsOnly(1);
    assertThat(node.kernel().totalWrites()).isEqualTo(128 * 8);
  }

  @Test
  void anAnswerCostsOneWrite() {
    SimulatedNode node = start(driver);
    ask(node, "A-v2");
    AuditLog.Mark mark = controlPlane.auditLog().mark();
    patchChecks(node, List.of(new MdevClass(A, "A-v1"), new MdevClass(A, "A-v2")));
    awaitAnswers(node, 2);
    settle();
    assertThat(ownWrites(node, mark)).hasSize(1);
  }

  @Test
  void aCheckThatIsTakenBackTakesItsAnswerWithIt() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1", "A-v2");
    patchChecks(node, List.of(new MdevClass(A, "A-v2")));
    awaitAnswers(node, 1);
    assertThat(answer(node, new MdevClass(A, "A-v2"))).isPresent();
    assertThat(node.kernel().totalWrites()).isEqualTo(4);
  }

  @Test
  void newTextInAskAgainAsksEverythingOnceMore() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1", "A-v9");
    node.kernel().changeSilently(driver.type(A, t -> t.version("A-v2").accepts("A-v1", "A-v9")));
    patchSpec(node, "{\"spec\":{\"askAgain\":\"table fixed\"}}");
    eventually(
        () -> assertAnswer(node, new MdevClass(A, "A-v9"), Verdict.COMPATIBLE, "Accepted", 0, ""));
    settle();
    assertThat(node.kernel().writes().values()).containsOnly(2);
  }

  @Test
  void anAnswerHoldsWhileAllInstancesAreInUse() {
    SimulatedNode node = start(driver.parents(1));
    ask(node, "A-v1");
    AuditLog.Mark mark = controlPlane.auditLog().mark();
    for (int i = 0; i < 4; i++) {
      node.kernel().createDevice(FIRST, A);
    }
    settle();
    assertThat(ownWrites(node, mark)).isEmpty();
    assertThat(node.kernel().totalWrites()).isEqualTo(1);
  }

  @Test
  void aDriverThatHangsIsUnresponsiveUntilItReturns() {
    SimulatedNode node =
        fleet
            .withOptions(DaemonOptions.DEFAULTS.withDeadline(Duration.ofMillis(300)))
            .add(
                name,
                SimulatedKernel.with(
                    driver.parents(1).type(A, t -> t.version("A-v2").hangsOn("A-v1"))));
    try {
      awaitInventory(node);
      patchChecks(node, List.of(new MdevClass(A, "A-v1")));
      eventually(
          () ->
              assertAnswer(
                  node, new MdevClass(A, "A-v1"), Verdict.UNKNOWN, "DriverUnresponsive", 0, ""));
      assertThat(ready(node).getReason()).isEqualTo("DriverUnresponsive");
      assertThat(ready(node).getMessage()).contains(FIRST, "kernel log");
      node.kernel().releaseHangs();
      eventually(
          () ->
              assertAnswer(node, new MdevClass(A, "A-v1"), Verdict.COMPATIBLE, "Accepted", 0, ""));
      eventually(() -> assertThat(ready(node).getStatus()).isEqualTo("True"));
      assertThat(node.kernel().totalWrites()).isEqualTo(1);
    } finally {
      node.remove();
    }
  }

  @Test
  void aDriverThatIsBusyIsAskedAgainAndKeepsItsLastDefiniteAnswer() {
    SimulatedNode node =
        start(
            driver
                .parents(1)
                .type(
                    A,
                    t ->
                        t.version("A-v2")
                            .answers("A-v1", Response.fail(Errno.EBUSY), Response.accept())));
    patchChecks(node, List.of(new MdevClass(A, "A-v1")));
    eventually(
        () -> assertAnswer(node, new MdevClass(A, "A-v1"), Verdict.COMPATIBLE, "Accepted", 0, ""));
    assertThat(node.kernel().totalWrites()).isEqualTo(2);
  }

  @Test
  void aParentThatGoesAwayWhileItIsAskedLeavesTheOthersToDecide() {
    SimulatedNode node = start(driver.on(SECOND, A, t -> t.answers("A-v1", new Response.Vanish())));
    patchChecks(node, List.of(new MdevClass(A, "A-v1")));
    eventually(
        () -> {
          assertAnswer(node, new MdevClass(A, "A-v1"), Verdict.COMPATIBLE, "Accepted", 0, "");
          assertThat(inventory(node).parentGroups().get(0).parents()).containsExactly(FIRST);
        });
    assertThat(node.kernel().writes(FIRST, A, "A-v1")).isEqualTo(1);
  }

  // ---- what changes

  @Test
  void aRestartedDaemonWritesNothingAndAsksNothing() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1", "A-v9");
    AuditLog.Mark mark = controlPlane.auditLog().mark();
    node.restartDaemon();
    awaitWatch(node, mark);
    settle();
    assertThat(writes(node, mark)).isEmpty();
    assertThat(node.kernel().writes().values()).containsOnly(1);

    node.killDaemon();
    AuditLog.Mark killed = controlPlane.auditLog().mark();
    node.startDaemon();
    awaitWatch(node, killed);
    settle();
    assertThat(writes(node, mark)).isEmpty();
    assertThat(node.kernel().writes().values()).containsOnly(1);

    patchChecks(node, List.of(new MdevClass(A, "A-v1"), new MdevClass(A, "A-v2")));
    eventually(() -> assertThat(answer(node, new MdevClass(A, "A-v2"))).isPresent());
    assertThat(node.kernel().writes().values()).containsOnly(1);
  }

  @Test
  void aDeletedObjectIsCreatedAgain() {
    SimulatedNode node = start(driver);
    String uid = node.state().orElseThrow().getMetadata().getUid();
    controlPlane.kubectl("delete", "mdevnodestate", name).orThrow();
    eventually(
        () -> {
          assertThat(node.state().orElseThrow().getMetadata().getUid()).isNotEqualTo(uid);
          assertThat(inventory(node).complete()).isTrue();
        });
  }

  @Test
  void aReloadedDriverGetsANewRevisionAndIsAskedOnceMoreInOneWrite() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1");
    String revision = revision(node);
    AuditLog.Mark mark = controlPlane.auditLog().mark();
    node.kernel().reload(driver.version("1.0").type(A, t -> t.version("A-v1").accepts("A-v0")));
    eventually(
        () -> {
          assertThat(revision(node)).isNotEqualTo(revision);
          assertAnswer(
              node, new MdevClass(A, "A-v1"), Verdict.INCOMPATIBLE, "Refused", 22, "EINVAL");
        });
    settle();
    assertThat(answer(node, new MdevClass(A, "A-v1")).orElseThrow().revision())
        .isEqualTo(revision(node));
    assertThat(inventory(node).versions())
        .containsExactly(PublishedVersion.of(new MdevClass(A, "A-v1")));
    assertThat(node.kernel().writes(FIRST, A, "A-v1")).isEqualTo(2);
    assertThat(ownWrites(node, mark).size()).isBetween(1, 2);
  }

  @Test
  void aRebootGivesANewRevisionEvenUnderTheSameInodes() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1");
    String revision = revision(node);
    node.reboot();
    eventually(
        () -> {
          assertThat(inventory(node).bootID()).isEqualTo(node.kernel().bootId());
          assertThat(revision(node)).isNotEqualTo(revision);
          assertThat(answer(node, new MdevClass(A, "A-v1")).orElseThrow().revision())
              .isEqualTo(revision(node));
        });
    settle();
    assertThat(node.kernel().writes(FIRST, A, "A-v1")).isEqualTo(2);
    assertThat(node.node().orElseThrow().getStatus().getNodeInfo().getBootID())
        .isEqualTo(node.kernel().bootId());
  }

  @Test
  void aSilentChangeOfAVersionIsSeenByTheNextScan() {
    SimulatedNode node =
        fleet
            .withOptions(DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(500)))
            .add(name, SimulatedKernel.with(driver));
    try {
      awaitInventory(node);
      String revision = revision(node);
      node.kernel().changeSilently(driver.type(A, t -> t.version("A-v3")));
      eventually(
          () -> {
            assertThat(inventory(node).versions())
                .containsExactly(PublishedVersion.of(new MdevClass(A, "A-v3")));
            assertThat(revision(node)).isNotEqualTo(revision);
          });
    } finally {
      node.remove();
    }
  }

  @Test
  void aParentThatComesOrGoesLeavesTheQuestionsOfTheOthersAlone() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1");
    node.kernel().addParent("sample", "0000:00:1f.0");
    eventually(
        () ->
            assertThat(answer(node, new MdevClass(A, "A-v1")).orElseThrow().parents())
                .isEqualTo(new ParentCounts(3, 0, 0, 0)));
    node.kernel().removeParent(SECOND);
    eventually(
        () ->
            assertThat(answer(node, new MdevClass(A, "A-v1")).orElseThrow().parents())
                .isEqualTo(new ParentCounts(2, 0, 0, 0)));
    settle();
    assertThat(node.kernel().writes().values()).containsOnly(1);
  }

  @Test
  void unreadableSysfsMakesTheInventoryIncompleteAndKeepsTheAnswers() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1");
    Inventory before = inventory(node);
    List<Answer> answers = status(node).answers();
    node.kernel().failAt(Path.of("/sys/class/mdev_bus"), Errno.EACCES);
    node.restartDaemon();
    eventually(() -> assertThat(inventory(node).complete()).isFalse());
    assertThat(status(node).answers()).isEqualTo(answers);
    assertThat(inventory(node).types()).isEqualTo(before.types());
    assertThat(inventory(node).versions()).isEqualTo(before.versions());
    assertThat(ready(node).getStatus()).isEqualTo("False");
    assertThat(ready(node).getMessage()).contains("/sys/class/mdev_bus", "EACCES");
    node.kernel().heal();
    node.restartDaemon();
    eventually(() -> assertThat(inventory(node)).isEqualTo(before));
    settle();
    assertThat(status(node).answers()).isEqualTo(answers);
    assertThat(node.kernel().writes().values()).containsOnly(1);
  }

  @Test
  void aTypeThatCannotBeReadAnyMoreKeepsItsRevisionAndItsAnswer() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1");
    String revision = revision(node);
    node.kernel().changeSilently(driver.type(A, t -> t.readFails(Errno.EIO).accepts("A-v1")));
    node.restartDaemon();
    eventually(
        () ->
            assertThat(problem(inventory(node).parentGroups().get(0).types(), A))
                .contains("ReadFailed 5 EIO"));
    settle();
    assertThat(revision(node)).isEqualTo(revision);
    assertAnswer(node, new MdevClass(A, "A-v1"), Verdict.COMPATIBLE, "Accepted", 0, "");
    assertThat(node.kernel().writes().values()).containsOnly(1);
  }

  @Test
  void readOnlySysfsIsTheAgentsFaultAndReadySaysWhatToFix() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1");
    node.kernel().mountReadOnly();
    patchChecks(node, List.of(new MdevClass(A, "A-v1"), new MdevClass(A, "A-v2")));
    eventually(
        () ->
            assertAnswer(
                node,
                new MdevClass(A, "A-v2"),
                Verdict.UNKNOWN,
                "AgentMisconfigured",
                Errno.EROFS,
                "EROFS"));
    assertAnswer(node, new MdevClass(A, "A-v1"), Verdict.COMPATIBLE, "Accepted", 0, "");
    assertThat(ready(node).getStatus()).isEqualTo("False");
    assertThat(ready(node).getReason()).isEqualTo("AgentMisconfigured");
    assertThat(ready(node).getMessage()).contains("EROFS", "writable");
    assertThat(node.kernel().totalWrites()).isEqualTo(2);
    // Not while it may be between two parents: what one said is in memory alone until it is stored.
    node.stopDaemon();
    node.kernel().mountWritable();
    node.startDaemon();
    eventually(
        () -> {
          assertAnswer(node, new MdevClass(A, "A-v2"), Verdict.COMPATIBLE, "Accepted", 0, "");
          assertThat(ready(node).getStatus()).isEqualTo("True");
        });
    assertThat(node.kernel().writes().values()).containsOnly(1);
  }

  @Test
  void aDaemonGoesOnWhenTheApiServerComesBackAndAsksNothingTwice() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1");
    controlPlane.killApiServer();
    node.kernel().addParent("sample", "0000:00:1f.0");
    settle();
    controlPlane.startApiServer();
    eventually(
        () ->
            assertThat(answer(node, new MdevClass(A, "A-v1")).orElseThrow().parents())
                .isEqualTo(new ParentCounts(3, 0, 0, 0)));
    patchChecks(node, List.of(new MdevClass(A, "A-v1"), new MdevClass(A, "A-v9")));
    eventually(() -> assertThat(answer(node, new MdevClass(A, "A-v9"))).isPresent());
    assertThat(node.kernel().writes().values()).containsOnly(1);
  }

  @Test
  void aNodeThatIsMadeAnewUnderTheSameNameOwnsItsObjectAfterwards() {
    SimulatedNode node = start(driver);
    node.stopDaemon();
    kubelet.nodes().withName(name).delete();
    // The garbage collector's part, which no bare API server plays.
    kubelet.resources(MdevNodeState.class).withName(name).delete();
    node.register(Map.of());
    node.startDaemon();
    awaitInventory(node);
    assertThat(node.state().orElseThrow().getMetadata().getOwnerReferences().get(0).getUid())
        .isEqualTo(node.node().orElseThrow().getMetadata().getUid());
  }

  @Test
  void columnsAnswerTheFirstQuestions() {
    SimulatedNode node = start(driver);
    ask(node, "A-v1", "A-v9");
    List<String> lines =
        controlPlane.kubectl("get", "mdevnodestates", name).orThrow().stdout().lines().toList();
    assertThat(lines.get(0).split(" +"))
        .containsExactly(
            "NAME",
            "PARENTS",
            "TYPES",
            "VERSIONS",
            "ASKED",
            "ACCEPTED",
            "COMPLETE",
            "READY",
            "OBSERVED",
            "AGE");
    assertThat(lines.get(1).split(" +")).startsWith(name, "2", "1", "1", "2", "1", "true", "True");
  }

  // ---- in other words

  private static String[] versions(List<MdevClass> classes, String type) {
    return classes.stream()
        .filter(c -> c.type().equals(type))
        .map(MdevClass::version)
        .toArray(String[]::new);
  }

  private SimulatedNode start(SimulatedDriver loaded) {
    return start(SimulatedKernel.with(loaded));
  }

  private SimulatedNode start(SimulatedKernel kernel) {
    SimulatedNode node = fleet.add(name, kernel);
    awaitInventory(node);
    return node;
  }

  private void ask(SimulatedNode node, String... versions) {
    patchChecks(node, Stream.of(versions).map(v -> new MdevClass(A, v)).toList());
    awaitAnswers(node, versions.length);
  }

  /** Waits for this many answers; a question that is only about to be asked has none. */
  private static void awaitAnswers(SimulatedNode node, int count) {
    eventually(
        () ->
            assertThat(status(node).answers())
                .hasSize(count)
                .noneMatch(answer -> answer.is(Reason.ASKING)));
  }

  private void patchChecks(SimulatedNode node, List<MdevClass> classes) {
    List<String> checks =
        classes.stream()
            .map(c -> "{\"type\":\"%s\",\"version\":\"%s\"}".formatted(c.type(), c.version()))
            .toList();
    patchSpec(node, "{\"spec\":{\"checks\":[" + String.join(",", checks) + "]}}");
  }

  private void patchSpec(SimulatedNode node, String patch) {
    controlPlane
        .kubectl("patch", "mdevnodestate", node.name(), "--type=merge", "-p", patch)
        .orThrow();
  }

  /** Long enough for anything that should not happen to happen. */
  private static void settle() {
    try {
      Thread.sleep(1500);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void eventually(ThrowingRunnable holds) {
    await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(25))
        .ignoreExceptions()
        .untilAsserted(holds);
  }

  private static void awaitInventory(SimulatedNode node) {
    eventually(() -> assertThat(inventory(node)).isNotNull());
  }

  private void awaitWatch(SimulatedNode node, AuditLog.Mark mark) {
    eventually(
        () ->
            assertThat(
                    controlPlane
                        .auditLog()
                        .since(mark)
                        .byUserAgent(AGENT)
                        .of("mdevnodestates")
                        .where(entry -> entry.uri().contains(node.name())))
                .isNotEmpty());
  }

  private AuditEntries writes(SimulatedNode node, AuditLog.Mark mark) {
    return controlPlane
        .auditLog()
        .since(mark)
        .writes()
        .of("mdevnodestates")
        .where(entry -> entry.name().equals(node.name()));
  }

  private AuditEntries ownWrites(SimulatedNode node, AuditLog.Mark mark) {
    return writes(node, mark).where((AuditEntry entry) -> entry.isBy(AGENT));
  }

  private static MdevNodeStateStatus status(SimulatedNode node) {
    return node.state().orElseThrow().getStatus();
  }

  private static Inventory inventory(SimulatedNode node) {
    return status(node).inventory();
  }

  private static String revision(SimulatedNode node) {
    return inventory(node).type(A).orElseThrow().revision();
  }

  private static Condition ready(SimulatedNode node) {
    return status(node).conditions().stream()
        .filter(condition -> condition.getType().equals("Ready"))
        .findFirst()
        .orElseThrow();
  }

  private static Optional<Answer> answer(SimulatedNode node, MdevClass mdevClass) {
    return status(node).answers().stream()
        .filter(answer -> answer.digest().equals(mdevClass.digest()))
        .findFirst();
  }

  /** An answer's verdict, reason and error number; 0 and "" for none. */
  private static void assertAnswer(
      SimulatedNode node,
      MdevClass mdevClass,
      Verdict verdict,
      String reason,
      int errno,
      String errnoName) {
    Answer answer = answer(node, mdevClass).orElseThrow();
    assertThat(answer.type()).isEqualTo(mdevClass.type());
    assertThat(answer.verdict()).as(answer.toString()).isEqualTo(verdict);
    assertThat(answer.reason()).as(answer.toString()).isEqualTo(reason);
    assertThat(answer.errno() == null ? 0 : answer.errno()).isEqualTo(errno);
    assertThat(answer.errnoName() == null ? "" : answer.errnoName()).isEqualTo(errnoName);
    assertThat(Stream.of(Reason.values()).map(Reason::toString)).contains(answer.reason());
  }

  /** A type's problem in words; empty if it has none. */
  private static Optional<String> problem(List<ParentType> types, String type) {
    return types.stream()
        .filter(t -> t.type().equals(type))
        .map(ParentType::problem)
        .filter(Objects::nonNull)
        .map(
            p ->
                p.errno() == null ? p.reason() : p.reason() + " " + p.errno() + " " + p.errnoName())
        .findFirst();
  }

  private int wireSize(SimulatedNode node) {
    return controlPlane
        .kubectl("get", "--raw", "/apis/mdevmigration.io/v1alpha1/mdevnodestates/" + node.name())
        .orThrow()
        .stdout()
        .getBytes(StandardCharsets.UTF_8)
        .length;
  }
}
