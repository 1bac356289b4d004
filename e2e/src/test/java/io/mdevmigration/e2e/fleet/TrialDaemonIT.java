package io.mdevmigration.e2e.fleet;

import static io.mdevmigration.e2e.fleet.NodeQuestions.eventually;
import static io.mdevmigration.e2e.fleet.NodeQuestions.quiet;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.e2e.TestCluster;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.simulated.Response;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a daemon stores before it asks, what it makes of a boot that a question ended, and how many
 * writes that costs. Real daemon and API server, simulated kernel, no operator.
 */
@Timeout(120)
final class TrialDaemonIT {
  private static final String AGENT = "mdev-node";
  private static final String TYPE = "sample-A";
  private static final Check GOOD = new Check(TYPE, "good", null);
  private static final Check OTHER = new Check(TYPE, "other", null);
  private static final Check EVIL = new Check(TYPE, "evil", null);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final ControlPlane controlPlane = TestCluster.get();
  private final KubernetesClient kubelet = controlPlane.client("trial-daemon-test");
  private final Fleet fleet =
      Fleet.of(
          kubelet,
          controlPlane.config(AGENT),
          DaemonOptions.DEFAULTS
              .withRescan(Duration.ofMillis(500))
              .withDeadline(Duration.ofMillis(500)));
  private final SimulatedDriver driver =
      SimulatedDriver.named("sample")
          .version("1.0")
          .parents(2)
          .type(
              TYPE,
              t ->
                  t.version("good").accepts("good", "other").answers("evil", new Response.Panic()));
  private final SimulatedNode node =
      fleet.add("trial-" + NUMBER.incrementAndGet(), SimulatedKernel.with(driver));
  private final NodeQuestions questions = new NodeQuestions(kubelet, node);

  @AfterEach
  void leaveNothingBehind() {
    fleet.removeAll();
    kubelet.resources(MdevNodeState.class).delete();
    kubelet.close();
  }

  @Test
  void theFirstQuestionsOfABootCostAWriteOfTheirOwnAndLaterOnesDoNot() {
    questions.awaitInventory();
    AuditLog.Mark first = mark();
    questions.ask(GOOD);
    questions.awaitAnswers(1);
    quiet();
    assertThat(writes(first)).hasSize(2);
    AuditLog.Mark second = mark();
    questions.ask(GOOD, OTHER);
    questions.awaitAnswers(2);
    quiet();
    assertThat(writes(second)).hasSize(1);
    AuditLog.Mark trial = mark();
    Check third = new Check(TYPE, "third", null).asTrial();
    questions.ask(GOOD, OTHER, third);
    questions.awaitAnswers(3);
    quiet();
    assertThat(writes(trial)).hasSize(2);
    assertThat(node.kernel().writes().values()).containsOnly(1);
  }

  @Test
  void aReloadOfTheSameDriverIsOneWriteWithInventoryAndAnswers() {
    questions.awaitInventory();
    questions.ask(GOOD.asTrial(), OTHER);
    questions.awaitAnswers(2);
    quiet();
    String revision = revision();
    AuditLog.Mark mark = mark();
    node.kernel().reload(driver);
    eventually(() -> assertThat(revision()).isNotEqualTo(revision));
    quiet();
    assertThat(writes(mark)).hasSize(1);
    assertThat(questions.status().answers())
        .allMatch(answer -> answer.verdict() == Verdict.COMPATIBLE)
        .allMatch(answer -> answer.revision().equals(revision()));
    assertThat(node.kernel().writes().values()).containsOnly(2);
  }

  @Test
  void aRebootIsTwoWritesAndARestartNone() {
    questions.awaitInventory();
    questions.ask(GOOD, OTHER);
    questions.awaitAnswers(2);
    quiet();
    AuditLog.Mark reboot = mark();
    node.reboot();
    eventually(
        () ->
            assertThat(questions.status().inventory().bootID()).isEqualTo(node.kernel().bootId()));
    questions.awaitAnswers(2);
    quiet();
    assertThat(writes(reboot)).hasSize(2);
    assertThat(node.kernel().writes().values()).containsOnly(2);
    AuditLog.Mark restart = mark();
    node.restartDaemon();
    eventually(
        () ->
            assertThat(
                    controlPlane
                        .auditLog()
                        .since(restart)
                        .byUserAgent(AGENT)
                        .of("mdevnodestates")
                        .where(entry -> entry.uri().contains(node.name())))
                .isNotEmpty());
    quiet();
    assertThat(writes(restart)).isEmpty();
    assertThat(node.kernel().writes().values()).containsOnly(2);
  }

