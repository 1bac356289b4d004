package io.mdevmigration.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
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
    assertThat(version("v1")).isEqualTo("v1").isSameAs(one);
    assertThat(name(serialization, "\"v1\"")).isEqualTo("v1").isSameAs(one);
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
  void whatIsNoStringIsReadAsTheClientReadsIt() {
    KubernetesSerialization client = new KubernetesSerialization();
    for (String value : List.of("null", "\"\"", "5", "1.50", "true")) {
      assertThat(name(serialization, value)).as(value).isEqualTo(name(client, value));
    }
    for (String value : List.of("{}", "{\"a\": 1}", "[\"a\"]")) {
      assertThatThrownBy(() -> name(client, value)).isInstanceOf(KubernetesClientException.class);
      assertThatThrownBy(() -> name(serialization, value))
          .isInstanceOf(KubernetesClientException.class);
    }
  }

  private String version(String version) {
    MdevNodeState state = (MdevNodeState) objectOf(STATE.replace("\"v1\"", "\"" + version + "\""));
    return state.getSpec().checks().get(0).version();
  }

  /** The name that is read of a Node with this value, in JSON, as its name. */
  private static String name(KubernetesSerialization by, String value) {
    String node =
        "{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": %s}}"
            .formatted(value);
    return by.unmarshal(node, Node.class).getMetadata().getName();
  }

  private Object objectOf(String event) {
    return serialization.unmarshal(event, WatchEvent.class).getObject();
  }
}
