package io.mdevmigration.e2e.trust;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Driver;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.crds.Verdict;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.List;

/**
 * A daemon that was taken over: it may write any status of its own node's MdevNodeState that the
 * schema lets pass, and claims to have the same driver as the others.
 */
final class LyingDaemon {
  static final String REVISION = "aaaaaaaaaaaaaaaaaaaa";
  private static final String PARENT = "0000:00:02.0";

  private final KubernetesClient client;
  private final String node;
  private final String type;
  private final Driver driver;

  LyingDaemon(KubernetesClient client, String node, String type, Driver driver) {
    this.client = client;
    this.node = node;
    this.type = type;
    this.driver = driver;
  }

  /** Creates the object, owned by the Node of this uid. */
  void create(String ownerUid) {
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(
        new ObjectMetaBuilder()
            .withName(node)
            .addToOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion("v1")
                    .withKind("Node")
                    .withName(node)
                    .withUid(ownerUid)
                    .build())
            .build());
    client.resource(state).create();
  }

  /** Publishes these classes, as an honest daemon would. */
  void publish(List<MdevClass> classes) {
    publish(classes.stream().map(PublishedVersion::of).toList(), List.of(), "boot", Instant.now());
  }

  /**
   * Stores a status.
   *
   * @param versions whatever it says that it publishes
   * @param answers whatever it says that its driver said
   */
  void publish(
      List<PublishedVersion> versions, List<Answer> answers, String bootID, Instant observed) {
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(new ObjectMetaBuilder().withName(node).build());
    state.setStatus(
        new MdevNodeStateStatus(
            null,
            new Inventory(
                true,
                bootID,
                "6.1.0",
                versions,
                List.of(
                    new ParentGroup(
                        List.of(PARENT),
                        driver,
                        List.of(
                            new ParentType(
                                type,
                                versions.isEmpty() ? null : versions.get(0).digest(),
                                null)))),
                List.of(new OfferedType(type, null, "vfio-pci", REVISION))),
            answers,
            observed.toString(),
            List.of(
                new ConditionBuilder()
                    .withType("Ready")
                    .withStatus("True")
                    .withReason("Ready")
                    .withMessage("")
                    .withLastTransitionTime(observed.toString())
                    .build())));
    store(state);
  }

  /** Again and again, where the operator writes the object's spec at the same time. */
  private void store(MdevNodeState state) {
    while (true) {
      try {
        client.resources(MdevNodeState.class).resource(state).updateStatus();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
          throw e;
        }
      }
    }
  }

  /** A claim that its driver accepts a class. */
  static Answer accepts(String type, String digest) {
    return says(type, digest, Verdict.COMPATIBLE, "Accepted", null);
  }

  /** A claim that its driver refuses a class, with an error of this name. */
  static Answer refuses(String type, String digest, String errnoName) {
    return says(type, digest, Verdict.INCOMPATIBLE, "Refused", errnoName);
  }

  private static Answer says(
      String type, String digest, Verdict verdict, String reason, String errnoName) {
    return new Answer(
        type,
        digest,
        verdict,
        reason,
        null,
        errnoName,
        null,
        List.of(),
        REVISION,
        Instant.now().toString(),
        null,
        null,
        null,
        null,
        null);
  }
}
