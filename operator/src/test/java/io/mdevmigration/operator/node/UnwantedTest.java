package io.mdevmigration.operator.node;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.source.Compatibilities;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnwantedTest {
  private static final MdevClass CLASS = new MdevClass("sample-A", "v1");
  private static final String KEY = CLASS.labelKey();
  private static final NodeFacts NODE = node("a", Map.of(KEY, "true"));
  private static final Duration GRACE = Duration.ofMinutes(10);

  private Instant now = NOW;
  private final Fleet live = new Fleet();
  private final Map<String, MdevClass> wantedLive = new HashMap<>();
  private int lists = 0;
  private final Unwanted unwanted =
      new Unwanted(
          GRACE,
          () -> now,
          () -> {
            lists++;
            return new Unwanted.Live(live, new Compatibilities(live));
          },
          (compatibilities, node) -> wantedLive);

  private Set<String> look() {
    return unwanted.look(NODE, Set.of(KEY)).confirmed();
  }

  @Test
  void tenMinutesAndALiveListAreNeeded() {
    live.put(NODE);
    live.put(Reports.of("a").report());
    assertThat(look()).isEmpty();
    now = NOW.plus(GRACE).minusSeconds(1);
    assertThat(look()).isEmpty();
    assertThat(lists).isZero();
    now = NOW.plus(GRACE);
    assertThat(look()).containsExactly(KEY);
    assertThat(lists).isEqualTo(1);
  }

  @Test
  void aClassThatIsWantedAgainInBetweenStartsAnew() {
    live.put(NODE);
    live.put(Reports.of("a").report());
    look();
    now = NOW.plus(GRACE).minusSeconds(1);
    unwanted.look(NODE, Set.of());
    look();
    now = NOW.plus(GRACE).plusSeconds(1);
    assertThat(look()).isEmpty();
  }

  @Test
  void whatTheLiveListStillWantsStays() {
    live.put(NODE);
    live.put(Reports.of("a").report());
    wantedLive.put(KEY, CLASS);
    look();
    now = NOW.plus(GRACE);
    assertThat(look()).isEmpty();
  }

  @Test
  void nothingGoesWhileALabelledNodeLacksItsState() {
    live.put(NODE);
    live.put(Reports.of("a").report());
    live.put(node("b", Map.of(KEY, "true")));
    look();
    now = NOW.plus(GRACE);
    assertThat(look()).isEmpty();
  }

  @Test
  void aListThatFailsTakesNothingAway() {
    var failing =
        new Unwanted(
            GRACE,
            () -> now,
            () -> {
              throw new KubernetesClientException("timeout");
            },
            (compatibilities, node) -> Map.of());
    failing.look(NODE, Set.of(KEY));
    now = NOW.plus(GRACE);
    var finding = failing.look(NODE, Set.of(KEY));
    assertThat(finding.confirmed()).isEmpty();
    assertThat(finding.lookAgain()).isPresent();
  }

  @Test
  void aNodeThatIsGoneOrAnotherIsLeftAlone() {
    look();
    now = NOW.plus(GRACE);
    assertThat(look()).isEmpty();
    live.put(new NodeFacts("a", "uid-later", NODE.bootID(), NODE.labels()));
    live.put(Reports.of("a").report());
    assertThat(look()).isEmpty();
  }

  @Test
  void itSaysWhenToLookAgain() {
    assertThat(unwanted.look(NODE, Set.of()).lookAgain()).isEmpty();
    assertThat(unwanted.look(NODE, Set.of(KEY)).lookAgain()).isPresent();
  }
}
