package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevNodeState;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ConnectionTest {
  @Test
  void aClientKnowsTheKindThatIsWatchedAndNoOther() {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (KubernetesClient client = Connection.open(Config.empty())) {
      assertThat(new ApiStateStore(client, "a", threads)).isNotNull();
      KubernetesSerialization serialization = client.getKubernetesSerialization();
      assertThat(
              serialization.getRegisteredKubernetesResource(
                  Api.GROUP + "/" + Api.VERSION, "MdevNodeState"))
          .isEqualTo(MdevNodeState.class);
      assertThat(serialization.getRegisteredKubernetesResource("v1", "ConfigMap")).isNull();
    } finally {
      threads.shutdownNow();
    }
  }
}
