package io.mdevmigration.e2e.simulated;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The state of a node between two changes. Immutable.
 *
 * @param bootId of this boot
 * @param release as {@code uname -r} gives it
 * @param drivers those loaded, by name
 * @param devices the mdevs
 * @param mdevModule whether mdev.ko is loaded, as it stays after the last driver
 * @param nextInode the inode number that the next new directory gets
 */
record Machine(
    String bootId,
    String release,
    NavigableMap<String, Loaded> drivers,
    NavigableMap<String, Device> devices,
    ModuleState mdevModule,
    long nextInode) {
  /** Inode numbers start anew with each boot, so they may be the same again. */
  static final long FIRST_INODE = 12_000;

  /** Whether a module is there. */
  enum ModuleState {
    ABSENT,
    LOADED
  }

  /**
   * A mediated device.
   *
   * @param uuid its name
   * @param parent whose slice it is
   * @param type its full type
   */
  record Device(UUID uuid, String parent, String type) {}

  /**
   * A driver since it was loaded.
   *
   * @param driver how it behaves
   * @param parents each parent it has bound, and the inode number of its directory
   */
  record Loaded(SimulatedDriver driver, NavigableMap<String, Long> parents) {
    Loaded {
      parents = Collections.unmodifiableNavigableMap(parents);
    }
  }

  Machine {
    drivers = Collections.unmodifiableNavigableMap(drivers);
    devices = Collections.unmodifiableNavigableMap(devices);
  }

  /** A kernel that has just come up, without drivers. */
  static Machine booted(String bootId, String release) {
    return new Machine(
        bootId, release, new TreeMap<>(), new TreeMap<>(), ModuleState.ABSENT, FIRST_INODE);
  }

  /** Who serves a parent. */
  Optional<Loaded> serving(String parent) {
    for (Loaded loaded : drivers.values()) {
      if (loaded.parents().containsKey(parent)) {
        return Optional.of(loaded);
      }
    }
    return Optional.empty();
  }

  /** Every parent. */
  Collection<String> parents() {
    NavigableMap<String, String> all = new TreeMap<>();
    drivers.forEach((name, loaded) -> loaded.parents().keySet().forEach(p -> all.put(p, name)));
    return all.keySet();
  }

  /** The devices of a type on a parent. */
  Collection<Device> devices(String parent, String type) {
    return devices.values().stream()
        .filter(d -> d.parent().equals(parent) && d.type().equals(type))
        .toList();
  }

  /**
   * With this driver loaded, in place of the one of the same name.
   *
   * @throws IllegalStateException if another driver serves one of its parents
   */
  Machine load(SimulatedDriver driver) {
    Machine next = unload(driver.name());
    long inode = next.nextInode;
    NavigableMap<String, Long> parents = new TreeMap<>();
    for (String parent : driver.parents()) {
      if (next.serving(parent).isPresent()) {
        throw new IllegalStateException("another driver serves " + parent);
      }
      parents.put(parent, inode);
      inode += Tree.inodes(driver, parent);
    }
    return next.with(new Loaded(driver, parents), inode);
  }

  /** Without a driver, its parents and their devices. */
  Machine unload(String name) {
    NavigableMap<String, Loaded> remaining = new TreeMap<>(drivers);
    Loaded gone = remaining.remove(name);
    if (gone == null) {
      return this;
    }
    NavigableMap<String, Device> kept = new TreeMap<>(devices);
    kept.values().removeIf(d -> gone.parents().containsKey(d.parent()));
    return new Machine(bootId, release, remaining, kept, mdevModule, nextInode);
  }

  /** With one parent more. */
  Machine addParent(String driver, String parent) {
    Loaded loaded = loaded(driver);
    if (serving(parent).isPresent()) {
      throw new IllegalStateException(parent + " is there already");
    }
    NavigableMap<String, Long> parents = new TreeMap<>(loaded.parents());
    parents.put(parent, nextInode);
    return with(
        new Loaded(loaded.driver(), parents), nextInode + Tree.inodes(loaded.driver(), parent));
  }

  /** Without a parent and its devices. */
  Machine removeParent(String parent) {
    Loaded loaded =
        serving(parent).orElseThrow(() -> new IllegalStateException("there is no " + parent));
    NavigableMap<String, Long> parents = new TreeMap<>(loaded.parents());
    parents.remove(parent);
    NavigableMap<String, Device> kept = new TreeMap<>(devices);
    kept.values().removeIf(d -> d.parent().equals(parent));
    return new Machine(bootId, release, drivers, kept, mdevModule, nextInode)
        .with(new Loaded(loaded.driver(), parents), nextInode);
  }

  /**
   * With a driver that behaves otherwise under the same parents, types and inode numbers.
   *
   * @throws IllegalArgumentException if it offers other types or attributes than before
   */
  Machine change(SimulatedDriver driver) {
    Loaded loaded = loaded(driver.name());
    for (String parent : loaded.parents().keySet()) {
      if (!files(loaded.driver(), parent).equals(files(driver, parent))) {
        throw new IllegalArgumentException(
            "other types or attributes on " + parent + " need a reload of the driver");
      }
    }
    return with(new Loaded(driver, loaded.parents()), nextInode);
  }

  /**
   * With a driver that has attributes now which it lacked when it registered its parents.
   *
   * @throws IllegalArgumentException if it offers other types than before
   */
  Machine complete(SimulatedDriver driver) {
    Loaded loaded = loaded(driver.name());
    for (String parent : loaded.parents().keySet()) {
      if (!loaded.driver().typeNames(parent).equals(driver.typeNames(parent))) {
        throw new IllegalArgumentException(
            "other types on " + parent + " need a reload of the driver");
      }
    }
    return with(new Loaded(driver, loaded.parents()), nextInode);
  }

  Machine addDevice(Device device) {
    NavigableMap<String, Device> changed = new TreeMap<>(devices);
    changed.put(device.uuid().toString(), device);
    return new Machine(bootId, release, drivers, changed, mdevModule, nextInode);
  }

  Machine removeDevice(UUID uuid) {
    NavigableMap<String, Device> changed = new TreeMap<>(devices);
    changed.remove(uuid.toString());
    return new Machine(bootId, release, drivers, changed, mdevModule, nextInode);
  }

  private Loaded loaded(String driver) {
    Loaded loaded = drivers.get(driver);
    if (loaded == null) {
      throw new IllegalStateException(driver + " is not loaded");
    }
    return loaded;
  }

  private Machine with(Loaded loaded, long inode) {
    NavigableMap<String, Loaded> changed = new TreeMap<>(drivers);
    changed.put(loaded.driver().name(), loaded);
    return new Machine(bootId, release, changed, devices, ModuleState.LOADED, inode);
  }

  private static Map<String, String> files(SimulatedDriver driver, String parent) {
    Map<String, String> files = new LinkedHashMap<>();
    for (String name : driver.typeNames(parent)) {
      SimulatedType type = driver.type(parent, name).orElseThrow();
      files.put(name, type.mode() + " " + type.attribute() + " " + type.name().isPresent());
    }
    return files;
  }
}
