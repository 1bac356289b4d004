package io.mdevmigration.operator.kubevirt;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.operator.kubevirt.api.KubeVirt;
import io.mdevmigration.operator.kubevirt.api.MigrationSchema;
import io.mdevmigration.operator.kubevirt.api.VirtualMachineInstance;
import io.mdevmigration.operator.kubevirt.api.VirtualMachineInstanceMigration;
import io.mdevmigration.operator.kubevirt.migration.MigrationFacts;
import io.mdevmigration.operator.kubevirt.need.ObjectName;
import io.mdevmigration.operator.kubevirt.need.PermittedDevices;
import io.mdevmigration.operator.kubevirt.need.Vmi;
import io.mdevmigration.operator.watch.Follower;
import io.mdevmigration.operator.watch.Resources;
import io.mdevmigration.operator.watch.Rhythm;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * KubeVirt's objects, as far as decisions are made from them, followed from the moment on when
 * KubeVirt is installed. Safe for use by many threads.
 */
final class KubeVirtObjects implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KubeVirtObjects.class);

  /** Who is told of migrations. */
  interface MigrationListener {
    /** One has been created; not told of those that were there at first. */
    void begun(MigrationFacts migration);

    /** One has changed. */
    void changed(MigrationFacts before, MigrationFacts after);
  }

  private final KubernetesClient client;
  private final Map<String, PermittedDevices> permitted = new ConcurrentHashMap<>();
  private final Map<String, Vmi> vmis = new ConcurrentHashMap<>();
  private final Map<String, MigrationFacts> migrations = new ConcurrentHashMap<>();
  private final List<Follower<?>> followers;
  private final CompletableFuture<Void> known = new CompletableFuture<>();
  private final CompletableFuture<String> failed = new CompletableFuture<>();
  private volatile boolean hasSelector;
  private volatile boolean isFollowed;

  KubeVirtObjects(
      KubernetesClient client, Rhythm rhythm, InstantSource uptime, MigrationListener listener) {
    this.client = client;
    this.followers =
        List.of(
            new Following<>(permitted, PermittedDevices::of, (before, after) -> {})
                .follower(client, KubeVirt.class, "kubevirts", rhythm, uptime),
            new Following<>(vmis, Vmi::of, (before, after) -> {})
                .follower(
                    client,
                    VirtualMachineInstance.class,
                    "virtualmachineinstances",
                    rhythm,
                    uptime),
            new Following<>(migrations, MigrationFacts::of, tell(listener))
                .follower(
                    client,
                    VirtualMachineInstanceMigration.class,
                    "virtualmachineinstancemigrations",
                    rhythm,
                    uptime));
  }

  private static BiConsumer<Optional<MigrationFacts>, MigrationFacts> tell(
      MigrationListener listener) {
    return (before, after) ->
        before.ifPresentOrElse(b -> listener.changed(b, after), () -> listener.begun(after));
  }

  /** Looks whether KubeVirt is installed, and from then on follows its objects. */
  synchronized void look() {
    CustomResourceDefinition definition =
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName(MigrationSchema.NAME)
            .get();
    if (definition == null || !MigrationSchema.isEstablished(definition)) {
      // Once it was there, its absence is doubt: what is known stays.
      return;
    }
    boolean before = hasSelector;
    hasSelector = MigrationSchema.hasSelector(definition);
    if (!isFollowed) {
      isFollowed = true;
      log.info(
          "KubeVirt is installed{}",
          hasSelector
              ? ""
              : "; its migrations have no spec.addedNodeSelector, so that they cannot be steered:"
                  + " upgrade it to 1.6 or later");
      follow();
    } else if (before != hasSelector) {
      log.info("KubeVirt's migrations can {}be steered now", hasSelector ? "" : "not ");
    }
  }

  private void follow() {
    for (Follower<?> follower : followers) {
      var ignored = follower.failed().thenAccept(failed::complete);
    }
    var unused =
        CompletableFuture.allOf(
                followers.stream().map(Follower::start).toArray(CompletableFuture[]::new))
            .thenRun(
                () -> {
                  log.info("KubeVirt: {} VMI(s), {} migration(s)", vmis.size(), migrations.size());
                  known.complete(null);
                });
  }

  /** Whether everything has been read once. */
  boolean isKnown() {
    return known.isDone();
  }

  /** Whether KubeVirt is there, and not everything has been read once. */
  boolean isBeingRead() {
    return isFollowed && !isKnown();
  }

  /** Completes with what happened if an object cannot be followed any more by a mistake. */
  CompletableFuture<String> failed() {
    return failed;
  }

  /** Whether migrations have {@code addedNodeSelector}. */
  boolean hasSelector() {
    return hasSelector;
  }

  /** What the cluster's one KubeVirt object permits; empty if there is none, or several. */
  Optional<PermittedDevices> permitted() {
    Collection<PermittedDevices> all = permitted.values();
    return all.size() == 1 ? all.stream().findFirst() : Optional.empty();
  }

  Optional<Vmi> vmi(ObjectName name) {
    return Optional.ofNullable(vmis.get(name.toString()));
  }

  Collection<Vmi> vmis() {
    return vmis.values();
  }

  Collection<MigrationFacts> migrations() {
    return migrations.values();
  }

  /** A migration of a VMI that is not over: the VMI may be elsewhere in a moment. */
  Optional<MigrationFacts> underWay(ObjectName vmi) {
    return migrations.values().stream()
        .filter(migration -> !migration.isOver() && migration.migration().vmi().equals(vmi))
        .findFirst();
  }

  @Override
  public void close() {
    followers.forEach(Follower::close);
  }

  /**
   * How one kind of object is kept.
   *
   * @param <T> the kind
   * @param <F> what is kept of it
   */
  private static final class Following<T extends HasMetadata, F> implements Follower.Listener<T> {
    private final Map<String, F> facts;
    private final Function<T, F> of;
    private final BiConsumer<Optional<F>, F> changed;
    private boolean isComplete;

    Following(Map<String, F> facts, Function<T, F> of, BiConsumer<Optional<F>, F> changed) {
      this.facts = facts;
      this.of = of;
      this.changed = changed;
    }

    Follower<T> follower(
        KubernetesClient client,
        Class<T> type,
        String plural,
        Rhythm rhythm,
        InstantSource uptime) {
      return new Follower<>(
          plural, Resources.of(client, type, rhythm.page()), this, rhythm, uptime);
    }

    @Override
    public void listed(T object, Instant began) {
      told(object);
    }

    @Override
    public void told(T object) {
      F after = of.apply(object);
      Optional<F> before = Optional.ofNullable(facts.put(ObjectName.of(object).toString(), after));
      // What was there before this process began is no news.
      if (isComplete && !before.equals(Optional.of(after))) {
        changed.accept(before, after);
      }
    }

    @Override
    public void removed(String name) {
      facts.remove(name);
    }

    @Override
    public void complete(boolean watchEnded) {
      isComplete = true;
    }
  }
}
