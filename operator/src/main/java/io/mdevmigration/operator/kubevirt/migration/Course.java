package io.mdevmigration.operator.kubevirt.migration;

import io.mdevmigration.operator.event.EventReason;
import io.mdevmigration.operator.event.EventType;
import io.mdevmigration.operator.event.Involved;
import io.mdevmigration.operator.event.Occurrence;
import io.mdevmigration.operator.kubevirt.admission.Decision;
import io.mdevmigration.operator.kubevirt.need.Vmi;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is to be told of a migration, and counted.
 *
 * @param what what happened
 * @param events what is told of it, of the migration and of the VMI
 */
public record Course(What what, List<Occurrence> events) {
  private static final String API_VERSION = "kubevirt.io/v1";

  /** What happens to migrations. */
  public enum What {
    /** It goes to a node whose driver has accepted. */
    STEERED,
    /** Which nodes accept could not be told, and it goes on. */
    NOT_STEERED,
    /** It could have been steered or refused, but has come past the webhook. */
    MISSED,
    /** It was not created. */
    REFUSED,
    /** It failed while the VM was sent to a node that had accepted, and the device is named. */
    FAILED_IN_DEVICE,
    /** It failed while the VM was sent to a node that had accepted; why is not known. */
    FAILED_OTHERWISE
  }

  public Course {
    events = List.copyOf(events);
  }

  /**
   * A migration has been created.
   *
   * @param migration as it was created
   * @param decided what would become of it if it were to be created now
   * @return empty if it is none of this project's business
   */
  public static Optional<Course> begun(MigrationFacts migration, Decision decided) {
    if (decided instanceof Decision.Pass) {
      return Optional.empty();
    }
    if (decided instanceof Decision.Steer steer && steer.added().isEmpty()) {
      return Optional.of(
          begun(
              What.STEERED,
              EventType.NORMAL,
              migration,
              "goes to one of %d node(s) whose driver accepts the device of VMI %s%s"
                  .formatted(
                      steer.targets(),
                      migration.migration().vmi().name(),
                      steer.warnings().isEmpty()
                          ? ""
                          : ": " + String.join("; ", steer.warnings()))));
    }
    boolean isMissed = !(decided instanceof Decision.Allow);
    String why =
        isMissed
            ? "it has come past the webhook: see whether the operator can be reached; "
                + decided.refusal().orElse("it would have been steered")
            : String.join("; ", decided.warnings());
    return Optional.of(
        begun(
            isMissed ? What.MISSED : What.NOT_STEERED,
            EventType.WARNING,
            migration,
            "may go to a node that refuses the device of VMI %s: %s"
                .formatted(migration.migration().vmi().name(), why)));
  }

  private static Course begun(What what, EventType type, MigrationFacts migration, String message) {
    EventReason reason =
        what == What.STEERED ? EventReason.MIGRATION_STEERED : EventReason.MIGRATION_NOT_STEERED;
    return new Course(
        what, List.of(new Occurrence(about(migration), type, reason, what.name(), message)));
  }

  /**
   * A migration is not created.
   *
   * @param vmi that was to be migrated
   * @param refusal why, without names of nodes
   */
  public static Course refused(Optional<Vmi> vmi, Decision.Refuse refusal) {
    return new Course(
        What.REFUSED,
        vmi.stream()
            .map(
                v ->
                    new Occurrence(
                        about(v),
                        EventType.WARNING,
                        EventReason.MIGRATION_REFUSED,
                        "",
                        refusal.message()))
            .toList());
  }

  /**
   * A migration has changed. KubeVirt writes that it has failed first, and where and why with the
   * next write, when it takes over the VMI's state.
   *
   * @param before as it was
   * @param after as it is
   * @param vmi the VMI, if it is known
   * @return empty unless it has just failed while the VM was sent to a node that had accepted
   */
  public static Optional<Course> changed(
      MigrationFacts before, MigrationFacts after, Optional<Vmi> vmi) {
    if (before.hasFailedWhileSent()
        || !after.hasFailedWhileSent()
        || after.isCalledOff()
        || after.labels().isEmpty()) {
      return Optional.empty();
    }
    String why = after.failure().orElse("KubeVirt gives no reason");
    String message =
        "migration %s failed on node %s, whose driver had accepted the device: %s"
            .formatted(after.name().name(), after.target().orElseThrow(), why);
    return Optional.of(
        new Course(
            namesDevice(why) ? What.FAILED_IN_DEVICE : What.FAILED_OTHERWISE,
            Stream.concat(Stream.of(about(after)), vmi.stream().map(Course::about))
                .map(
                    about ->
                        new Occurrence(
                            about,
                            EventType.WARNING,
                            EventReason.MIGRATION_FAILED,
                            after.target().orElseThrow(),
                            message))
                .toList()));
  }

  /** QEMU and libvirt give no code, but name the device's driver. */
  private static boolean namesDevice(String failure) {
    String text = failure.toLowerCase(Locale.ROOT);
    return Stream.of("vfio", "mdev", "vgpu").anyMatch(text::contains);
  }

  private static Involved about(MigrationFacts migration) {
    return new Involved(
        API_VERSION,
        "VirtualMachineInstanceMigration",
        migration.name().name(),
        migration.uid(),
        Optional.of(migration.name().namespace()));
  }

  private static Involved about(Vmi vmi) {
    return new Involved(
        API_VERSION,
        "VirtualMachineInstance",
        vmi.name().name(),
        vmi.uid(),
        Optional.of(vmi.name().namespace()));
  }
}
