package io.mdevmigration.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceNode;
import io.mdevmigration.crds.Target;
import io.mdevmigration.e2e.chaos.ModelType.Access;
import io.mdevmigration.e2e.chaos.Stage.BootOrder;
import io.mdevmigration.node.posix.Errno;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What labels a fleet has to have, told by hand for a few fleets. */
class ModelTest {
  private static final String TYPE = "sample-A";
  private static final String P0 = Vendor.parents().get(0);
  private static final String P1 = Vendor.parents().get(1);
  private static final String V1 = key("v1");
  private static final String V2 = key("v2");

  private final Model model = new Model();

  @Test
  void aNodeHasTheLabelsOfWhatItTakesAndSomeNodePublishes() {
    model.join("old", Map.of(), driver("v1", "v1"));
    model.join("new", Map.of(), driver("v2", "v1", "v2", "v3"));
    model.ask("fleet", ask(new Source(null, everyNode(), null)));
    assertThat(model.expected()).isEqualTo(Map.of("old", Set.of(V1), "new", Set.of(V1, V2)));
    model.reload("old", driver("v2", "v2"));
    assertThat(model.expected()).isEqualTo(Map.of("old", Set.of(V2), "new", Set.of(V2)));
    model.reboot("old", driver("v1", "v2"), BootOrder.DAEMON_FIRST);
    assertThat(model.expected()).isEqualTo(Map.of("old", Set.of(V2), "new", Set.of(V1, V2)));
    model.unload("new");
    assertThat(model.expected()).isEqualTo(Map.of("old", Set.of(), "new", Set.of()));
  }

  @Test
  void oneParentThatRefusesIsEnough() {
    ModelDriver odd = driver("v1", "v1").withParents(List.of(P0, P1)).odd(P1, TYPE, type("v1"));
    model.join("a", Map.of(), odd);
    model.ask("fleet", ask(new Source(null, everyNode(), null)));
    assertThat(model.expected().get("a")).isEmpty();
    model.unplug("a", P1);
    assertThat(model.expected().get("a")).containsExactly(V1);
    model.plug("a", P1);
    assertThat(model.expected().get("a")).isEmpty();
    model.unplug("a", P0);
    model.unplug("a", P1);
    assertThat(model.expected().get("a")).isEmpty();
  }

  @Test
  void sourcesAndTargetsAreThoseOfTheSpecs() {
    model.join("a", Map.of("pool", "one"), driver("v1", "v1", "v2"));
    model.join("b", Map.of("pool", "two"), driver("v2", "v1", "v2", "x"));
    model.ask("x", ask(new Source(new SourceNode("a", P0), null, null)));
    assertThat(model.expected()).isEqualTo(Map.of("a", Set.of(V1), "b", Set.of(V1)));
    model.ask("x", ask(new Source(new SourceNode("a", P1), null, null)));
    assertThat(model.expected()).isEqualTo(Map.of("a", Set.of(), "b", Set.of()));
    model.ask("x", ask(new Source(null, pool("two"), null)));
    assertThat(model.expected()).isEqualTo(Map.of("a", Set.of(V2), "b", Set.of(V2)));
    model.ask(
        "x",
        new MigrationCompatibilitySpec(
            TYPE, new Source(null, null, "x"), new Target(pool("two")), true, List.of()));
    assertThat(model.expected()).isEqualTo(Map.of("a", Set.of(), "b", Set.of(key("x"))));
    model.label("b", "pool", Optional.of("one"));
    assertThat(model.expected().get("b")).isEmpty();
    model.ask(
        "y",
        new MigrationCompatibilitySpec(TYPE, new Source(null, null, "v1"), null, false, List.of()));
    assertThat(model.expected()).isEqualTo(Map.of("a", Set.of(), "b", Set.of()));
    model.dropAsk("x");
    assertThat(model.expected()).isEqualTo(Map.of("a", Set.of(), "b", Set.of()));
  }

  @Test
  void whatCannotBeWrittenEarnsNothingAndWhatCannotBeReadIsNoSource() {
    model.join("a", Map.of(), driver("v1", "v1").changed(TYPE, t -> t.with(Access.READ_ONLY)));
    model.join("b", Map.of(), driver("v2", "v1", "v2"));
    model.ask("fleet", ask(new Source(null, everyNode(), null)));
    assertThat(model.expected()).isEqualTo(Map.of("a", Set.of(), "b", Set.of(V1, V2)));
    model.reload("a", driver("v1", "v1").changed(TYPE, t -> t.with(Access.NO_MIGRATION)));
    assertThat(model.expected()).isEqualTo(Map.of("a", Set.of(), "b", Set.of(V2)));
  }

  @Test
  void anOwnLabelPutByHandChangesNothingAndAForeignOneIsKept() {
    model.join("a", Map.of(), driver("v1", "v1"));
    model.ask("fleet", ask(new Source(null, everyNode(), null)));
    model.label("a", V1, Optional.empty());
    model.label("a", V2, Optional.of("true"));
    model.label("a", "example.com/x", Optional.of("y"));
    assertThat(model.expected().get("a")).containsExactly(V1);
    assertThat(model.machines().get("a").labels()).isEqualTo(Map.of("example.com/x", "y"));
  }

  private static ModelDriver driver(String version, String... accepts) {
    return new ModelDriver("1.0", List.of(P0), Map.of(TYPE, type(version, accepts)), Map.of());
  }

  private static ModelType type(String version, String... accepts) {
    return new ModelType(version, Access.WRITABLE, Set.of(accepts), Errno.EINVAL, Map.of());
  }

  private static String key(String version) {
    return new MdevClass(TYPE, version).labelKey();
  }

  private static MigrationCompatibilitySpec ask(Source source) {
    return new MigrationCompatibilitySpec(TYPE, source, null, true, List.of());
  }

  private static LabelSelector everyNode() {
    return new LabelSelectorBuilder().build();
  }

  private static LabelSelector pool(String value) {
    return new LabelSelectorBuilder().withMatchLabels(Map.of("pool", value)).build();
  }
}
