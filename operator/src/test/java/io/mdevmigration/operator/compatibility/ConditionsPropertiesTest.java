package io.mdevmigration.operator.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;

class ConditionsPropertiesTest {
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  @Property
  void theTransitionTimeIsThatOfTheLastChangeOfTheStatusWhateverElseChanges(
      @ForAll @NotEmpty @Size(max = 20) List<Boolean> statuses,
      @ForAll @IntRange(min = 1, max = 3600) int seconds,
      @ForAll List<String> reasons) {
    List<Condition> stored = List.of();
    Instant now = START;
    Instant changed = START;
    for (int i = 0; i < statuses.size(); i++) {
      now = now.plus(Duration.ofSeconds(seconds));
      boolean holds = statuses.get(i);
      if (i == 0 || holds != statuses.get(i - 1)) {
        changed = now;
      }
      String varies = reasons.isEmpty() ? "" : reasons.get(i % reasons.size());
      Conditions conditions = new Conditions(stored, i, now);
      // Another condition that never stands still is none of this one's business.
      stored =
          List.of(
              conditions.of("Other", i % 2 == 0, "Other", ""),
              conditions.of("Ready", holds, "Reason" + i, varies));
      Condition ready = stored.get(1);
      assertThat(ready.getLastTransitionTime()).isEqualTo(changed.toString());
      assertThat(ready.getStatus()).isEqualTo(holds ? "True" : "False");
      assertThat(ready.getReason()).isEqualTo("Reason" + i);
      assertThat(ready.getMessage()).isEqualTo(varies);
      assertThat(ready.getObservedGeneration()).isEqualTo(i);
    }
  }

  @Property
  void whatIsNoTimeDoesNotStay(@ForAll String text) {
    String since = readyAfter(text).getLastTransitionTime();
    assertThat(since).isEqualTo(START.toString());
  }

  @Example
  void aMissingTimeIsFilledIn() {
    assertThat(readyAfter(null).getLastTransitionTime()).isEqualTo(START.toString());
  }

  private static Condition readyAfter(String time) {
    Condition before =
        new ConditionBuilder()
            .withType("Ready")
            .withStatus("True")
            .withLastTransitionTime(time)
            .build();
    return new Conditions(List.of(before), 1, START).of("Ready", true, "Reason", "");
  }
}
