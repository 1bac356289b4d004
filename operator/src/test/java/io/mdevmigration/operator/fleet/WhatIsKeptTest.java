package io.mdevmigration.operator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.Verdict;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What stays in memory of the objects of thousands of nodes: everything that can be reached from
 * what the fleet holds is a record of this project, a collection or a plain value.
 */
class WhatIsKeptTest {
  private static final MdevClass A = new MdevClass("sample-A", "v1");

  @Test
  void ofANodeNothingButItsNameItsUidItsBootIdAndItsLabels() {
    Fleet fleet = new Fleet();
    fleet.put(NodeFacts.of(crowdedNode()));
    assertThat(reachable(fleet.nodes()))
        .containsExactlyInAnyOrder("a", "uid-a", "boot-1", "gpu", "t4");
  }

  @Test
  void ofAnMdevNodeStateNoAnnotationNoManagedFieldAndNoConditionsText() {
    MdevNodeState state =
        Reports.of("a").publishes(A).asked(A).answers(A, Verdict.COMPATIBLE).state();
    state.getMetadata().setAnnotations(Map.of("annotation", "secret"));
    state.getMetadata().setLabels(Map.of("label", "secret"));
    state
        .getMetadata()
        .setManagedFields(List.of(new ManagedFieldsEntryBuilder().withManager("secret").build()));
    state.getStatus().conditions().get(0).setMessage("secret");
    Fleet fleet = new Fleet();
    fleet.put(NodeReport.of(state));
    assertThat(reachable(fleet.report("a")))
        .contains("a", "uid-a", "v1", A.digest())
        .doesNotContain("annotation", "label", "secret");
  }

  private static Node crowdedNode() {
    return new NodeBuilder()
        .withNewMetadata()
        .withName("a")
        .withUid("uid-a")
        .withResourceVersion("7")
        .addToLabels("gpu", "t4")
        .addToAnnotations("annotation", "secret")
        .withManagedFields(new ManagedFieldsEntryBuilder().withManager("kubelet").build())
        .endMetadata()
        .withNewSpec()
        .withProviderID("provider")
        .endSpec()
        .withNewStatus()
        .addNewImage()
        .addToNames("registry/image")
        .endImage()
        .addNewAddress("10.0.0.1", "InternalIP")
        .withNewNodeInfo()
        .withBootID("boot-1")
        .withMachineID("machine")
        .endNodeInfo()
        .endStatus()
        .build();
  }

  /** Every string that can be reached. */
  private static Collection<String> reachable(Object from) {
    return strings(from).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> strings(Object object) {
    if (object == null
        || object instanceof Boolean
        || object instanceof Number
        || object instanceof Instant
        || object instanceof Enum<?>) {
      return Stream.empty();
    }
    if (object instanceof String text) {
      return Stream.of(text);
    }
    if (object instanceof Optional<?> optional) {
      return optional.stream().flatMap(WhatIsKeptTest::strings);
    }
    if (object instanceof Collection<?> collection) {
      return collection.stream().flatMap(WhatIsKeptTest::strings);
    }
    if (object instanceof Map<?, ?> map) {
      return Stream.concat(strings(map.keySet()), strings(map.values()));
    }
    if (object instanceof MdevClass mdevClass) {
      return Stream.of(mdevClass.type(), mdevClass.version(), mdevClass.digest());
    }
    assertThat(object.getClass()).as("what is kept besides values and collections").isRecord();
    assertThat(object.getClass().getPackageName()).startsWith("io.mdevmigration");
    return Arrays.stream(object.getClass().getRecordComponents())
        .flatMap(component -> strings(value(component, object)));
  }

  private static Object value(RecordComponent component, Object record) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
