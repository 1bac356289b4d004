package io.mdevmigration.node.selfcheck;

import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.selfcheck.Finding.Kind;
import io.mdevmigration.node.sysfs.MdevTree;
import io.mdevmigration.node.sysfs.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds in the evidence what keeps this process from its work. */
public final class SelfCheck {
  private static final Path SYS = Path.of("/sys");

  /** May write the files of sysfs, and not much else (container-selinux). */
  private static final String DEVICE_PLUGIN = "container_device_plugin_t";

  /** May not (container-selinux): what containers get that ask for nothing. */
  private static final String CONTAINER = "container_t";

  /** May write what has the label of version attributes (profiles/selinux). */
  private static final String OWN = "mdev_node_t";

  private static final int TEXT_MAX = 255;

  private final Evidence evidence;
  private final Confinement confinement;
  private final List<Finding> findings = new ArrayList<>();

  private SelfCheck(Evidence evidence) {
    this.evidence = evidence;
    this.confinement = Confinement.of(evidence.label());
  }

  /** What is wrong, each with what to change; empty if nothing can be seen to be. */
  public static List<Finding> findings(Evidence evidence) {
    SelfCheck check = new SelfCheck(evidence);
    check.sysfs();
    check.user();
    check.mount();
    check.securityModules();
    return List.copyOf(check.findings);
  }

  /**
   * What may be behind a version attribute that could not be opened for writing, where the findings
   * do not say it.
   *
   * @param errno what open(2) gave
   */
  public static String advice(Evidence evidence, int errno) {
    if (errno == Errno.EROFS) {
      return "mount the host's /sys/devices writable at " + devices(evidence);
    }
    if (errno == Errno.ELOOP || errno == Errno.EXDEV) {
      return "it is no file of this sysfs any more: mount the host's whole sysfs at "
          + Printable.of(evidence.sysfs().toString(), TEXT_MAX)
          + ", and nothing inside of it but its own devices";
    }
    Confinement confinement = Confinement.of(evidence.label());
    if (confinement instanceof Confinement.AppArmor appArmor) {
      return "AppArmor profile %s confines this process: let it write %s, as profiles/apparmor does"
          .formatted(
              Printable.of(appArmor.profile(), TEXT_MAX),
              devices(evidence) + "/**/mdev_supported_types/*/version");
    }
    if (confinement instanceof Confinement.SeLinux seLinux) {
      return seLinux(seLinux.type());
    }
    return "run this process as uid 0 and let its AppArmor or SELinux profile write below "
        + devices(evidence);
  }

  private void sysfs() {
    if (evidence.magic().isPresent() && evidence.magic().getAsLong() != MdevTree.SYSFS_MAGIC) {
      found(
          Kind.NO_SYSFS,
          "%s is no sysfs (its file system's magic number is 0x%x): mount the host's /sys there, or"
                  .formatted(evidence.sysfs(), evidence.magic().getAsLong())
              + " name with --sysfs where it is");
    }
  }

  private void user() {
    if (evidence.ownUserNamespace()) {
      found(
          Kind.USER_NAMESPACE,
          "this process is in a user namespace of its own, where the files of sysfs belong to"
              + " nobody and no uevent arrives: run it in the host's, a pod without hostUsers:"
              + " false");
    }
    if (evidence.user().orElse(0) != 0 && !evidence.overridesPermissions()) {
      found(
          Kind.NOT_ROOT,
          "this process runs as uid %d, and version attributes are writable for root alone: run it"
                  .formatted(evidence.user().getAsInt())
              + " as uid 0 (runAsUser: 0); it needs no capability");
    }
  }

  private void mount() {
    if (isErrno(evidence.devices(), Errno.EROFS) || isErrno(evidence.attribute(), Errno.EROFS)) {
      found(
          Kind.READ_ONLY,
          "%s is mounted read-only, EROFS (30): mount the host's /sys/devices writable there"
              .formatted(devices(evidence)));
    }
  }

  private void securityModules() {
    if (confinement instanceof Confinement.AppArmor appArmor
        && appArmor.isDefaultOfContainers()
        && evidence.sysfs().normalize().equals(SYS)) {
      found(
          Kind.APP_ARMOR,
          "AppArmor profile %s lets no container write below /sys: mount the host's sysfs at"
                  .formatted(appArmor.profile())
              + " another path, name that with --sysfs, or load profiles/apparmor/mdev-node and"
              + " have the container run under it");
    }
    if (confinement instanceof Confinement.SeLinux seLinux
        && !evidence.permissive()
        && (seLinux.type().equals(CONTAINER)
            || (isErrno(evidence.attribute(), Errno.EACCES) && findings.isEmpty()))) {
      found(Kind.SE_LINUX, seLinux(seLinux.type()));
    }
  }

  private static String seLinux(String type) {
    if (type.equals(OWN)) {
      return "SELinux type %s may write nothing of sysfs but what has the label mdev_node_version_t:"
              .formatted(OWN)
          + " put profiles/selinux/mdev-node.rules into /etc/udev/rules.d, which gives it to new"
          + " devices, and run restorecon -R /sys/devices on the host";
    }
    return "SELinux type %s may not write sysfs: run the container with type %s (seLinuxOptions), or"
            .formatted(Printable.of(type, TEXT_MAX), DEVICE_PLUGIN)
        + " load profiles/selinux and use its type";
  }

  private void found(Kind kind, String message) {
    findings.add(new Finding(kind, Printable.of(message, Integer.MAX_VALUE)));
  }

  private static boolean isErrno(OptionalInt errno, int number) {
    return errno.isPresent() && errno.getAsInt() == number;
  }

  private static String devices(Evidence evidence) {
    return Printable.of(evidence.sysfs().resolve("devices").toString(), TEXT_MAX);
  }

  /** The findings as one text; empty if there are none. */
  public static Optional<String> text(List<Finding> findings) {
    return findings.stream().map(Finding::message).reduce((a, b) -> a + "; " + b);
  }
}
