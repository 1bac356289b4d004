package io.mdevmigration.operator.kubevirt;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.kubevirt.need.PermittedDevices;
import io.mdevmigration.operator.kubevirt.permitted.PermittedTypes;
import io.mdevmigration.operator.kubevirt.permitted.PermittedTypes.Existing;
import io.mdevmigration.operator.kubevirt.permitted.PermittedTypes.PermittedType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates and deletes the operator's own MigrationCompatibility objects. Not thread-safe. */
final class PermittedTypesKeeper {
  private static final Logger log = LoggerFactory.getLogger(PermittedTypesKeeper.class);

  private final KubernetesClient client;
  private final Fleet fleet;
  private final Duration withdrawal;
  private final InstantSource uptime;
  private final Map<String, Instant> obsoleteSince = new HashMap<>();

  /**
   * A keeper.
   *
   * @param withdrawal how long a type has to be permitted no more before its object goes
   * @param uptime the time since the program started
   */
  PermittedTypesKeeper(
      KubernetesClient client, Fleet fleet, Duration withdrawal, InstantSource uptime) {
    this.client = client;
    this.fleet = fleet;
    this.withdrawal = withdrawal;
    this.uptime = uptime;
  }

  /**
   * Does what is due.
   *
   * @param permitted what KubeVirt permits; empty is doubt, and nothing is done
   */
  void look(Optional<PermittedDevices> permitted) {
    if (permitted.isEmpty()) {
      obsoleteSince.clear();
      return;
    }
    List<NodeReport> reports =
        fleet.nodes().stream().flatMap(node -> fleet.report(node.name()).stream()).toList();
    List<MigrationCompatibility> objects =
        client.resources(MigrationCompatibility.class).list().getItems();
    PermittedTypes due =
        PermittedTypes.of(
            permitted.get().allMdevNames(), reports, objects.stream().map(Existing::of).toList());
    due.missing().forEach(this::create);
    obsoleteSince.keySet().retainAll(due.obsolete());
    for (MigrationCompatibility object : objects) {
      String name = object.getMetadata().getName();
      if (due.obsolete().contains(name) && isLongObsolete(name)) {
        delete(object);
      }
    }
  }

  private boolean isLongObsolete(String name) {
    Instant now = uptime.instant();
    Instant since = obsoleteSince.computeIfAbsent(name, n -> now);
    return !now.isBefore(since.plus(withdrawal));
  }

  private void create(PermittedType type) {
    try {
      client.resource(type.object()).create();
      log.info(
          "migrationcompatibility {}: created, because KubeVirt permits {}",
          type.objectName(),
          type.name());
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        log.warn("migrationcompatibility {}: {}", type.objectName(), ApiFailure.reason(e));
      }
    }
  }

  /** Fails if somebody has changed it meanwhile, taken the mark off for example. */
  private void delete(MigrationCompatibility object) {
    String name = object.getMetadata().getName();
    try {
      client
          .resource(object)
          .lockResourceVersion(object.getMetadata().getResourceVersion())
          .delete();
      log.info("migrationcompatibility {}: deleted, KubeVirt permits its type no more", name);
    } catch (KubernetesClientException e) {
      log.warn("migrationcompatibility {}: {}", name, ApiFailure.reason(e));
    }
  }
}
