package io.mdevmigration.operator.cleanup;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Deletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.NodeEvacuation;
import io.mdevmigration.operator.cleanup.Removal.Absent;
import io.mdevmigration.operator.cleanup.Removal.Gone;
import io.mdevmigration.operator.cleanup.Removal.Kept;
import io.mdevmigration.operator.cleanup.Removal.Refused;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Removes what the product has left. What is not there is no failure, so that it can be run again;
 * what the API server refuses is told, and the rest goes on. A dry run makes the same requests, as
 * dry runs of the API server, which says what it would refuse and changes nothing.
 */
public final class Cleanup implements AutoCloseable {
  /** The kind that the labels are in a report. */
  static final String LABELS = "labels of nodes";

  /** Objects in one page of a list. */
  private static final long PAGE = 500;

  /** Objects that are named of those that are back. */
  private static final int BACK_TOLD = 5;

  private final KubernetesClient client;
  private final CleanupOptions options;
  private final ExecutorService workers;

  /**
   * A cleanup.
   *
   * @param client who removes; stays open
   */
  public Cleanup(KubernetesClient client, CleanupOptions options) {
    this.client = client;
    this.options = options;
    this.workers = Executors.newFixedThreadPool(options.workers());
  }

  /**
   * Removes it: first what acts by itself (the webhook), then what others go by (labels), then the
   * objects, and at last what they are kept in.
   *
   * @param done hears of each kind when all of it is done with
   */
  public void run(Consumer<KindReport> done) throws InterruptedException {
    done.accept(
        named(
            MutatingWebhookConfiguration.class,
            client.resources(MutatingWebhookConfiguration.class)::withName,
            List.of(Leftovers.WEBHOOK)));
    done.accept(listed(LABELS, client.nodes()::list, this::unlabel));
    done.accept(objects(NodeEvacuation.class));
    done.accept(objects(MigrationCompatibility.class));
    done.accept(objects(MdevNodeState.class));
    done.accept(
        named(
            Secret.class,
            client.secrets().inNamespace(options.namespace())::withName,
            Leftovers.SECRETS));
    done.accept(
        named(
            Lease.class,
            client.leases().inNamespace(options.namespace())::withName,
            List.of(Leftovers.LEASE)));
    if (options.crds()) {
      done.accept(
          named(
              CustomResourceDefinition.class,
              client.resources(CustomResourceDefinition.class)::withName,
              Leftovers.CRDS));
    }
  }

  /**
   * Some of what is there again after everything went, because a daemon or an operator still runs.
   */
  public List<String> back() throws InterruptedException {
    List<String> found = new ArrayList<>();
    found.addAll(
        listed(LABELS, client.nodes()::list, node -> found(OwnLabels.of(node).isPresent(), node))
            .removed());
    found.addAll(
        listed(
                Leftovers.CRDS.get(0),
                client.resources(MdevNodeState.class)::list,
                state -> found(true, state))
            .removed());
    return found.stream().limit(BACK_TOLD).toList();
  }

  private static Removal found(boolean isOurs, HasMetadata object) {
    return isOurs
        ? new Gone(id(object.getClass(), object.getMetadata().getName()), 1)
        : new Absent();
  }

  private Removal unlabel(Node node) {
    return OwnLabels.of(node).map(this::unlabel).orElseGet(Absent::new);
  }

  private Removal unlabel(OwnLabels own) {
    String id = "node/" + own.node();
    return attempt(
        id,
        () -> {
          // With a name alone the client would read the Node first.
          var resource = client.resource(nodeNamed(own.node()));
          var patched = options.dryRun() ? resource.dryRun() : resource;
          patched.patch(PatchContext.of(PatchType.JSON_MERGE), own.patch().toString());
          return new Gone(
              "%s unlabeled: %s".formatted(id, String.join(", ", own.keys())), own.keys().size());
        });
  }

  private static Node nodeNamed(String name) {
    return new NodeBuilder().withNewMetadata().withName(name).endMetadata().build();
  }

  private <T extends HasMetadata> KindReport objects(Class<T> type) throws InterruptedException {
    var resources = client.resources(type);
    return listed(
        HasMetadata.getFullResourceName(type),
        resources::list,
        object -> stays(object) ? new Kept() : delete(type, resources.resource(object), object));
  }

  private boolean stays(HasMetadata object) {
    return object instanceof MigrationCompatibility asked
        && !options.all()
        && !options.crds()
        && !Leftovers.isTheOperators(asked);
  }

  /** As it was read: a user who has made it theirs meanwhile keeps it. */
  private <T extends HasMetadata> Removal delete(Class<T> type, Resource<T> resource, T read) {
    return delete(
        id(type, read.getMetadata().getName()),
        options.dryRun()
            ? resource.dryRun()
            : resource.lockResourceVersion(read.getMetadata().getResourceVersion()));
  }

  private <T extends HasMetadata> KindReport named(
      Class<T> type, Function<String, ? extends Resource<T>> resources, List<String> names) {
    List<Removal> removals = new ArrayList<>();
    for (String name : names) {
      Resource<T> resource = resources.apply(name);
      removals.add(delete(id(type, name), options.dryRun() ? resource.dryRun() : resource));
    }
    return KindReport.of(HasMetadata.getFullResourceName(type), removals);
  }

  private static Removal delete(String id, Deletable object) {
    return attempt(
        id, () -> object.delete().isEmpty() ? new Absent() : new Gone(id + " deleted", 1));
  }

  private <T extends HasMetadata> KindReport listed(
      String kind,
      Function<ListOptions, ? extends KubernetesResourceList<T>> list,
      Function<T, Removal> remove)
      throws InterruptedException {
    List<Removal> removals = new ArrayList<>();
    try {
      String next = null;
      do {
        var page = list.apply(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
        removals.addAll(atOnce(page.getItems(), remove));
        next = page.getMetadata().getContinue();
      } while (next != null && !next.isEmpty());
    } catch (KubernetesClientException e) {
      // Without the custom resource there are no objects.
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        removals.add(new Refused(kind, ApiFailure.reason(e)));
      }
    }
    return KindReport.of(kind, removals);
  }

  private <T> List<Removal> atOnce(List<T> objects, Function<T, Removal> remove)
      throws InterruptedException {
    List<Callable<Removal>> tasks = new ArrayList<>();
    objects.forEach(object -> tasks.add(() -> remove.apply(object)));
    List<Removal> removals = new ArrayList<>();
    for (Future<Removal> task : workers.invokeAll(tasks)) {
      try {
        removals.add(task.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    return removals;
  }

  private static Removal attempt(String id, Supplier<Removal> request) {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
          ? new Absent()
          : new Refused(id, ApiFailure.reason(e));
    }
  }

  private static String id(Class<? extends HasMetadata> type, String name) {
    String group = HasMetadata.getGroup(type);
    String kind = HasMetadata.getSingular(type);
    return (group == null || group.isEmpty() ? kind : kind + "." + group) + "/" + name;
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
