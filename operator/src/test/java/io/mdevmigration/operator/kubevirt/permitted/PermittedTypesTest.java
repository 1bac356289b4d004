package io.mdevmigration.operator.kubevirt.permitted;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.kubevirt.permitted.PermittedTypes.Existing;
import io.mdevmigration.operator.kubevirt.permitted.PermittedTypes.PermittedType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PermittedTypesTest {
  private static final PermittedType A = new PermittedType("sample-A", "sample-A");
  private static final List<NodeReport> REPORTS =
      List.of(
          Reports.of("x").publishes(new MdevClass("sample-A", "1")).report(),
          Reports.of("y").publishes(new MdevClass("sample-A", "2")).report(),
          Reports.of("z").offers("sample-B").report());

  @Test
  void eachPermittedTypeThatSomeNodeOffersGetsOneObject() {
    PermittedTypes due = PermittedTypes.of(Set.of("sample-A", "sample-C"), REPORTS, List.of());
    assertThat(due.missing()).containsExactly(A);
    assertThat(due.obsolete()).isEmpty();
    assertThat(PermittedTypes.of(Set.of("sample-A"), REPORTS, List.of(Existing.of(A.object()))))
        .isEqualTo(new PermittedTypes(Set.of(), Set.of()));
  }

  @Test
  void anObjectIsMarkedAndAsksTheWholeFleet() {
    MigrationCompatibility object = A.object();
    assertThat(object.getMetadata().getLabels())
        .isEqualTo(Map.of("app.kubernetes.io/managed-by", "mdev-operator"));
    assertThat(object.getSpec().mdevType()).isEqualTo("sample-A");
    assertThat(object.getSpec().source().nodes()).isNotNull();
    assertThat(object.getSpec().target()).isNull();
    assertThat(object.getSpec().labelNodes()).isTrue();
    assertThat(object.getMetadata().getName()).startsWith("kubevirt-sample-a-");
  }

  @Test
  void aTypeThatIsPermittedNoMoreLosesItsObjectAndOneThatNobodyOffersKeepsIt() {
    assertThat(PermittedTypes.of(Set.of(), REPORTS, List.of(Existing.of(A.object()))).obsolete())
        .containsExactly(A.objectName());
    assertThat(
            PermittedTypes.of(Set.of("sample-A"), List.of(), List.of(Existing.of(A.object())))
                .obsolete())
        .isEmpty();
  }

  @Test
  void anObjectWithoutTheMarkIsSomebodyElses() {
    MigrationCompatibility adopted = A.object();
    adopted.getMetadata().getLabels().clear();
    PermittedTypes due = PermittedTypes.of(Set.of(), REPORTS, List.of(Existing.of(adopted)));
    assertThat(due.obsolete()).isEmpty();
    assertThat(
            PermittedTypes.of(Set.of("sample-A"), REPORTS, List.of(Existing.of(adopted))).missing())
        .as("and is not made again beside it")
        .isEmpty();
    MigrationCompatibility unnamed = A.object();
    unnamed.getMetadata().getAnnotations().clear();
    assertThat(PermittedTypes.of(Set.of(), REPORTS, List.of(Existing.of(unnamed))).obsolete())
        .isEmpty();
  }

  @Property
  void everyTypeHasANameThatKubernetesTakesAndNoOtherHas(
      @ForAll String name, @ForAll String type, @ForAll String other) {
    String objectName = new PermittedType(name, type).objectName();
    assertThat(objectName).matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?").hasSizeLessThan(253);
    if (!other.equals(type)) {
      assertThat(new PermittedType(name, other).objectName()).isNotEqualTo(objectName);
    }
  }
}
