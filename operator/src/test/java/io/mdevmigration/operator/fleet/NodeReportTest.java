package io.mdevmigration.operator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.PublishedVersion;
import org.junit.jupiter.api.Test;

class NodeReportTest {
  private static final MdevClass A = new MdevClass("sample-A", "v1");

  @Test
  void anObjectThatNobodyHasFilledSaysNothing() {
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(new ObjectMetaBuilder().withName("a").build());
    NodeReport report = NodeReport.of(state);
    assertThat(report.complete()).isFalse();
    assertThat(report.checks()).isEmpty();
    assertThat(report.hasSpec()).isFalse();
    assertThat(report.ownerUid()).isEmpty();
    assertThat(report.observed()).isEmpty();
  }

  @Test
  void aClassWhoseDigestIsNotItsOwnIsNotBelieved() {
    var report =
        Reports.of("a")
            .publishes(A)
            .publishesWrongly(
                new PublishedVersion(
                    new MdevClass("sample-A", "accepted by all").digest(), "sample-A", "evil"))
            .report();
    assertThat(report.publishedOf("sample-A")).containsExactly(A);
  }

  @Test
  void aNodesFactsAreItsLabelsItsUidAndItsBootId() {
    var node =
        new NodeBuilder()
            .withNewMetadata()
            .withName("a")
            .withUid("uid-a")
            .addToLabels("gpu", "t4")
            .addToLabels(A.labelKey(), "true")
            .endMetadata()
            .withNewStatus()
            .withNewNodeInfo()
            .withBootID("boot-1")
            .endNodeInfo()
            .endStatus()
            .build();
    NodeFacts facts = NodeFacts.of(node);
    assertThat(facts.bootID()).contains("boot-1");
    assertThat(facts.uid()).isEqualTo("uid-a");
    assertThat(facts.ownLabelKeys()).containsExactly(A.labelKey());
    node.setStatus(null);
    assertThat(NodeFacts.of(node).bootID()).isEmpty();
  }

  @Test
  void aTimeThatIsNoneCountsAsNever() {
    assertThat(Reports.of("a").observed(null).report().observed()).isEmpty();
  }
}
