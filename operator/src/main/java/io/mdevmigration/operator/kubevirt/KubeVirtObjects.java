package io.mdevmigration.operator.kubevirt;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.operator.kubevirt.api.KubeVirt;
import io.mdevmigration.operator.kubevirt.api.MigrationSchema;
import io.mdevmigration.operator.kubevirt.api.VirtualMachineInstance;
import io.mdevmigration.operator.kubevirt.api.VirtualMachineInstanceMigration;
import io.mdevmigration.operator.kubevirt.migration.MigrationFacts;
import io.mdevmigration.operator.kubevirt.migration.Migrations;
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
  private final Map<ObjectName, PermittedDevices> permitted = new ConcurrentHashMap<>();
  private final Map<ObjectName, Vmi> vmis = new ConcurrentHashMap<>();
  private final Migrations migrations = new Migrations();
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
            new Following<>(Kept.in(permitted), PermittedDevices::of, (before, after) -> {})
                .follower(client, KubeVirt.class, "kubevirts", rhythm, uptime),
            new Following<>(Kept.in(vmis), Vmi::of, (before, after) -> {})
                .follower(
                    client,
                    VirtualMachineInstance.class,
                    "virtualmachineinstances",
                    rhythm,
                    uptime),
            new Following<>(kept(migrations), MigrationFacts::of, tell(listener))
                .follower(
                    client,
                    VirtualMachineInstanceMigration.class,
                    "virtualmachineinstancemigrations",
                    rhythm,
                    uptime));
  }

  private static Kept<MigrationFacts> kept(Migrations migrations) {
    return new Kept<>() {
      @Override
      public Optional<MigrationFacts> put(ObjectName name, MigrationFacts facts) {
        return migrations.put(facts);
      }

      @Override
      public void remove(ObjectName name) {
        migrations.remove(name);
      }
    };
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
                  log.info(
                      "KubeVirt: {} VMI(s), {} migration(s)", vmis.size(), migrations.all().size());
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
    return Optional.ofNullable(vmis.get(name));
  }

  Collection<Vmi> vmis() {
    return vmis.values();
  }

  Migrations migrations() {
    return migrations;
  }

  @Override
  public void close() {
    followers.forEach(Follower::close);
  }

  /**
   * Where the objects of one kind are kept.
   *
   * @param <F> what is kept of one
   */
  private interface Kept<F> {
    /** Puts one, or puts it anew; what was kept of it before. */
    Optional<F> put(ObjectName name, F facts);

    void remove(ObjectName name);

    static <F> Kept<F> in(Map<ObjectName, F> map) {
      return new Kept<>() {
        @Override
        public Optional<F> put(ObjectName name, F facts) {
          return Optional.ofNullable(map.put(name, facts));
        }

        @Override
        public void remove(ObjectName name) {
          map.remove(name);
        }
      };
    }
  }

  /**
   * How one kind of object is followed.
   *
   * @param <T> the kind
   * @param <F> what is kept of it
   */
  private static final class Following<T extends HasMetadata, F> implements Follower.Listener<T> {
    private final Kept<F> kept;
    private final Function<T, F> of;
    private final BiConsumer<Optional<F>, F> changed;
    private boolean isComplete;

    Following(Kept<F> kept, Function<T, F> of, BiConsumer<Optional<F>, F> changed) {
      this.kept = kept;
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
      Optional<F> before = kept.put(ObjectName.of(object), after);
      // What was there before this process began is no news.
      if (isComplete && !before.equals(Optional.of(after))) {
        changed.accept(before, after);
      }
    }

    @Override
    public void removed(String name) {
      kept.remove(ObjectName.parse(name));
    }

    @Override
    public void complete(boolean watchEnded) {
      isComplete = true;
    }
  }
}
