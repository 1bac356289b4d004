package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.ParentCounts;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.inventory.Publication;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.sysfs.Scans;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutcomeMemoryTest {
  private static final MdevClass ASKED = new MdevClass("i915-1", "v2");
  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");

  private final OutcomeMemory memory = new OutcomeMemory();

  @Test
  void aRefusalThatIsNotNamedIsNotTakenForAnAcceptance() {
    seed(new ParentCounts(0, 2, 0, 0), List.of("a"));
    assertThat(memory.of(ASKED.digest(), "a")).isPresent();
    assertThat(memory.of(ASKED.digest(), "b")).isEmpty();
  }

  @Test
  void aParentThatSaidNotSupportedIsNotTakenForOneThatAccepted() {
    seed(new ParentCounts(0, 1, 1, 0), List.of("a"));
    assertThat(memory.of(ASKED.digest(), "b")).isEmpty();
  }

  @Test
  void allChecksOfANodeMayBeTakenAwayAndPutBack() {
    for (int i = 0; i <= Api.CHECKS_MAX; i++) {
      memory.put(
          "digest-" + i,
          "a",
          new OutcomeMemory.Remembered(
              "key", Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED), NOW, Optional.empty()));
    }
    memory.retain(Set.of());
    assertThat(memory.of("digest-0", "a")).as("one more than a node can have").isEmpty();
    for (int i = 1; i <= Api.CHECKS_MAX; i++) {
      assertThat(memory.of("digest-" + i, "a")).isPresent();
    }
  }

  private void seed(ParentCounts counts, List<String> refusedBy) {
    FakePosix kernel = new FakePosix();
    for (String parent : List.of("a", "b")) {
      kernel.parent(parent, "i915").type(parent, "i915-1", "v1");
    }
    memory.seed(
        new Answer(
            "i915-1",
            ASKED.digest(),
            Verdict.INCOMPATIBLE,
            "Refused",
            22,
            "EINVAL",
            counts,
            refusedBy,
            "r",
            NOW.toString(),
            null,
            null,
            null,
            null,
            null),
        Publication.of(Scans.of(kernel), Optional.empty()).offersOf("i915-1"));
  }
}
