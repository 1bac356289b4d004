package io.mdevmigration.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class ClientSerializationTest {
  private static final String STATE =
      """
      {"type": "ADDED", "object":
        {"apiVersion": "mdevmigration.io/v1alpha1", "kind": "MdevNodeState",
         "metadata": {"name": "a"}, "spec": {"checks": [{"type": "x-A", "version": "v1"}]}}}
      """;

  private final KubernetesSerialization serialization = ClientSerialization.create();

  @Test
  void anErrorOfAWatchIsAStatus() {
    Object object =
        objectOf(
            """
            {"type": "ERROR", "object":
              {"apiVersion": "v1", "kind": "Status", "code": 410, "reason": "Expired"}}
            """);
    assertThat(object)
        .isInstanceOfSatisfying(
            Status.class, status -> assertThat(status.getCode()).isEqualTo(410));
  }

  @Test
  void anObjectOfAWatchIsOfItsClassOnceThatIsRegistered() {
    serialization.registerKubernetesResource(MdevNodeState.class);
    assertThat(objectOf(STATE))
        .isInstanceOfSatisfying(
            MdevNodeState.class, state -> assertThat(state.getSpec().checks()).hasSize(1));
  }

  @Test
  void noKindIsKnownThatNobodyRegistered() {
    assertThat(objectOf(STATE)).isInstanceOf(GenericKubernetesResource.class);
    assertThat(serialization.getRegisteredKubernetesResource("v1", "ConfigMap")).isNull();
  }

  private Object objectOf(String event) {
    return serialization.unmarshal(event, WatchEvent.class).getObject();
  }
}