  @Test
  void aStringThatEndsABootIsStoredBeforeAndNotAskedAgainInTheNext() {
    questions.awaitInventory();
    questions.ask(GOOD);
    questions.awaitAnswers(1);
    questions.ask(GOOD, EVIL.asTrial());
    eventually(() -> assertThat(asked(EVIL)).isEqualTo(1));
    Answer asking = questions.answer(EVIL);
    assertThat(asking.reason()).isEqualTo("Asking");
    assertThat(asking.bootID()).isEqualTo(node.kernel().bootId());
    assertThat(asking.driver())
        .isEqualTo(questions.status().inventory().driverOf(TYPE).orElseThrow());

    node.killDaemon();
    node.reboot();
    questions.awaitReason(EVIL, Reason.SUSPECTED);
    questions.awaitAnswers(2);
    quiet();
    assertThat(asked(EVIL)).isEqualTo(1);
    assertThat(questions.answer(GOOD).verdict()).isEqualTo(Verdict.COMPATIBLE);
    assertThat(questions.answer(EVIL).bootID()).isEqualTo(asking.bootID());
    assertThat(questions.answer(EVIL).driver()).isEqualTo(asking.driver());
    assertThat(questions.ready().getMessage())
        .contains("kernel log of the previous boot", TYPE, "askAgain", "retrySuspected");

    node.reboot();
    eventually(
        () ->
            assertThat(questions.status().inventory().bootID()).isEqualTo(node.kernel().bootId()));
    questions.awaitAnswers(2);
    quiet();
    assertThat(questions.answer(EVIL).bootID()).isEqualTo(asking.bootID());
    assertThat(asked(EVIL)).isEqualTo(1);
  }

  @Test
  void aSuspectedStringIsAskedOfAFixedDriverAndWhenToldTo() {
    questions.awaitInventory();
    questions.ask(GOOD, EVIL);
    eventually(() -> assertThat(asked(EVIL)).isEqualTo(1));
    node.killDaemon();
    node.reboot();
    questions.awaitReason(EVIL, Reason.SUSPECTED);
    node.kernel().changeSilently(driver.type(TYPE, t -> t.refuses("evil", 22)));
    questions.askAgain("the firmware was fixed");
    eventually(() -> assertThat(questions.answer(EVIL).verdict()).isEqualTo(Verdict.INCOMPATIBLE));
  }

  @Test
  void anotherDriverIsAskedWhatTheOneBeforeIsSuspectedOf() {
    questions.awaitInventory();
    questions.ask(GOOD, EVIL);
    eventually(() -> assertThat(asked(EVIL)).isEqualTo(1));
    node.killDaemon();
    node.reboot();
    questions.awaitReason(EVIL, Reason.SUSPECTED);
    AuditLog.Mark mark = mark();
    node.kernel().reload(driver.version("2.0").type(TYPE, t -> t.refuses("evil", 22)));
    eventually(() -> assertThat(questions.answer(EVIL).verdict()).isEqualTo(Verdict.INCOMPATIBLE));
    assertThat(writes(mark)).as("stored once more before it was asked").hasSize(2);
  }

  @Test
  void aSuspicionOutlastsATimeWithoutTheDriver() {
    questions.awaitInventory();
    questions.ask(EVIL);
    eventually(() -> assertThat(asked(EVIL)).isEqualTo(1));
    node.killDaemon();
    node.kernel().reboot();
    node.kernel().unload("sample");
    node.startDaemon();
    questions.awaitReason(EVIL, Reason.TYPE_NOT_OFFERED);
    node.kernel().load(driver);
    questions.awaitReason(EVIL, Reason.SUSPECTED);
    quiet();
    assertThat(asked(EVIL)).isEqualTo(1);
  }

  @Test
  void aCheckIsAskedOfItsDriverAlone() {
    questions.awaitInventory();
    String identity = questions.status().inventory().driverOf(TYPE).orElseThrow();
    Check bound = new Check(TYPE, "good", identity);
    questions.ask(bound);
    questions.awaitReason(bound, Reason.ACCEPTED);
    int writes = node.kernel().totalWrites();
    node.kernel().reload(driver.version("2.0"));
    questions.awaitReason(bound, Reason.OTHER_DRIVER);
    assertThat(questions.answer(bound).lastDefinite().verdict()).isEqualTo(Verdict.COMPATIBLE);
    quiet();
    assertThat(node.kernel().totalWrites()).isEqualTo(writes);
  }

  @Test
  void aDaemonThatIsKilledWhileItAsksAsksOnceMoreInTheSameBoot() {
    node.kernel().changeSilently(driver.type(TYPE, t -> t.hangsOn("slow")));
    Check slow = new Check(TYPE, "slow", null);
    questions.awaitInventory();
    questions.ask(slow);
    eventually(() -> assertThat(asked(slow)).isEqualTo(1));
    node.killDaemon();
    node.kernel().releaseHangs();
    node.kernel().changeSilently(driver.type(TYPE, t -> t.accepts("slow")));
    node.startDaemon();
    questions.awaitReason(slow, Reason.ACCEPTED);
  }

  private int asked(Check check) {
    return node.kernel().writes().entrySet().stream()
        .filter(entry -> entry.getKey().string().equals(check.version()))
        .mapToInt(entry -> entry.getValue())
        .sum();
  }

  private String revision() {
    return questions.status().inventory().type(TYPE).orElseThrow().revision();
  }

  private AuditLog.Mark mark() {
    return controlPlane.auditLog().mark();
  }

  private List<AuditEntry> writes(AuditLog.Mark mark) {
    return controlPlane
        .auditLog()
        .since(mark)
        .writes()
        .of("mdevnodestates")
        .where(entry -> entry.name().equals(node.name()))
        .where((AuditEntry entry) -> entry.isBy(AGENT))
        .list();
  }
}
