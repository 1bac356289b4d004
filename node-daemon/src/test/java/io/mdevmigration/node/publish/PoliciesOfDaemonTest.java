package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.telemetry.Meters;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a daemon does while the admission policies are not in force. */
class PoliciesOfDaemonTest {
  private static final String TYPE = "i915-1";
  private static final Check OWN = new Check(TYPE, "v1", null);
  private static final Check OTHER = new Check(TYPE, "v2", null);

  private final FakePosix kernel = new FakePosix();
  private final FakeStore store = new FakeStore();
  private final TestClock clock = new TestClock();
  private final DaemonThreads threads = DaemonThreads.create(1);
  private final DaemonOptions options =
      DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(100)).withDebounce(Duration.ofMillis(5));
  private final Optional<Refusal> inForce = store.tryAsAnother();
  private NodeDaemon daemon;

  @BeforeEach
  void oneParent() {
    kernel.parent("a", "i915").type("a", TYPE, "v1");
    store.refuse(Optional.empty());
    store.check(OWN);
  }

  @AfterEach
  void end() {
    daemon.close();
    threads.shutdown();
  }

  @Test
  void itPublishesAsksNothingAndSaysWhatToDo() throws Exception {
    start(options);
    await().until(() -> reasons().equals(List.of("PoliciesNotInForce")));
    quiet();
    assertThat(kernel.writes).isEmpty();
    assertThat(store.status().inventory().versions()).hasSize(1);
    assertThat(store.status().answers().get(0).verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(ready().getStatus()).isEqualTo("False");
    assertThat(ready().getReason()).isEqualTo("PoliciesNotInForce");
    assertThat(ready().getMessage()).contains("deploy/").contains("--without-admission-policies");
    assertThat(store.writes()).as("trying again writes nothing").isEqualTo(1);
  }

  @Test
  void itAsksAsSoonAsTheyAreInForce() {
    start(options);
    await().until(() -> reasons().equals(List.of("PoliciesNotInForce")));
    enforce();
    await().until(() -> reasons().equals(List.of("Accepted")));
    assertThat(ready().getReason()).isEqualTo("Ready");
    assertThat(kernel.writes).hasSize(1);
  }

  @Test
  void itLooksAgainSoonWhateverTheRescanIntervalIs() {
    start(options.withRescan(Duration.ofHours(1)));
    await().until(() -> reasons().equals(List.of("PoliciesNotInForce")));
    store.refuse(inForce);
    await().until(() -> reasons().equals(List.of("Accepted")));
  }

  @Test
  void whatWasAnsweredStaysWhenTheyGoAndOnlyNewQuestionsWait() {
    store.refuse(inForce);
    start(options);
    await().until(() -> reasons().equals(List.of("Accepted")));
    store.refuse(Optional.empty());
    store.endWatch();
    await().until(() -> ready().getReason().equals("PoliciesNotInForce"));
    store.check(OWN, OTHER);
    await().until(() -> reasons().equals(List.of("Accepted", "PoliciesNotInForce")));
    assertThat(kernel.writes).hasSize(1);
  }

  @Test
  void anAnswerThatIsDueKeepsWhatItLastSaid() {
    store.refuse(inForce);
    start(options);
    await().until(() -> reasons().equals(List.of("Accepted")));
    store.refuse(Optional.empty());
    store.endWatch();
    await().until(() -> ready().getReason().equals("PoliciesNotInForce"));
    clock.forward(Duration.ofHours(7));
    daemon.rescan();
    await().until(() -> reasons().equals(List.of("PoliciesNotInForce")));
    assertThat(store.status().answers().get(0).lastDefinite().verdict())
        .isEqualTo(Verdict.COMPATIBLE);
  }

  @Test
  void aQuestionThatMayHaveBeenAskedStaysToBeSeen() throws Exception {
    store.refuse(inForce);
    start(options);
    await().until(() -> reasons().equals(List.of("Accepted")));
    daemon.close();
    kernel.writes.clear();
    // As a daemon leaves it that dies between the announcement and the answer.
    store.tamper(store.history().get(0));
    assertThat(reasons()).containsExactly("Asking");
    store.refuse(Optional.empty());
    start(options);
    await().until(() -> ready().getReason().equals("PoliciesNotInForce"));
    quiet();
    assertThat(reasons()).containsExactly("Asking");
    assertThat(kernel.writes).isEmpty();
  }

  @Test
  void nothingIsAskedAndNothingChangedWhileNobodyCanTell() throws Exception {
    store.refuse(Optional.of(new Refusal(503, "later")));
    start(options);
    await().until(() -> store.status() != null && store.status().inventory() != null);
    quiet();
    assertThat(kernel.writes).isEmpty();
    assertThat(store.status().answers()).isEmpty();
    store.refuse(inForce);
    clock.forward(Duration.ofMinutes(1));
    daemon.rescan();
    await().until(() -> reasons().equals(List.of("Accepted")));
  }

  @Test
  void itAsksWhereItIsToldToDoWithout() {
    start(options.withPolicies(AdmissionPolicies.NOT_REQUIRED));
    await().until(() -> reasons().equals(List.of("Accepted")));
    assertThat(ready().getReason()).isEqualTo("Ready");
  }

  private void start(DaemonOptions with) {
    daemon =
        new NodeDaemon(
            kernel, store, "n", with, clock, threads, false, new DaemonMetrics(Meters.none()));
    daemon.start();
  }

  private void enforce() {
    store.refuse(inForce);
    clock.forward(Duration.ofMinutes(1));
    daemon.rescan();
  }

  private static void quiet() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(400);
  }

  private Condition ready() {
    return store.status().conditions().get(0);
  }

  private List<String> reasons() {
    return store.status() == null
        ? List.of()
        : store.status().answers().stream().map(Answer::reason).toList();
  }
}
