package io.mdevmigration.operator.kubevirt.migration;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.kubevirt.admission.Migration;
import io.mdevmigration.operator.kubevirt.api.MigrationStatus;
import io.mdevmigration.operator.kubevirt.api.VirtualMachineInstanceMigration;
import io.mdevmigration.operator.kubevirt.need.ObjectName;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A migration as it stands.
 *
 * @param name its namespace and name
 * @param uid tells it from a later one of the same name
 * @param migration what was wished
 * @param phase KubeVirt's word for how far it is; empty at first
 * @param target the node it goes to, once that is known
 * @param isSent whether the VM has begun to be sent
 * @param isCalledOff whether somebody has called it off
 * @param failure why it failed, in KubeVirt's words
 */
public record MigrationFacts(
    ObjectName name,
    String uid,
    Migration migration,
    Optional<String> phase,
    Optional<String> target,
    boolean isSent,
    boolean isCalledOff,
    Optional<String> failure) {
  private static final String FAILED = "Failed";
  private static final String SUCCEEDED = "Succeeded";

  /** Of an object as the API server gives it. */
  public static MigrationFacts of(VirtualMachineInstanceMigration object) {
    Optional<MigrationStatus> status = Optional.ofNullable(object.getStatus());
    Optional<MigrationStatus.State> state = status.map(MigrationStatus::migrationState);
    ObjectName name = ObjectName.of(object);
    return new MigrationFacts(
        name,
        object.getMetadata().getUid(),
        Optional.ofNullable(object.getSpec())
            .map(spec -> Migration.of(name.namespace(), spec))
            .orElseGet(
                () ->
                    new Migration(new ObjectName(name.namespace(), ""), java.util.Map.of(), false)),
        status.map(MigrationStatus::phase).filter(phase -> !phase.isEmpty()),
        state.map(MigrationStatus.State::targetNode).filter(node -> !node.isEmpty()),
        state.map(MigrationStatus.State::startTimestamp).isPresent(),
        state.map(MigrationStatus.State::abortRequested).orElse(false),
        state.map(MigrationStatus.State::failureReason).filter(reason -> !reason.isEmpty()));
  }

  /** Whether nothing more comes. */
  public boolean isOver() {
    return hasFailed() || phase.filter(SUCCEEDED::equals).isPresent();
  }

  boolean hasFailed() {
    return phase.filter(FAILED::equals).isPresent();
  }

  /** Whether it is known to have failed after the VM had begun to be sent, and where to. */
  boolean hasFailedWhileSent() {
    return hasFailed() && isSent && target.isPresent();
  }

  /** The labels of this project that its target has to carry. */
  Set<String> labels() {
    return migration.selector().keySet().stream()
        .filter(MdevClass::isOwnLabel)
        .collect(Collectors.toSet());
  }
}
