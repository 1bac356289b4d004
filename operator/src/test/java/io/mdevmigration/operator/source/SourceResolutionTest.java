package io.mdevmigration.operator.source;

import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceNode;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Reports;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SourceResolutionTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");

  private final Fleet fleet = new Fleet();

  private Resolution resolve(Source source) {
    return SourceResolution.resolve(spec(source), fleet, Set.of(), new Introductions());
  }

  private static MigrationCompatibilitySpec spec(Source source) {
    return new MigrationCompatibilitySpec("sample-A", source, null, true, List.of());
  }

  private static Source ofNode(String name, String parent) {
    return new Source(new SourceNode(name, parent), null, null);
  }

  private static Source ofNodes(Map<String, String> labels) {
    return new Source(null, new LabelSelectorBuilder().withMatchLabels(labels).build(), null);
  }

  @Test
  void aLiteralIsItsOwnClassAndNobodyPublishesIt() {
    assertThat(resolve(new Source(null, null, "v1")).classes())
        .containsExactly(new SourceClass(A1, 0));
  }

  @Test
  void aNodeIsWhatItPublishes() {
    fleet.put(node("a"));
    fleet.put(Reports.of("a").publishes(A1).publishes(A2).report());
    assertThat(resolve(ofNode("a", null)).mdevClasses()).containsExactlyInAnyOrder(A1, A2);
  }

  @Test
  void aParentIsWhatThatParentPublishes() {
    fleet.put(node("a"));
    fleet.put(Reports.of("a").publishes(A1).report());
    assertThat(resolve(ofNode("a", "0000:00:02.1")).mdevClasses()).containsExactly(A1);
  }

  @Test
  void whatIsMissingIsNamedWithWhatToDo() {
    assertThat(resolve(ofNode("a", null)).trouble().orElseThrow())
        .hasFieldOrPropertyWithValue("reason", "NodeNotFound")
        .extracting(Resolution.Trouble::message)
        .asString()
        .contains("there is no Node a");
    fleet.put(node("a"));
    assertThat(resolve(ofNode("a", null)).trouble().orElseThrow().reason())
        .isEqualTo("NodeNotPublished");
    fleet.put(Reports.of("a").publishes(new MdevClass("sample-B", "v1")).report());
    assertThat(resolve(ofNode("a", null)).trouble().orElseThrow())
        .hasFieldOrPropertyWithValue("reason", "TypeNotOffered")
        .extracting(Resolution.Trouble::message)
        .asString()
        .contains("the node offers sample-B");
    assertThat(resolve(ofNode("a", "0000:00:09.0")).trouble().orElseThrow())
        .hasFieldOrPropertyWithValue("reason", "ParentNotFound")
        .extracting(Resolution.Trouble::message)
        .asString()
        .contains("0000:00:02.0");
    fleet.put(Reports.of("a").offers("sample-A").report());
    assertThat(resolve(ofNode("a", null)).trouble().orElseThrow().reason()).isEqualTo("NoVersion");
    assertThat(resolve(ofNodes(Map.of())).trouble().orElseThrow().reason())
        .isEqualTo("NothingPublished");
  }

  @Test
  void aParentIsNotWhatAnotherParentPublishes() {
    fleet.put(node("a"));
    MdevNodeState state = Reports.of("a").publishes(A1).publishes(A2).state();
    var inventory = state.getStatus().inventory();
    var driver = inventory.parentGroups().get(0).driver();
    var groups =
        List.of(
            new ParentGroup(
                List.of("p1"), driver, List.of(new ParentType("sample-A", A1.digest(), null))),
            new ParentGroup(
                List.of("p2"), driver, List.of(new ParentType("sample-A", A2.digest(), null))),
            new ParentGroup(List.of("p3"), driver, List.of()));
    state.setStatus(
        new MdevNodeStateStatus(
            null,
            new Inventory(true, "boot-1", "6.1.0", inventory.versions(), groups, inventory.types()),
            List.of(),
            null,
            List.of()));
    fleet.put(NodeReport.of(state));
    assertThat(resolve(ofNode("a", "p1")).mdevClasses()).containsExactly(A1);
    assertThat(resolve(ofNode("a", "p2")).mdevClasses()).containsExactly(A2);
    assertThat(resolve(ofNode("a", "p3")).trouble().orElseThrow())
        .hasFieldOrPropertyWithValue("reason", "TypeNotOffered")
        .extracting(Resolution.Trouble::message)
        .asString()
        .contains("parent p3 of node a does not offer");
  }

  @Test
  void anIncompleteInventoryIsNoReasonToCorrectTheSpec() {
    fleet.put(node("a"));
    fleet.put(Reports.of("a").incomplete().report());
    assertThat(resolve(ofNode("a", "p9")).trouble().orElseThrow().reason())
        .isEqualTo("InventoryIncomplete");
    assertThat(resolve(ofNode("a", null)).trouble().orElseThrow().reason())
        .isEqualTo("InventoryIncomplete");
  }

  @Test
  void nodesAreAllThatTheSelectedOnesPublishEachClassOnce() {
    fleet.put(node("a", Map.of("gpu", "t4")));
    fleet.put(node("b", Map.of("gpu", "t4")));
    fleet.put(node("c", Map.of("gpu", "a10")));
    fleet.put(Reports.of("a").publishes(A1).report());
    fleet.put(Reports.of("b").publishes(A1).report());
    fleet.put(Reports.of("c").publishes(A2).report());
    assertThat(resolve(ofNodes(Map.of("gpu", "t4"))).classes())
        .containsExactly(new SourceClass(A1, 2));
    assertThat(resolve(new Source(null, new LabelSelector(), null)).classes())
        .containsExactlyInAnyOrder(new SourceClass(A1, 2), new SourceClass(A2, 1));
  }

  @Test
  void theWholeFleetIsWhatASelectorOfEveryNodeGives() {
    Source everyNode = ofNodes(Map.of("every", "node"));
    Source wholeFleet = ofNodes(Map.of());
    for (String name : List.of("a", "b", "c")) {
      fleet.put(node(name, Map.of("every", "node")));
    }
    fleet.put(Reports.of("a").publishes(A1).report());
    fleet.put(Reports.of("b").publishes(A1).publishes(A2).report());
    fleet.put(Reports.of("c").publishes(new MdevClass("sample-B", "v1")).report());
    assertThat(resolve(wholeFleet))
        .isEqualTo(resolve(everyNode))
        .extracting(Resolution::classes)
        .asInstanceOf(list(SourceClass.class))
        .containsExactlyInAnyOrder(new SourceClass(A1, 2), new SourceClass(A2, 1));
    fleet.put(Reports.of("b").publishes(A2).report());
    fleet.removeReport("a");
    assertThat(resolve(wholeFleet))
        .isEqualTo(resolve(everyNode))
        .extracting(Resolution::classes)
        .isEqualTo(List.of(new SourceClass(A2, 1)));
  }

  @Test
  void aStaleOrIncompleteInventoryIsStillASource() {
    fleet.put(node("a"));
    fleet.put(Reports.of("a").publishes(A1).incomplete().observed(null).report());
    assertThat(resolve(ofNodes(Map.of())).mdevClasses()).containsExactly(A1);
  }

  @Test
  void aboveTheLimitWhatWasThereBeforeStays() {
    var classes = classes(Api.CLASSES_PER_TYPE_MAX + 10);
    publishAll("a", classes);
    publishAll("b", classes);
    Set<String> present =
        classes.subList(Api.CLASSES_PER_TYPE_MAX, classes.size()).stream()
            .map(MdevClass::digest)
            .collect(Collectors.toSet());
    Resolution resolution =
        SourceResolution.resolve(spec(ofNodes(Map.of())), fleet, present, new Introductions());
    assertThat(resolution.classes()).hasSize(Api.CLASSES_PER_TYPE_MAX);
    assertThat(resolution.mdevClasses()).extracting(MdevClass::digest).containsAll(present);
    assertThat(resolution.trouble().orElseThrow().reason()).isEqualTo("TooManyClasses");
  }

  @Test
  void ofTheClassesThatOneNodeAlonePublishes32AreAskedAbout() {
    var classes = classes(Api.CLASSES_OF_ONE_NODE_MAX + 8);
    publishAll("liar", classes);
    publishAll("b", List.of(A1));
    Set<String> present = Set.of(classes.get(classes.size() - 1).digest());
    for (Source source :
        List.of(ofNodes(Map.of()), new Source(new SourceNode("liar", null), null, null))) {
      Resolution resolution =
          SourceResolution.resolve(spec(source), fleet, present, new Introductions());
      assertThat(resolution.mdevClasses())
          .filteredOn(classes::contains)
          .hasSize(Api.CLASSES_OF_ONE_NODE_MAX)
          .contains(classes.get(classes.size() - 1));
      assertThat(resolution.trouble().orElseThrow().message())
          .contains("8 above the limits", "wrong on liar");
    }
    Resolution fleetWide =
        SourceResolution.resolve(spec(ofNodes(Map.of())), fleet, present, new Introductions());
    assertThat(fleetWide.mdevClasses()).contains(A1, classes.get(classes.size() - 1));
    publishAll("c", classes);
    assertThat(resolve(ofNodes(Map.of())).classes()).hasSize(classes.size() + 1);
    assertThat(resolve(new Source(new SourceNode("liar", null), null, null)).classes())
        .hasSize(classes.size());
  }

  private static List<MdevClass> classes(int count) {
    return IntStream.range(0, count).mapToObj(i -> new MdevClass("sample-A", "w" + i)).toList();
  }

  private void publishAll(String name, List<MdevClass> classes) {
    Reports all = Reports.of(name);
    classes.forEach(all::publishes);
    fleet.put(node(name));
    fleet.put(all.report());
  }
}
