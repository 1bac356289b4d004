package io.mdevmigration.node.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.sysfs.Scan;
import io.mdevmigration.node.sysfs.ScanScope;
import io.mdevmigration.node.sysfs.Scans;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SteadinessTest {
  private static final String TYPE = "i915-1";

  private final FakePosix kernel = new FakePosix().parent("a", "i915").type("a", TYPE, "v1");
  private final AtomicInteger reads = new AtomicInteger();
  private Steadiness steadiness = new Steadiness();
  private Optional<Inventory> published = Optional.empty();
  private NodeInventory now;

  @Test
  void aVersionThatHoldsStillIsReadTwiceAtFirstAndOnceFromThenOn() {
    gives("v1");
    assertThat(problemAfterScan()).isEqualTo("none");
    assertThat(reads).hasValue(2);
    scans(5);
    assertThat(reads).hasValue(7);
    gives("v2");
    assertThat(problemAfterScan()).isEqualTo("none");
    assertThat(reads).as("what is new is read twice").hasValue(9);
  }

  @Test
  void aVersionThatDiffersBetweenTwoReadsIsUnstableAndCostsNoQuestionAndNoWrite() {
    AtomicInteger count = new AtomicInteger();
    kernel.show("a", TYPE, () -> "v" + count.incrementAndGet() + "\n");
    assertThat(problemAfterScan()).isEqualTo("Unstable");
    assertThat(now.published().versions()).isEmpty();
    Inventory first = now.published();
    String key = key();
    scans(20);
    assertThat(now.published()).isEqualTo(first);
    assertThat(key()).isEqualTo(key);
  }

  @Test
  void asATargetAnUnstableTypeIsAskedAnewWhenItsDriverIsLoadedAnew() {
    unstable();
    String key = key();
    String revision = now.revision(TYPE).orElseThrow();
    kernel.type("a", TYPE, "v1");
    assertThat(problemAfterScan()).as("a new attribute is a new beginning").isEqualTo("none");
    unstable();
    assertThat(key()).isNotEqualTo(key);
    assertThat(now.revision(TYPE)).isNotEqualTo(Optional.of(revision));
  }

  @Test
  void aVersionThatChangesInThreeScansInARowIsUnstable() {
    gives("v1");
    scans(3);
    gives("v2");
    assertThat(problemAfterScan()).isEqualTo("none");
    gives("v3");
    assertThat(problemAfterScan()).isEqualTo("none");
    gives("v4");
    assertThat(problemAfterScan()).isEqualTo("Unstable");
  }

  @Test
  void aVersionThatChangesMoreOftenThanNotIsUnstableInTheEnd() {
    Set<String> problems = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      gives("v" + i / 2);
      problems.add(problemAfterScan());
    }
    assertThat(problems).contains("Unstable");
    assertThat(now.published().versions()).isEmpty();
  }

  @Test
  void aVersionThatChangesNowAndThenIsBelieved() {
    for (int i = 0; i < 100; i++) {
      gives("v" + i / 3);
      assertThat(problemAfterScan()).isEqualTo("none");
    }
  }

  @Test
  void itIsStableAgainOnceItHasHeldStillForSomeScans() {
    unstable();
    gives("v1");
    assertThat(problemAfterScan()).isEqualTo("Unstable");
    for (int i = 1; i < Steadiness.STILL_FIRST; i++) {
      assertThat(problemAfterScan()).as("still for %d", i).isEqualTo("Unstable");
    }
    assertThat(problemAfterScan()).isEqualTo("none");
    assertThat(now.published().versions()).hasSize(1);
  }

  @Test
  void eachTimeItHasToHoldStillForLonger() {
    unstable();
    gives("v1");
    int before = scansUntilStable();
    for (int i = 0; i < 3; i++) {
      gives("another " + i);
      assertThat(problemAfterScan()).as("one change is enough now").isEqualTo("Unstable");
      int needed = scansUntilStable();
      assertThat(needed).isGreaterThan(before);
      before = needed;
    }
    for (int i = 0; i < 10; i++) {
      gives("yet another " + i);
      problemAfterScan();
      assertThat(scansUntilStable()).isLessThanOrEqualTo(Steadiness.STILL_MAX);
    }
  }

  @Test
  void afterALongTimeItsPastIsForgotten() {
    unstable();
    gives("v1");
    scans(Steadiness.FORGOTTEN_AFTER + 10);
    gives("v2");
    assertThat(problemAfterScan()).isEqualTo("none");
  }

  @Test
  void anUnstableVersionIsUnstableAfterARestart() {
    unstable();
    Inventory before = now.published();
    gives("v1");
    steadiness = new Steadiness();
    assertThat(problemAfterScan()).isEqualTo("Unstable");
    assertThat(now.published()).isEqualTo(before);
    assertThat(scansUntilStable()).isLessThanOrEqualTo(Steadiness.STILL_FIRST);
    unstable();
    gives("v1");
    steadiness = new Steadiness();
    kernel.boot("boot-2");
    assertThat(problemAfterScan()).as("after a reboot").isEqualTo("none");
  }

  @Test
  void aVersionThatCannotBeReadNowAndThenIsRemembered() {
    unstable();
    gives("v1");
    kernel.show("a", TYPE, SteadinessTest::ioError);
    problemAfterScan();
    gives("v1");
    assertThat(problemAfterScan()).isEqualTo("Unstable");
    kernel.fail(FakePosix.device("a") + "/mdev_supported_types", Errno.EIO);
    problemAfterScan();
    kernel.fail(FakePosix.device("a") + "/mdev_supported_types", 0);
    assertThat(problemAfterScan()).isEqualTo("Unstable");
  }

  @Test
  void ofTwoReadsTheSecondOneMayFail() {
    kernel.show(
        "a",
        TYPE,
        () -> {
          if (reads.incrementAndGet() % 2 == 0) {
            return ioError();
          }
          return "v1\n";
        });
    assertThat(problemAfterScan()).isEqualTo("ReadFailed");
  }

  @Test
  void oneParentsVersionSaysNothingAboutAnothers() {
    kernel.parent("b", "i915").type("b", TYPE, "v1");
    unstable();
    assertThat(now.published().versions()).hasSize(1);
    assertThat(steadiness.isUnstable("a", TYPE)).isTrue();
    assertThat(steadiness.isUnstable("b", TYPE)).isFalse();
  }

  @Test
  void aRandomlyChangingVersionCostsFewPublications() {
    Random random = new Random(7);
    kernel.show("a", TYPE, () -> "v" + random.nextInt(2) + "\n");
    int publications = 0;
    Inventory last = null;
    for (int i = 0; i < 10_000; i++) {
      problemAfterScan();
      if (!now.published().equals(last)) {
        publications++;
        last = now.published();
      }
    }
    assertThat(publications).isLessThan(30);
  }

  private void gives(String version) {
    kernel.show(
        "a",
        TYPE,
        () -> {
          reads.incrementAndGet();
          return version + "\n";
        });
  }

  /** Has a version that is another one at each read. */
  private void unstable() {
    AtomicInteger count = new AtomicInteger();
    kernel.show("a", TYPE, () -> "u" + count.incrementAndGet() + "\n");
    assertThat(problemAfterScan()).isEqualTo("Unstable");
  }

  private int scansUntilStable() {
    int scans = 0;
    do {
      scans++;
      assertThat(scans).as("it is stable in the end").isLessThan(1000);
    } while (problemAfterScan().equals("Unstable"));
    return scans;
  }

  private void scans(int count) {
    for (int i = 0; i < count; i++) {
      problemAfterScan();
    }
  }

  /** The reason of the problem that parent a publishes after another scan. */
  private String problemAfterScan() {
    Scan scan = Scans.tree(kernel).scan(ScanScope.INVENTORY, steadiness);
    steadiness.observe(scan, published);
    now = Publication.of(scan, published, steadiness);
    published = Optional.of(now.published());
    ParentType type = now.published().parentGroups().get(0).types().get(0);
    return type.problem() == null ? "none" : type.problem().reason();
  }

  private String key() {
    return ((Offer.Askable) now.offersOf(TYPE).get(0).target()).key();
  }

  private static String ioError() throws PosixException {
    throw new PosixException("read", Path.of("version"), Errno.EIO);
  }
}
