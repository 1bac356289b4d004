package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads one parent: its driver and the types that it offers. */
final class ParentReader {
  private static final String TYPES = "mdev_supported_types";
  private static final int MODULE_VALUE_MAX = 256;

  private final Posix posix;
  private final AttributeReader attributes;
  private final Path root;
  private final AttributeNames names;

  ParentReader(Posix posix, AttributeReader attributes, Path root, AttributeNames names) {
    this.posix = requireNonNull(posix, "posix");
    this.attributes = requireNonNull(attributes, "attributes");
    this.root = requireNonNull(root, "root");
    this.names = requireNonNull(names, "names");
  }

  /**
   * What reading a parent gave.
   *
   * @param vanished whether a type went away meanwhile
   * @param unsafeTypes directories of types that are left out because of their names
   * @param leftOut how many types are left out because they are too many
   */
  record Result(ScannedParent parent, boolean vanished, List<String> unsafeTypes, int leftOut) {}

  /**
   * Reads a parent.
   *
   * @param device its device directory, resolved
   * @param familiar which versions need no second read
   * @param max how many types to read at most
   * @throws PosixException if its driver or the list of its types could not be read; ENOENT: it is
   *     gone
   */
  Result read(String parent, Path device, ScanScope scope, Familiar familiar, int max)
      throws PosixException {
    List<String> names = typeNames(device);
    List<String> safe = names.stream().filter(FileName::isSafe).toList();
    List<String> types = safe.subList(0, Math.min(max, safe.size()));
    List<String> unsafe =
        names.stream()
            .filter(name -> !FileName.isSafe(name))
            .map(name -> device.resolve(TYPES) + "/" + name)
            .toList();
    ScannedDriver driver = driver(device, types);
    List<ScannedType> scanned = new ArrayList<>();
    for (String type : types) {
      type(driver, parent, device, type, scope, familiar).ifPresent(scanned::add);
    }
    return new Result(
        new ScannedParent(parent, device, driver, scanned),
        scanned.size() < types.size(),
        unsafe,
        safe.size() - types.size());
  }

  private List<String> typeNames(Path device) throws PosixException {
    List<String> names;
    try {
      names = posix.list(device.resolve(TYPES)).stream().sorted().toList();
    } catch (PosixException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
      names = List.of();
    }
    if (names.isEmpty()) {
      // A parent without types, unless it is gone altogether.
      posix.stat(device);
    }
    return names;
  }

  /** Empty if the type went away. */
  private Optional<ScannedType> type(
      ScannedDriver driver,
      String parent,
      Path device,
      String type,
      ScanScope scope,
      Familiar familiar)
      throws PosixException {
    Path directory = device.resolve(TYPES).resolve(type);
    VersionAttribute version =
        attributes.version(driver.name(), parent, directory, names.of(driver.name()), familiar);
    ScannedType scanned =
        new ScannedType(
            type,
            attributes.read(driver.name(), parent, directory.resolve("name")),
            attributes.read(driver.name(), parent, directory.resolve("device_api")),
            scope == ScanScope.EVERYTHING
                ? attributes.read(driver.name(), parent, directory.resolve("available_instances"))
                : new Reading.Failed(Errno.ENOENT),
            version);
    // ENODEV is both "not supported" and "gone while it was read": only a look tells them apart.
    if (!looksGone(scanned)) {
      return Optional.of(scanned);
    }
    return exists(directory) ? Optional.of(halfGone(scanned, directory)) : Optional.empty();
  }

  private static boolean looksGone(ScannedType type) {
    return isGone(type.deviceApi())
        || (type.version() instanceof VersionAttribute.Present present
            && isGone(present.reading()));
  }

  private static boolean isGone(Reading reading) {
    return reading instanceof Reading.Failed failed
        && (failed.errno() == Errno.ENODEV || failed.errno() == Errno.ENOENT);
  }

  /** A driver that is being removed takes the attributes away before their directory. */
  private ScannedType halfGone(ScannedType type, Path directory) throws PosixException {
    boolean attributesGone =
        type.version() instanceof VersionAttribute.Present present
            ? !exists(directory.resolve(present.name()))
            : !exists(directory.resolve("device_api"));
    return attributesGone
        ? new ScannedType(
            type.type(),
            type.name(),
            type.deviceApi(),
            type.availableInstances(),
            new VersionAttribute.Unreadable(Errno.ENOENT))
        : type;
  }

  private ScannedDriver driver(Path device, List<String> types) throws PosixException {
    Optional<Path> link = link(device.resolve("driver"));
    Optional<String> name = link.flatMap(ParentReader::lastName);
    if (name.isPresent()) {
      Optional<String> module =
          link(link.orElseThrow().resolve("module")).flatMap(ParentReader::lastName);
      return withModule(name.orElseThrow(), module.orElse(name.orElseThrow()));
    }
    return withModule(driverOfTypes(types), driverOfTypes(types));
  }

  /** What a link leads to, by name; empty if that is none that a driver or a module can have. */
  private static Optional<String> lastName(Path path) {
    return Optional.ofNullable(path.getFileName()).map(Path::toString).filter(FileName::isSafe);
  }

  /** What stands before the dash in a type's name is the name of the driver that offers it. */
  private String driverOfTypes(List<String> types) throws PosixException {
    if (types.isEmpty()) {
      return "unknown";
    }
    String type = types.get(0);
    int first = type.indexOf('-');
    for (int dash = type.lastIndexOf('-'); dash > first; dash = type.lastIndexOf('-', dash - 1)) {
      // A driver's own name may have a dash in it: believe it where such a module is loaded.
      if (exists(module(type.substring(0, dash)))) {
        return type.substring(0, dash);
      }
    }
    return first > 0 ? type.substring(0, first) : type;
  }

  private ScannedDriver withModule(String name, String module) throws PosixException {
    Path directory = module(module);
    return new ScannedDriver(
        name, value(directory.resolve("version")), value(directory.resolve("srcversion")));
  }

  private Path module(String name) {
    return root.resolve("module").resolve(name.replace('-', '_'));
  }

  /** A module's attributes are the kernel's own and return at once: no deadline needed. */
  private Optional<String> value(Path file) throws PosixException {
    try {
      byte[] bytes = posix.read(file, MODULE_VALUE_MAX);
      return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1).strip())
          .filter(text -> !text.isEmpty());
    } catch (PosixException e) {
      return absentOrThrow(e);
    }
  }

  private Optional<Path> link(Path link) throws PosixException {
    try {
      return Optional.of(posix.realPath(link));
    } catch (PosixException e) {
      return absentOrThrow(e);
    }
  }

  private boolean exists(Path path) throws PosixException {
    try {
      posix.stat(path);
      return true;
    } catch (PosixException e) {
      return absentOrThrow(e).isPresent();
    }
  }

  private static <T> Optional<T> absentOrThrow(PosixException e) throws PosixException {
    if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
      return Optional.empty();
    }
    throw e;
  }
}
