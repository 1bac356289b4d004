package io.mdevmigration.operator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.MdevClass;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private static final String KEY = new MdevClass("sample-A", "A-v1").labelKey();
  private static final String OTHER_KEY = new MdevClass("sample-A", "A-v2").labelKey();

  private final Fleet fleet = new Fleet();

  @Test
  void whatHasChangedSinceAMomentIsToldAndNothingElse() {
    fleet.put(Reports.node("a"));
    long mark = fleet.changesSince(0).mark();
    assertThat(fleet.changesSince(mark).names()).contains(Set.of());
    fleet.put(Reports.node("a"));
    assertThat(fleet.changesSince(mark).names()).as("the same again").contains(Set.of());
    fleet.put(Reports.node("b"));
    fleet.put(Reports.of("c").report());
    assertThat(fleet.changesSince(mark).names()).contains(Set.of("b", "c"));
    mark = fleet.changesSince(mark).mark();
    fleet.removeNode("b");
    fleet.removeReport("c");
    assertThat(fleet.changesSince(mark).names()).contains(Set.of("b", "c"));
  }

  @Test
  void tooManyChangesAreToldAsSuch() {
    for (int i = 0; i < Changes.KEPT; i++) {
      fleet.put(Reports.node("node-" + i));
    }
    assertThat(fleet.changesSince(0).names().orElseThrow()).hasSize(Changes.KEPT);
    fleet.put(Reports.node("one-more"));
    assertThat(fleet.changesSince(0).names()).isEmpty();
    assertThat(fleet.changesSince(1).names().orElseThrow()).contains("one-more");
  }

  @Test
  void nodesAreFoundByTheLabelsThatTheyAllCarry() {
    fleet.put(Reports.node("one", Map.of(KEY, "true")));
    fleet.put(Reports.node("both", Map.of(KEY, "true", OTHER_KEY, "true")));
    fleet.put(Reports.node("otherwise", Map.of(KEY, "false", "disk", "true")));
    assertThat(fleet.carriersOf(Set.of(KEY))).containsExactlyInAnyOrder("one", "both");
    assertThat(fleet.carriersOf(Set.of(KEY, OTHER_KEY))).containsExactly("both");
    assertThat(fleet.carriersOf(Set.of("disk"))).isEmpty();
    fleet.put(Reports.node("both", Map.of(OTHER_KEY, "true")));
    fleet.removeNode("one");
    assertThat(fleet.carriersOf(Set.of(KEY))).isEmpty();
  }
}
