package io.mdevmigration.node.publish;

import static io.mdevmigration.node.uevent.KernelChange.REGISTERED;
import static io.mdevmigration.node.uevent.KernelChange.UNREGISTERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.uevent.KernelChange;
import io.mdevmigration.telemetry.Meters;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel tells the daemon; the rescan interval is too long to be of any help. */
class NodeDaemonChangeTest {
  private static final String TYPE = "i915-1";
  private static final Check OLD = new Check(TYPE, "v1", null);
  private static final Check NEW = new Check(TYPE, "v2", null);
  private static final int PARENTS = 256;

  private final FakePosix kernel = new FakePosix();
  private final FakeStore store = new FakeStore();
  private final DaemonThreads threads = DaemonThreads.create(1);
  private final DaemonOptions options =
      DaemonOptions.DEFAULTS.withRescan(Duration.ofHours(1)).withDeadline(Duration.ofSeconds(5));
  private NodeDaemon daemon;

  @BeforeEach
  void checks() {
    store.check(OLD, NEW);
  }

  @AfterEach
  void end() {
    if (daemon != null) {
      daemon.close();
    }
    threads.shutdown();
  }

  @Test
  void aReloadOfAllParentsIsOnePublicationThatHasTheNewAnswers() throws Exception {
    for (int i = 0; i < PARENTS; i++) {
      kernel.parent("p" + i, "i915").type("p" + i, TYPE, "v1");
    }
    // A kernel in memory on a busy machine takes its time to reload.
    start(options.withSettle(Duration.ofSeconds(1), Duration.ofMinutes(1)));
    await().until(() -> verdict(OLD) == Verdict.COMPATIBLE);
    int writes = store.writes();
    for (int i = 0; i < PARENTS; i++) {
      kernel.removeParent("p" + i);
      tell(UNREGISTERED);
    }
    TimeUnit.MILLISECONDS.sleep(40);
    for (int i = 0; i < PARENTS; i++) {
      synchronized (kernel) {
        kernel.parent("p" + i, "i915").type("p" + i, TYPE, "v2");
      }
      tell(REGISTERED);
    }
    await().until(() -> verdict(NEW) == Verdict.COMPATIBLE);
    assertThat(verdict(OLD)).isEqualTo(Verdict.INCOMPATIBLE);
    assertThat(store.status().summary().parents()).isEqualTo(PARENTS);
    assertThat(store.writes()).isEqualTo(writes + 1);
  }

  @Test
  void anAttributeThatComesALittleLaterCostsNoPublicationWithoutIt() throws Exception {
    kernel.parent("a", "i915").type("a", TYPE, "v1");
    start(options.withSettle(Duration.ofSeconds(1), Duration.ofSeconds(5)));
    await().until(() -> verdict(OLD) == Verdict.COMPATIBLE);
    int writes = store.writes();
    synchronized (kernel) {
      kernel.removeParent("a").parent("a", "i915").type("a", TYPE);
    }
    tell(UNREGISTERED);
    tell(REGISTERED);
    TimeUnit.MILLISECONDS.sleep(50);
    kernel.type("a", TYPE, "v2");
    await().until(() -> verdict(NEW) == Verdict.COMPATIBLE);
    assertThat(store.writes()).isEqualTo(writes + 1);
  }

  @Test
  void anAttributeThatComesLateIsFoundThoughNothingTellsOfIt() {
    start(options);
    await().until(() -> verdict(NEW) == Verdict.UNSUPPORTED);
    kernel.parent("a", "i915").type("a", TYPE);
    tell(REGISTERED);
    await().until(() -> "NoVersionAttribute".equals(problem()));
    kernel.type("a", TYPE, "v2");
    await().until(() -> verdict(NEW) == Verdict.COMPATIBLE);
  }

  @Test
  void aStormOfChangesCostsFewScans() {
    kernel.parent("a", "i915").type("a", TYPE, "v1");
    start(options);
    await().until(() -> verdict(OLD) == Verdict.COMPATIBLE);
    int before = kernel.scans.get();
    long begin = System.nanoTime();
    for (int i = 0; i < 200_000; i++) {
      tell(i % 2 == 0 ? UNREGISTERED : REGISTERED);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    kernel.removeParent("a");
    tell(UNREGISTERED);
    await().until(() -> verdict(OLD) == Verdict.UNSUPPORTED);
    assertThat(kernel.scans.get() - before)
        .as("one for each time to settle that went by in %d ms, one at the end, and looks", millis)
        .isLessThanOrEqualTo((int) (millis / options.settleAtMost().toMillis()) + 5);
  }

  @Test
  void whileTheKernelIsChangingNothingIsAsked() throws Exception {
    kernel.parent("a", "i915").type("a", TYPE, "v1");
    store.check();
    start(options.withSettle(Duration.ofSeconds(1), Duration.ofSeconds(5)));
    await().until(() -> store.status() != null && store.status().inventory() != null);
    kernel.removeParent("a");
    tell(UNREGISTERED);
    int writes = store.writes();
    store.check(OLD);
    await().until(() -> store.status().answers().size() == 1);
    assertThat(verdict(OLD)).isEqualTo(Verdict.UNSUPPORTED);
    assertThat(store.writes()).as("of the store itself, no publication").isEqualTo(writes + 1);
    assertThat(kernel.writes).isEmpty();
  }

  private void start(DaemonOptions with) {
    daemon =
        new NodeDaemon(
            kernel,
            store,
            "n",
            with,
            new TestClock(),
            threads,
            false,
            new DaemonMetrics(Meters.none()));
    daemon.start();
  }

  private void tell(KernelChange change) {
    daemon.changed(change);
  }

  private Verdict verdict(Check check) {
    MdevNodeStateStatus status = store.status();
    return status == null
        ? null
        : status.answers().stream()
            .filter(answer -> answer.digest().equals(check.mdevClass().digest()))
            .map(Answer::verdict)
            .findFirst()
            .orElse(null);
  }

  private String problem() {
    return store.status().inventory().parentGroups().stream()
        .flatMap(group -> group.types().stream())
        .map(ParentType::problem)
        .findFirst()
        .map(problem -> problem.reason())
        .orElse(null);
  }
}
