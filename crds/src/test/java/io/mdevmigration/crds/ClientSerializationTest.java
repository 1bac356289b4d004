package io.mdevmigration.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
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

  @Test
  void equalStringsOfDifferentObjectsAreShared() {
    serialization.registerKubernetesResource(MdevNodeState.class);
    String one = version("v1");
    assertThat(version("v" + 1)).isEqualTo("v1").isSameAs(one);
    String label = serialization.unmarshal(node("v1"), Node.class).getMetadata().getName();
    assertThat(label).isSameAs(one);
  }

  @Test
  void nothingIsTakenForAnotherStringHoweverManyThereAre() {
    serialization.registerKubernetesResource(MdevNodeState.class);
    for (int i = 0; i < 10_000; i++) {
      assertThat(version("v" + i)).isEqualTo("v" + i);
    }
    // The same hash, and so the same place.
    assertThat(version("Aa")).isEqualTo("Aa").hasSameHashCodeAs("BB");
    assertThat(version("BB")).isEqualTo("BB");
    assertThat(version("Aa")).isEqualTo("Aa");
  }

  @Test
  void aLongStringIsNotRemembered() {
    serialization.registerKubernetesResource(MdevNodeState.class);
    String longest = "v".repeat(256);
    assertThat(version(longest)).isSameAs(version(longest));
    assertThat(version(longest + "v")).isEqualTo(longest + "v").isNotSameAs(version(longest + "v"));
  }

  @Test
  void absentStringsStayAbsent() {
    assertThat(serialization.unmarshal("{}", Node.class).getApiVersion()).isEqualTo("v1");
    assertThat(
            serialization
                .unmarshal("{\"metadata\": {\"name\": null}}", Node.class)
                .getMetadata()
                .getName())
        .isNull();
  }

  private String version(String version) {
    MdevNodeState state = (MdevNodeState) objectOf(STATE.replace("\"v1\"", "\"" + version + "\""));
    return state.getSpec().checks().get(0).version();
  }

  private static String node(String name) {
    return "{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"%s\"}}"
        .formatted(name);
  }

  private Object objectOf(String event) {
    return serialization.unmarshal(event, WatchEvent.class).getObject();
  }
}
