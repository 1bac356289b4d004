package io.mdevmigration.node.inventory;

import io.mdevmigration.crds.Driver;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.sysfs.Printable;
import io.mdevmigration.node.sysfs.Reading;
import io.mdevmigration.node.sysfs.ScannedParent;
import io.mdevmigration.node.sysfs.ScannedType;
import io.mdevmigration.node.sysfs.VersionAttribute;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** What one scanned type means: the rows of the table of outcomes that begin with "read". */
final class TypeFinding {
  private static final int NAME_MAX = 255;
  private static final int DEVICE_API_MAX = 64;

  private final Published previous;
  private final String bootId;
  private final Steadiness steadiness;

  /**
   * Findings of one scan.
   *
   * @param previous what was published before in the same boot
   * @param bootId the kernel's boot id, empty text if it is not known
   * @param steadiness which versions hold still
   */
  TypeFinding(Published previous, String bootId, Steadiness steadiness) {
    this.previous = previous;
    this.bootId = bootId;
    this.steadiness = steadiness;
  }

  Found of(ScannedParent parent, Driver driver, ScannedType type) {
    Optional<Problem> unread = unread(type);
    if (unread.isPresent()) {
      Offer.Target target = new Offer.Unread(unread.orElseThrow());
      return new Found(
          new Offer(type.type(), parent.name(), driver, target),
          text(type.name(), NAME_MAX).or(() -> previous.name(type.type())),
          text(type.deviceApi(), DEVICE_API_MAX).or(() -> previous.deviceApi(type.type())),
          source(parent, type).or(() -> previous.source(parent.name(), type.type())),
          unread,
          Optional.empty());
    }
    Offer.Target target = target(parent, type);
    return new Found(
        new Offer(type.type(), parent.name(), driver, target),
        text(type.name(), NAME_MAX),
        text(type.deviceApi(), DEVICE_API_MAX),
        source(parent, type),
        problem(parent, type, target),
        Optional.of(parent.name() + "\0" + inode(type) + "\0" + content(parent, type)));
  }

  /** Whether anything of the type could not be read: then what was published before stays. */
  private static Optional<Problem> unread(ScannedType type) {
    Reading version =
        type.version() instanceof VersionAttribute.Present present
            ? present.reading()
            : new Reading.Value("");
    if (type.version() instanceof VersionAttribute.Unreadable unreadable) {
      return Optional.of(Problems.of(Reason.READ_FAILED, unreadable.errno()));
    }
    if (version instanceof Reading.Failed failed && !isNotSupported(failed.errno())) {
      return Optional.of(Problems.of(Reason.READ_FAILED, failed.errno()));
    }
    if (version instanceof Reading.NoReturn) {
      return Optional.of(Problems.of(Reason.DRIVER_UNRESPONSIVE));
    }
    return Stream.of(type.name(), type.deviceApi())
        .filter(Reading::isTrouble)
        .findFirst()
        .map(
            reading ->
                reading instanceof Reading.Failed failed
                    ? Problems.of(Reason.READ_FAILED, failed.errno())
                    : Problems.of(Reason.DRIVER_UNRESPONSIVE));
  }

  /** With these a driver says that the type cannot migrate, not that something went wrong. */
  private static boolean isNotSupported(int errno) {
    return errno == Errno.ENODEV || errno == Errno.EOPNOTSUPP || errno == Errno.ENOTSUPP;
  }

  private Offer.Target target(ScannedParent parent, ScannedType type) {
    if (!(type.version() instanceof VersionAttribute.Present present)) {
      return new Offer.Settled(Reason.NO_VERSION_ATTRIBUTE, OptionalInt.empty());
    }
    if (present.reading() instanceof Reading.Failed failed) {
      return new Offer.Settled(Reason.NOT_SUPPORTED, OptionalInt.of(failed.errno()));
    }
    if (!present.writable()) {
      return new Offer.Settled(Reason.NOT_WRITABLE, OptionalInt.empty());
    }
    String key =
        Hash.of(Hash.LENGTH, bootId, Long.toString(present.inode()), content(parent, type));
    return new Offer.Askable(parent.device(), present.name(), present.inode(), key);
  }

  private Optional<Problem> problem(ScannedParent parent, ScannedType type, Offer.Target target) {
    if (isUnstable(parent, type)) {
      return Optional.of(Problems.of(Reason.UNSTABLE));
    }
    if (target instanceof Offer.Settled settled) {
      return Optional.of(Problems.of(settled.reason(), settled.errno()));
    }
    return source(parent, type).isPresent()
        ? Optional.empty()
        : Optional.of(Problems.of(Reason.INVALID_VERSION));
  }

  private Optional<MdevClass> source(ScannedParent parent, ScannedType type) {
    return value(type)
        .filter(version -> !isUnstable(parent, type))
        .filter(VersionString::isValid)
        .map(version -> new MdevClass(type.type(), version));
  }

  private static Optional<String> value(ScannedType type) {
    return type.version() instanceof VersionAttribute.Present present
        ? present.reading().text()
        : Optional.empty();
  }

  private static String inode(ScannedType type) {
    return type.version() instanceof VersionAttribute.Present present
        ? Long.toString(present.inode())
        : "-";
  }

  /**
   * The version, valid or not, or what the kernel gave in its place. What does not hold still is
   * left out, so that nothing is asked anew because of it.
   */
  private String content(ScannedParent parent, ScannedType type) {
    if (!(type.version() instanceof VersionAttribute.Present present)) {
      return "absent";
    }
    if (present.reading() instanceof Reading.Failed failed) {
      return "errno " + failed.errno();
    }
    String version = isUnstable(parent, type) ? "unstable" : "version " + value(type).orElse("");
    return version + (present.writable() ? "" : " read-only");
  }

  private boolean isUnstable(ScannedParent parent, ScannedType type) {
    return type.version() instanceof VersionAttribute.Present present
        && !(present.reading() instanceof Reading.Failed)
        && steadiness.isUnstable(parent.name(), type.type());
  }

  /** What the driver says; one that says nothing has the attribute for nothing. */
  private static Optional<String> text(Reading reading, int max) {
    return reading.text().map(text -> Printable.of(text, max)).filter(text -> !text.isEmpty());
  }
}
