package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.inventory.Offer;
import io.mdevmigration.node.inventory.Publication;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.sysfs.AttributeWriter;
import io.mdevmigration.node.sysfs.Scans;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AskerTest {
  private static final String PARENT = "0000:00:02.0";
  private static final String TYPE = "i915-1";
  private static final String ATTRIBUTE =
      FakePosix.device(PARENT) + "/mdev_supported_types/" + TYPE + "/version";

  private final FakePosix kernel = new FakePosix().parent(PARENT, "i915").type(PARENT, TYPE, "v1");
  private final Asker asker =
      new Asker(new AttributeWriter(kernel, Path.of("/sys")), Scans.deadline(), Set.of());

  @Test
  void oneWriteOfTheStringWithANewlineAndNothingElse() {
    Asker.Asked asked = asker.ask(offer(), new MdevClass(TYPE, "v1"));
    assertThat(asked.outcome().reason()).isEqualTo(Reason.ACCEPTED);
    assertThat(kernel.writes)
        .containsExactly(PARENT + "/mdev_supported_types/" + TYPE + "/version=v1\n");
  }

  @Test
  void aDriverMayBeAskedWithoutTheNewline() {
    new Asker(new AttributeWriter(kernel, Path.of("/sys")), Scans.deadline(), Set.of("i915"))
        .ask(offer(), new MdevClass(TYPE, "v1"));
    assertThat(kernel.writes.get(0)).endsWith("=v1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\0b", "a\nb", "a\n", "\u00e9"})
  void whatMustNotBeWrittenNeverIs(String version) {
    Offer offer = offer();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> asker.ask(offer, new MdevClass(TYPE, version)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> asker.ask(offer, new MdevClass(TYPE, "x".repeat(4096))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> asker.ask(offer, new MdevClass("i915-2", "v1")));
    assertThat(kernel.writes).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "a/b", "../../x-1"})
  void aTypeThatLeavesItsDirectoryIsNeverWritten(String type) {
    Offer offer =
        new Offer(
            type,
            PARENT,
            offer().driver(),
            new Offer.Askable(Path.of("/sys/devices/x"), "version", 1, "key"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> asker.ask(offer, new MdevClass(type, "v1")));
    assertThat(kernel.writes).isEmpty();
  }

  @Test
  void aDriverReloadedSinceTheScanIsNotAsked() {
    Offer offer = offer();
    kernel.type(PARENT, TYPE, "v1");
    Asker.Asked asked = asker.ask(offer, new MdevClass(TYPE, "v1"));
    assertThat(asked.outcome().reason()).isEqualTo(Reason.TARGET_GONE);
    assertThat(asked.written()).isFalse();
    assertThat(kernel.writes).isEmpty();
  }

  @Test
  void aDriverReloadedWhileItsAttributeIsOpenedIsNotAsked() {
    kernel.beforeOpening = () -> kernel.type(PARENT, TYPE, "v1");
    Asker.Asked asked = asker.ask(offer(), new MdevClass(TYPE, "v1"));
    assertThat(asked.outcome().reason()).isEqualTo(Reason.TARGET_GONE);
    assertThat(kernel.writes).isEmpty();
    assertThat(kernel.open).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.ENODEV, Errno.EOPNOTSUPP, Errno.ENOTSUPP})
  void notSupportedMeansThatOrGoneDependingOnWhatIsThereAfterwards(int errno) {
    kernel.store(PARENT, TYPE, FakePosix.answering(text -> errno));
    assertThat(asker.ask(offer(), new MdevClass(TYPE, "v1")).outcome())
        .isEqualTo(Outcome.of(Verdict.UNSUPPORTED, Reason.NOT_SUPPORTED, errno));
    kernel.store(
        PARENT,
        TYPE,
        FakePosix.answering(
            text -> {
              kernel.removeParent(PARENT);
              return errno;
            }));
    assertThat(asker.ask(offer(), new MdevClass(TYPE, "v1")).outcome().reason())
        .isEqualTo(Reason.TARGET_GONE);
  }

  @Test
  void anAttributeThatCannotBeOpenedForWritingWasNotAsked() {
    kernel.failOpen(ATTRIBUTE, Errno.EROFS);
    Asker.Asked asked = asker.ask(offer(), new MdevClass(TYPE, "v1"));
    assertThat(asked.outcome())
        .isEqualTo(Outcome.of(Verdict.UNKNOWN, Reason.AGENT_MISCONFIGURED, Errno.EROFS));
    assertThat(asked.written()).isFalse();
  }

  @Test
  void anAnswerThatComesLateIsStillAnAnswer() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    kernel.store(
        PARENT,
        TYPE,
        text -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return text.length();
        });
    Asker.Asked asked = asker.ask(offer(), new MdevClass(TYPE, "v1"));
    assertThat(asked.outcome().reason()).isEqualTo(Reason.DRIVER_UNRESPONSIVE);
    assertThat(asked.written()).isTrue();
    Asker.Asked second = asker.ask(offer(), new MdevClass(TYPE, "v2"));
    assertThat(second.outcome().reason()).isEqualTo(Reason.DRIVER_UNRESPONSIVE);
    assertThat(second.written()).isFalse();
    release.countDown();
    assertThat(asked.late().orElseThrow().get(5, TimeUnit.SECONDS).reason())
        .isEqualTo(Reason.ACCEPTED);
    assertThat(kernel.writes).hasSize(1);
  }

  private Offer offer() {
    return Publication.of(Scans.of(kernel), Optional.empty()).offersOf(TYPE).get(0);
  }
}
