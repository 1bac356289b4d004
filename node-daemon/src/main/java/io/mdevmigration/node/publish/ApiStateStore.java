package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The node's MdevNodeState in the API server. The client tries nothing again by itself: its own way
 * to resume a watch, from the last version seen, stays deaf behind a restored etcd, and a write
 * that is repeated behind the daemon's back may be out of date by then.
 */
final class ApiStateStore implements StateStore {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** No cluster has a Node of this name: the top-level domain is reserved (RFC 2606). */
  private static final String OTHER_NODE = "another-node.mdev-migration.invalid";

  private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

  private static final Duration REQUEST = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final String nodeName;
  private final Requests requests;

  /**
   * The state of a node.
   *
   * @param client stays open
   * @param threads where requests run; each may hang: must not be bounded
   */
  ApiStateStore(KubernetesClient client, String nodeName, ExecutorService threads) {
    client.getKubernetesSerialization().registerKubernetesResource(MdevNodeState.class);
    this.client = once(client);
    this.nodeName = requireNonNull(nodeName, "nodeName");
    this.requests = new Requests(threads, REQUEST);
  }

  private static KubernetesClient once(KubernetesClient client) {
    RequestConfig config =
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withWatchReconnectLimit(0)
            .withRequestRetryBackoffLimit(0)
            .withRequestTimeout((int) REQUEST.toMillis())
            .build();
    return client
        .adapt(NamespacedKubernetesClient.class)
        .withRequestConfig(config)
        .call(derived -> derived);
  }

  @Override
  public Optional<MdevNodeState> get() {
    return calling("read MdevNodeState " + nodeName, () -> Optional.ofNullable(own().get()));
  }

  @Override
  public MdevNodeState create() {
    Node node = calling("read Node " + nodeName, () -> client.nodes().withName(nodeName).get());
    if (node == null) {
      throw new StoreException(
          StoreException.Kind.FAILED,
          "there is no Node "
              + nodeName
              + ": the daemon must be given the name of the Node that it runs on (--node-name)",
          null);
    }
    MdevNodeState state = ownedBy(nodeName, node.getMetadata().getUid());
    try {
      return calling("create MdevNodeState " + nodeName, () -> client.resource(state).create());
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.CHANGED) {
        return get().orElseThrow(() -> e);
      }
      throw e;
    }
  }

  /** The object that a daemon creates, named as the Node that owns it. */
  private static MdevNodeState ownedBy(String node, String uid) {
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(
        new ObjectMetaBuilder()
            .withName(node)
            .addNewOwnerReference()
            .withApiVersion("v1")
            .withKind("Node")
            .withName(node)
            .withUid(uid)
            .endOwnerReference()
            .build());
    return state;
  }

  @Override
  public Optional<Refusal> tryAsAnother() {
    // Fine but for its name, so that nothing but the name can be a reason to refuse it.
    MdevNodeState foreign = ownedBy(OTHER_NODE, NOBODY);
    String what = "try whether the admission policies are in force";
    try {
      requests.call(what, () -> client.resource(foreign).dryRun().create(), late -> {});
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (e.getCode() == 0) {
        throw failed(what, e);
      }
      return Optional.of(new Refusal(e.getCode(), ApiFailure.reason(e)));
    }
  }

  @Override
  public MdevNodeState writeStatus(MdevNodeState seen, MdevNodeStateStatus status, Guard guard) {
    List<Map<String, Object>> steps = new ArrayList<>();
    steps.add(test("/metadata/uid", seen.getMetadata().getUid()));
    if (guard == Guard.SPEC) {
      steps.add(test("/metadata/generation", seen.getMetadata().getGeneration()));
    }
    steps.add(Map.of("op", "add", "path", "/status", "value", status));
    String patch = client.getKubernetesSerialization().asJson(steps);
    return calling(
        "write the status of MdevNodeState " + nodeName,
        () ->
            client
                .resource(seen)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON), patch));
  }

  private static Map<String, Object> test(String path, Object value) {
    return Map.of("op", "test", "path", path, "value", value);
  }

  @Override
  public AutoCloseable watch(Listener listener) {
    return calling(
        "watch MdevNodeState " + nodeName, () -> own().watch(new Events(listener)), Watch::close);
  }

  private Resource<MdevNodeState> own() {
    return client.resources(MdevNodeState.class).withName(nodeName);
  }

  private <T> T calling(String what, Supplier<T> call) {
    return calling(what, call, late -> {});
  }

  private <T> T calling(String what, Supplier<T> call, Consumer<T> late) {
    try {
      return requests.call(what, call, late);
    } catch (KubernetesClientException e) {
      throw failed(what, e);
    }
  }

  private static StoreException failed(String what, KubernetesClientException e) {
    StoreException.Kind kind =
        switch (e.getCode()) {
          case NOT_FOUND -> StoreException.Kind.GONE;
          case CONFLICT -> StoreException.Kind.CHANGED;
          default ->
              ApiFailure.isUnfitPatch(e) ? StoreException.Kind.CHANGED : StoreException.Kind.FAILED;
        };
    return new StoreException(kind, "cannot " + what + ": " + ApiFailure.reason(e), e);
  }

  /** Turns the client's events into the store's. */
  private record Events(Listener listener) implements Watcher<MdevNodeState> {
    @Override
    public void eventReceived(Action action, MdevNodeState state) {
      switch (action) {
        case ADDED, MODIFIED -> listener.changed(state);
        case DELETED -> listener.deleted();
        case BOOKMARK, ERROR -> {
          // A bookmark says nothing, and an error is followed by the end of the watch.
        }
      }
    }

    @Override
    public void onClose() {
      listener.ended();
    }

    @Override
    public void onClose(WatcherException cause) {
      listener.ended();
    }
  }
}
