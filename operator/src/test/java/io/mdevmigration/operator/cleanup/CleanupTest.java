package io.mdevmigration.operator.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.operator.cleanup.Removal.Absent;
import io.mdevmigration.operator.cleanup.Removal.Gone;
import io.mdevmigration.operator.cleanup.Removal.Kept;
import io.mdevmigration.operator.cleanup.Removal.Refused;
import io.mdevmigration.operator.kubevirt.permitted.PermittedTypes.PermittedType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CleanupTest {
  @Test
  void thePatchNamesOwnKeysAndTheUidAndNothingElse() {
    OwnLabels own =
        OwnLabels.of(
                node(
                    Map.of(
                        "accepts.mdevmigration.io/b.0", "true",
                        "accepts.mdevmigration.io/a.1", "by hand",
                        "accepts.mdevmigration.iox/a.1", "true",
                        "mdevmigration.io/of-an-admin", "true",
                        "kubernetes.io/hostname", "gpu-a")))
            .orElseThrow();
    assertThat(own.patch())
        .hasToString(
            "{\"metadata\":{\"uid\":\"u-1\",\"labels\":{\"accepts.mdevmigration.io/a.1\":null,"
                + "\"accepts.mdevmigration.io/b.0\":null}}}");
  }

  @Test
  void aNodeWithoutOwnLabelsNeedsNoPatch() {
    assertThat(OwnLabels.of(node(Map.of("kubernetes.io/hostname", "gpu-a")))).isEmpty();
    assertThat(OwnLabels.of(node(null))).isEmpty();
  }

  @Test
  void anObjectIsTheOperatorsAsLongAsItHasTheMark() {
    MigrationCompatibility object = new PermittedType("sample-A", "sample-A").object();
    assertThat(Leftovers.isTheOperators(object)).isTrue();
    object.getMetadata().setLabels(Map.of());
    assertThat(Leftovers.isTheOperators(object)).isFalse();
  }

  @Test
  void aReportIsOneLine() {
    assertThat(KindReport.of("leases", List.of(new Absent())).line())
        .isEqualTo("leases: nothing to remove");
    assertThat(
            KindReport.of(
                    "labels of nodes",
                    List.of(new Gone("node/a", 2), new Gone("node/b", 1), new Absent()))
                .line())
        .isEqualTo("labels of nodes: 3 removed from 2");
    assertThat(
            KindReport.of(
                    "things", List.of(new Gone("a", 1), new Kept(), new Refused("b", "because")))
                .line())
        .isEqualTo("things: 1 removed, 1 of users kept, 1 refused");
  }

  @Test
  void fiveRefusalsAreToldOneByOneAndAllAreCounted() {
    KindReport report =
        KindReport.of(
            "things",
            IntStream.range(0, 7).<Removal>mapToObj(i -> new Refused("t/" + i, "no")).toList());
    assertThat(report.isClean()).isFalse();
    assertThat(report.refusals()).hasSize(5).startsWith("t/0 stays: no");
    assertThat(report.line()).isEqualTo("things: nothing removed, 7 refused");
  }

  @Test
  void atLeastOneRequestIsMadeAtATime() {
    assertThatThrownBy(() -> new CleanupOptions("n", false, false, false, 0))
        .hasMessage("1 to 256 requests are made at the same time");
  }

  private static Node node(Map<String, String> labels) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName("gpu-a")
        .withUid("u-1")
        .withLabels(labels)
        .endMetadata()
        .build();
  }
}
