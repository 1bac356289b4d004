package io.mdevmigration.operator.source;

import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceNode;
import io.mdevmigration.crds.Target;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.Reports;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
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

  @Test
  void aNodeThatPublishesNewVersionsAllTheTimeHasNoMoreAskedAboutThanItsShare() {
    wholeFleet();
    fleet.put(node("honest"));
    fleet.put(Reports.of("honest").publishes(A1).report());
    Set<MdevClass> everAsked = new HashSet<>();
    for (int round = 0; round < 20; round++) {
      publish("liar", versions("round-" + round, 64));
      everAsked.addAll(wanted());
      askEverybodyWho("victim", everAsked);
    }
    assertThat(everAsked).hasSize(Api.CLASSES_OF_ONE_NODE_MAX + 1).contains(A1);
    assertThat(trouble()).contains("look at what is wrong on liar");

    publish("honest", List.of(A1, A2));
    assertThat(wanted()).as("others are not held back").contains(A1, A2);
  }

  @Test
  void whatANodePublishedBeforeStandsAgainstItUntilNobodyIsAskedAboutItAnyMore() {
    wholeFleet();
    List<MdevClass> first = versions("first", 32);
    List<MdevClass> second = versions("second", 32);
    publish("liar", first);
    askEverybodyWho("victim", Set.copyOf(first));
    publish("liar", second);
    assertThat(wanted()).isEmpty();
    publish("liar", first);
    assertThat(wanted()).as("its own share it may come back to").hasSize(32);
    publish("liar", second);

    var change = fleet.put(Reports.of("victim").asked(first.get(0)).report());
    assertThat(change.released()).as("31 of them nobody is asked about any more").isTrue();
    compatibilities.selectionChanged();
    assertThat(wanted()).hasSize(31);
    assertThat(fleet.put(Reports.of("victim").asked(first.get(0)).report()).released()).isFalse();
  }

  @Test
  void whatIsBeingWrittenAsAQuestionStandsUntilThatIsOver() {
    wholeFleet();
    publish("liar", versions("first", 32));
    assertThat(compatibilities.beginAsking(node("victim"))).hasSize(32);
    publish("liar", versions("second", 32));
    publish("liar", versions("third", 32));
    assertThat(wanted()).as("the first may be asked about at any moment").isEmpty();

    compatibilities.endAsking("victim");
    publish("liar", versions("fourth", 32));
    assertThat(wanted()).as("nobody has been asked about the first").hasSize(32);
  }

  @Test
  void whatOthersPublishTooStandsAgainstNobody() {
    wholeFleet();
    List<MdevClass> first = versions("first", 32);
    publish("a", first);
    publish("b", first);
    publish("a", versions("second", 32));
    assertThat(wanted()).hasSize(64);
  }

  @Test
  void theShareIsOneForAllTypes() {
    wholeFleet();
    publish("liar", versions("first", 30));
    List<MdevClass> others = new ArrayList<>(versions("first", 30));
    IntStream.range(0, 5).forEach(i -> others.add(new MdevClass("sample-B", "other" + i)));
    publish("liar", others);
    var object = compatibility("B", new Source(null, new LabelSelector(), null), Map.of(), true);
    object.setSpec(
        new MigrationCompatibilitySpec("sample-B", object.getSpec().source(), null, true, null));
    compatibilities.put(object);
    assertThat(wanted()).hasSize(32);
  }

  @Test
  void theShareIsBoundedInBytesSoThatThereIsRoomForOthersAmongTheChecks() {
    wholeFleet();
    publish(
        "liar",
        IntStream.range(0, 4)
            .mapToObj(i -> new MdevClass("sample-A", i + "x".repeat(4000)))
            .toList());
    assertThat(wanted()).hasSize(2);
  }

  @Test
  void aParentThatChangesItsVersionAllTheTimeIsBoundedLikeAnyOtherSource() {
    compatibilities.put(
        compatibility(
            "parent",
            new Source(new SourceNode("liar", "0000:00:02.0"), null, null),
            Map.of(),
            true));
    Set<MdevClass> everAsked = new HashSet<>();
    for (MdevClass next : versions("next", 100)) {
      publish("liar", List.of(next));
      everAsked.addAll(wanted());
      askEverybodyWho("victim", everAsked);
    }
    assertThat(everAsked).hasSize(Api.CLASSES_OF_ONE_NODE_MAX);
  }

  private void wholeFleet() {
    compatibilities.put(
        compatibility("fleet", new Source(null, new LabelSelector(), null), Map.of(), true));
  }

  private static List<MdevClass> versions(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new MdevClass("sample-A", prefix + "-" + i))
        .toList();
  }

  private void publish(String name, List<MdevClass> classes) {
    Reports all = Reports.of(name);
    classes.forEach(all::publishes);
    fleet.put(node(name));
    var change = fleet.put(all.report());
    change.sources().forEach(compatibilities::publicationChanged);
  }

  private void askEverybodyWho(String name, Set<MdevClass> classes) {
    Reports asked = Reports.of(name);
    classes.forEach(asked::asked);
    fleet.put(node(name));
    fleet.put(asked.report());
  }

  private Collection<MdevClass> wanted() {
    return compatibilities.wantedChecks(node("victim")).values();
  }

  private String trouble() {
    return compatibilities
        .get("fleet")
        .orElseThrow()
        .resolution()
        .trouble()
        .orElseThrow()
        .message();
  }
}
