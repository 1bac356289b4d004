package io.mdevmigration.e2e.chaos;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Suspicion;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What people do to the objects: admins, and whoever changes a label by hand. */
final class People {
  private final KubernetesClient client;
  private final String guilty;
  private final Set<String> asked = new HashSet<>();
  private int askAgain;
  private int excuses;

  /**
   * People with all rights.
   *
   * @param panicking the class that no admin lets be tried again, because a driver panics at it
   */
  People(KubernetesClient client, Optional<MdevClass> panicking) {
    this.client = requireNonNull(client, "client");
    this.guilty = panicking.map(MdevClass::digest).orElse("");
  }

  /**
   * How often they threw the record of a trial away with its object, or had drivers asked again: a
   * string that panics may then do so once more.
   */
  int excuses() {
    return excuses;
  }

  /** Fails while there is no MdevNodeState. */
  MdevNodeState askAgain(String node) {
    askAgain++;
    excuses++;
    return client
        .resources(MdevNodeState.class)
        .withName(node)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"askAgain\":\"the driver changed, %d\"}}".formatted(askAgain));
  }

  /** An admin lets every class be tried again that is suspected without being guilty. */
  void retrySuspected() {
    for (MigrationCompatibility ask :
        client.resources(MigrationCompatibility.class).list().getItems()) {
      if (ask.getStatus() == null) {
        continue;
      }
      Set<String> suspected = new TreeSet<>();
      Set<String> again = new TreeSet<>();
      for (SourceStatus source : ask.getStatus().sources()) {
        if (!source.suspected().isEmpty() && !source.digest().equals(guilty)) {
          suspected.add(source.digest());
        }
        if (source.suspected().stream().anyMatch(Suspicion::wasRetried)) {
          again.add(source.digest());
        }
      }
      Set<String> before = new TreeSet<>(ask.getSpec().retrySuspected());
      Set<String> after = new TreeSet<>(suspected);
      // To be let once more, a digest is taken out and put in again.
      after.removeIf(digest -> again.contains(digest) && before.contains(digest));
      if (!suspected.isEmpty() && !after.equals(before)) {
        client
            .resource(ask)
            .patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"spec\":{\"retrySuspected\":%s}}".formatted(Serialization.asJson(after)));
      }
    }
  }

  void ask(String name, MigrationCompatibilitySpec spec) {
    if (!asked.add(name)) {
      excuses++;
    }
    MigrationCompatibility ask = new MigrationCompatibility();
    ask.setMetadata(new ObjectMetaBuilder().withName(name).build());
    ask.setSpec(spec);
    Cluster.persist("ask " + name, () -> client.resource(ask).unlock().createOr(r -> r.update()));
  }

  void dropAsk(String name) {
    Cluster.persist(
        "delete " + name,
        () -> client.resources(MigrationCompatibility.class).withName(name).delete());
  }

  void label(String node, String key, Optional<String> value) {
    String text = value.map(v -> "\"" + v + "\"").orElse("null");
    Cluster.<HasMetadata>persist(
        "label Node " + node,
        () ->
            client
                .nodes()
                .withName(node)
                .patch(
                    PatchContext.of(PatchType.JSON_MERGE),
                    "{\"metadata\":{\"labels\":{\"%s\":%s}}}".formatted(key, text)));
  }

  void deleteState(String node) {
    Cluster.persist(
        "delete MdevNodeState " + node,
        () -> client.resources(MdevNodeState.class).withName(node).delete());
  }

  void emptyChecks(String node) {
    try {
      client
          .resources(MdevNodeState.class)
          .withName(node)
          .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"checks\":[]}}");
    } catch (KubernetesClientException e) {
      // There is none to empty.
    }
  }
}
