package io.mdevmigration.operator.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import java.time.Duration;

/**
 * The objects of one kind on the API server.
 *
 * @param <T> the kind
 */
public interface Resources<T extends HasMetadata> {
  /**
   * Reads one page of a list.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server refuses it or
   *     cannot be reached
   */
  KubernetesResourceList<T> list(ListOptions options);

  /**
   * Opens a watch, which ends for good with its connection.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server refuses it or
   *     cannot be reached
   */
  Watch watch(ListOptions options, Watcher<T> watcher);

  /**
   * The objects of this kind in the whole cluster. The client tries nothing again by itself: its
   * own way to resume a watch, from the last version seen, stays deaf behind a restored etcd.
   *
   * @param timeout how long an answer may take
   */
  static <T extends HasMetadata> Resources<T> of(
      KubernetesClient client, Class<T> type, Duration timeout) {
    client.getKubernetesSerialization().registerKubernetesResource(type);
    var once =
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withWatchReconnectLimit(0)
            .withRequestRetryBackoffLimit(0)
            .withRequestTimeout((int) timeout.toMillis())
            .build();
    var objects =
        client
            .adapt(NamespacedKubernetesClient.class)
            .withRequestConfig(once)
            .call(c -> c.resources(type).inAnyNamespace());
    return new Resources<>() {
      @Override
      public KubernetesResourceList<T> list(ListOptions options) {
        return objects.list(options);
      }

      @Override
      public Watch watch(ListOptions options, Watcher<T> watcher) {
        return objects.watch(options, watcher);
      }
    };
  }
}
