package io.mdevmigration.node.selfcheck;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gathers the evidence. Reads a few files of {@code /proc}; opens nothing for writing. */
public final class Surroundings {
  private static final Path SELF = Path.of("/proc/self");
  private static final int FILE_BYTES = 16_384;
  private static final int CAP_DAC_OVERRIDE = 1;

  /** Real, effective, saved and file system user id. */
  private static final Pattern UID = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d{1,9})\\s");

  private static final Pattern CAPABILITIES =
      Pattern.compile("(?m)^CapEff:\\s+([0-9a-f]{1,16})\\s*$");

  private final Posix posix;
  private final Path sysfs;

  /**
   * Where to look.
   *
   * @param sysfs where sysfs is to be
   */
  public Surroundings(Posix posix, Path sysfs) {
    this.posix = requireNonNull(posix, "posix");
    this.sysfs = requireNonNull(sysfs, "sysfs");
  }

  /**
   * Looks around. Never throws: what cannot be seen is not in the evidence.
   *
   * @param attribute a version attribute that has a write bit, if there is any
   */
  public Evidence evidence(Optional<Path> attribute) {
    String status = text(SELF.resolve("status")).orElse("");
    return new Evidence(
        sysfs,
        magic(),
        user(status),
        overridesPermissions(status),
        ownUserNamespace(),
        access(sysfs.resolve("devices")),
        attribute.map(this::access).orElse(OptionalInt.empty()),
        text(SELF.resolve("attr").resolve("apparmor").resolve("current"))
            .or(() -> text(SELF.resolve("attr").resolve("current"))),
        text(sysfs.resolve("fs").resolve("selinux").resolve("enforce"))
            .filter(enforce -> enforce.equals("0"))
            .isPresent());
  }

  private OptionalLong magic() {
    try {
      return OptionalLong.of(posix.fileSystemMagic(sysfs));
    } catch (PosixException e) {
      return OptionalLong.empty();
    }
  }

  private static OptionalInt user(String status) {
    Matcher uid = UID.matcher(status);
    return uid.find() ? OptionalInt.of(Integer.parseInt(uid.group(1))) : OptionalInt.empty();
  }

  private static boolean overridesPermissions(String status) {
    Matcher capabilities = CAPABILITIES.matcher(status);
    return capabilities.find()
        && (Long.parseUnsignedLong(capabilities.group(1), 16) >> CAP_DAC_OVERRIDE & 1) == 1;
  }

  /** The first user namespace has every user id as it is. */
  private boolean ownUserNamespace() {
    return text(SELF.resolve("uid_map"))
        .filter(map -> !map.matches("0\\s+0\\s+4294967295"))
        .isPresent();
  }

  /** The error number; empty if it may be written. */
  private OptionalInt access(Path path) {
    try {
      posix.requireWritable(path);
      return OptionalInt.empty();
    } catch (PosixException e) {
      return OptionalInt.of(e.errno());
    }
  }

  private Optional<String> text(Path file) {
    try {
      byte[] bytes = posix.read(file, FILE_BYTES);
      // A label ends with NUL where SELinux gives it.
      return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1).replace('\0', ' ').strip())
          .filter(text -> !text.isEmpty());
    } catch (PosixException e) {
      return Optional.empty();
    }
  }
}
