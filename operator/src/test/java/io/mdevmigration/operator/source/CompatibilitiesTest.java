package io.mdevmigration.operator.source;

import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Target;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.Reports;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompatibilitiesTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");

  private final Fleet fleet = new Fleet();
  private final Compatibilities compatibilities = new Compatibilities(fleet);

  private static MigrationCompatibility compatibility(
      String name, Source source, Map<String, String> targets, boolean labelNodes) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(
        new ObjectMetaBuilder().withName(name).withUid("uid-" + name).withGeneration(1L).build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            "sample-A",
            source,
            new Target(new LabelSelectorBuilder().withMatchLabels(targets).build()),
            labelNodes,
            List.of()));
    return object;
  }

  private static Source literal(String version) {
    return new Source(null, null, version);
  }

  @Test
  void whatIsWantedOfANodeIsTheUnionOfAllThatSelectIt() {
    compatibilities.put(compatibility("one", literal("v1"), Map.of(), true));
    compatibilities.put(compatibility("two", literal("v2"), Map.of("gpu", "t4"), true));
    assertThat(compatibilities.wantedLabels(node("a")).values()).containsExactly(A1);
    assertThat(compatibilities.wantedLabels(node("b", Map.of("gpu", "t4"))).values())
        .containsExactlyInAnyOrder(A1, A2);
  }

  @Test
  void aReportWithoutLabelsIsAskedAboutAllTheSame() {
    compatibilities.put(compatibility("one", literal("v1"), Map.of(), false));
    assertThat(compatibilities.wantedChecks(node("a")).values()).containsExactly(A1);
    assertThat(compatibilities.wantedLabels(node("a"))).isEmpty();
  }

  @Test
  void theSameObjectAgainChangesNothing() {
    var object = compatibility("one", literal("v1"), Map.of(), true);
    assertThat(compatibilities.put(object).anew()).isTrue();
    assertThat(compatibilities.put(object).anew()).isFalse();
    assertThat(compatibilities.remove("one")).isTrue();
    assertThat(compatibilities.remove("one")).isFalse();
  }

  @Test
  void aLaterObjectOfTheSameNameIsAnotherOne() {
    compatibilities.put(compatibility("one", literal("v1"), Map.of(), true));
    var later = compatibility("one", literal("v2"), Map.of(), true);
    later.getMetadata().setUid("uid-later");
    assertThat(compatibilities.put(later).anew()).isTrue();
    assertThat(compatibilities.wantedLabels(node("a")).values()).containsExactly(A2);
  }

  @Test
  void labelsOfNodesDecideAnewWhoIsASource() {
    fleet.put(Reports.of("a").publishes(A1).report());
    fleet.put(node("a"));
    var selector = new LabelSelectorBuilder().addToMatchLabels("gpu", "t4").build();
    compatibilities.put(compatibility("t4", new Source(null, selector, null), Map.of(), true));
    assertThat(compatibilities.wantedLabels(node("b"))).isEmpty();
    fleet.put(node("a", Map.of("gpu", "t4")));
    assertThat(compatibilities.selectionChanged()).isTrue();
    assertThat(compatibilities.wantedLabels(node("b")).values()).containsExactly(A1);
  }

  @Test
  void onlyAChangeOfTheClassesConcernsTheNodes() {
    fleet.put(Reports.of("a").publishes(A1).report());
    compatibilities.put(
        compatibility("fleet", new Source(null, new LabelSelector(), null), Map.of(), true));
    fleet.put(Reports.of("b").publishes(A1).report());
    assertThat(compatibilities.publicationChanged("sample-A")).isFalse();
    assertThat(compatibilities.get("fleet").orElseThrow().resolution().classes())
        .containsExactly(new SourceClass(A1, 2));
    fleet.put(Reports.of("b").publishes(A2).report());
    assertThat(compatibilities.publicationChanged("sample-B")).isFalse();
    assertThat(compatibilities.publicationChanged("sample-A")).isTrue();
  }
}
