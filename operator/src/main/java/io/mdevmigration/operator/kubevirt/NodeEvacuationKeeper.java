package io.mdevmigration.operator.kubevirt;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mdevmigration.crds.NodeEvacuation;
import io.mdevmigration.crds.NodeEvacuationStatus;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.kubevirt.evacuation.Evacuation;
import io.mdevmigration.operator.kubevirt.evacuation.EvacuationWrite;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the NodeEvacuation objects. What is stored is read when this replica begins to lead, after
 * anything that failed, and once in ten minutes; in between only differences are written. Not
 * thread-safe.
 */
final class NodeEvacuationKeeper {
  private static final Logger log = LoggerFactory.getLogger(NodeEvacuationKeeper.class);

  /** Objects written at one look: after it others that share the thread have their turn. */
  private static final int AT_ONCE = 50;

  /** Nobody else writes them; should one be deleted by hand, it is back after so long. */
  private static final Duration REREAD = Duration.ofMinutes(10);

  private final KubernetesClient client;
  private final Fleet fleet;
  private final InstantSource clock;
  private final InstantSource uptime;
  private Optional<Read> read = Optional.empty();

  /** What is stored, by name, as of when. */
  private record Read(Instant at, Map<String, NodeEvacuation> objects) {}

  /**
   * A keeper.
   *
   * @param clock the time that transitions are given
   * @param uptime the time since the program started
   */
  NodeEvacuationKeeper(
      KubernetesClient client, Fleet fleet, InstantSource clock, InstantSource uptime) {
    this.client = client;
    this.fleet = fleet;
    this.clock = clock;
    this.uptime = uptime;
  }

  /**
   * Writes what differs, at most 50 objects; the rest at the next look.
   *
   * @param plans what drains would meet, by node
   * @param isCertain whether a node without a plan certainly has nobody to wait for
   */
  void look(SortedMap<String, Evacuation> plans, boolean isCertain) {
    Map<String, NodeEvacuation> stored = stored();
    List<EvacuationWrite> due =
        EvacuationWrite.due(plans, fleet, stored, isCertain, clock.instant());
    try {
      due.stream().limit(AT_ONCE).forEach(write -> write(write, stored));
    } catch (RuntimeException e) {
      read = Optional.empty();
      throw e;
    }
  }

  private Map<String, NodeEvacuation> stored() {
    Instant now = uptime.instant();
    if (read.filter(last -> now.isBefore(last.at().plus(REREAD))).isEmpty()) {
      Map<String, NodeEvacuation> objects = new TreeMap<>();
      client
          .resources(NodeEvacuation.class)
          .list()
          .getItems()
          .forEach(object -> objects.put(object.getMetadata().getName(), object));
      read = Optional.of(new Read(now, objects));
    }
    return read.orElseThrow().objects();
  }

  private void write(EvacuationWrite write, Map<String, NodeEvacuation> stored) {
    if (write instanceof EvacuationWrite.Create create) {
      String name = create.node().name();
      stored.put(name, update(client.resource(object(create.node())).create(), create.status()));
      log.info("nodeevacuation {}: created", name);
    } else if (write instanceof EvacuationWrite.Update update) {
      stored.put(update.stored().getMetadata().getName(), update(update.stored(), update.status()));
    } else if (write instanceof EvacuationWrite.Delete delete) {
      String name = delete.stored().getMetadata().getName();
      client.resource(delete.stored()).delete();
      stored.remove(name);
      log.info("nodeevacuation {}: deleted", name);
    }
  }

  /** Without controller and blockOwnerDeletion, for which the operator would need more rights. */
  private static NodeEvacuation object(NodeFacts node) {
    NodeEvacuation object = new NodeEvacuation();
    object.setMetadata(
        new ObjectMetaBuilder()
            .withName(node.name())
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion("v1")
                    .withKind("Node")
                    .withName(node.name())
                    .withUid(node.uid())
                    .build())
            .build());
    return object;
  }

  /** Replaces the whole status, of this object and of no later one of the same name. */
  private NodeEvacuation update(NodeEvacuation stored, NodeEvacuationStatus status) {
    KubernetesSerialization json = client.getKubernetesSerialization();
    String patch =
        json.asJson(
            List.of(
                Map.of(
                    "op", "test", "path", "/metadata/uid", "value", stored.getMetadata().getUid()),
                Map.of("op", "add", "path", "/status", "value", status)));
    return client
        .resource(stored)
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON), patch);
  }
}
