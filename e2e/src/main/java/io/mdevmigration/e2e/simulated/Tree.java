package io.mdevmigration.e2e.simulated;

import io.mdevmigration.e2e.simulated.Entry.Attribute;
import io.mdevmigration.e2e.simulated.Entry.Folder;
import io.mdevmigration.e2e.simulated.Entry.Link;
import io.mdevmigration.e2e.simulated.Machine.Device;
import io.mdevmigration.e2e.simulated.Machine.Loaded;
import io.mdevmigration.e2e.simulated.Machine.ModuleState;
import io.mdevmigration.node.posix.Errno;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The files of a machine: {@code /sys} as far as mdev needs it, and three files of {@code /proc}.
 * The layout is that of Documentation/driver-api/vfio-mediated-device.rst and of a Debian 6.1
 * kernel.
 */
final class Tree {
  /** What the version attributes and {@code create} do: the kernel's part. */
  interface Driver {
    byte[] readVersion(Loaded loaded, String parent, SimulatedType type) throws ErrnoException;

    int writeVersion(Loaded loaded, String parent, SimulatedType type, byte[] bytes)
        throws ErrnoException;

    void create(String parent, SimulatedType type, UUID uuid) throws ErrnoException;
  }

  /** The bus that the parents are on. */
  static final String BUS = "pci0000:00";

  private static final int READABLE = 0444;
  private static final int WRITABLE = 0644;
  private static final int WRITE_ONLY = 0200;

  private static final int INODES_PER_TYPE = 16;
  private static final int INODES_OF_PARENT = 16;

  private final Machine machine;
  private final Driver driver;

  private Tree(Machine machine, Driver driver) {
    this.machine = machine;
    this.driver = driver;
  }

  /** The root of a machine's file system, with sysfs mounted. */
  static Folder of(Machine machine, Driver driver) {
    Tree tree = new Tree(machine, driver);
    return Folder.of(1, Map.of("proc", tree.proc(), "sys", tree.sys()));
  }

  /** The same with an empty directory where sysfs should be. */
  static Folder withoutSysfs(Machine machine, Driver driver) {
    Tree tree = new Tree(machine, driver);
    return Folder.of(1, Map.of("proc", tree.proc(), "sys", Folder.of(2, Map.of())));
  }

  /** How many inode numbers a parent's files take. */
  static long inodes(SimulatedDriver driver, String parent) {
    return INODES_OF_PARENT + (long) INODES_PER_TYPE * driver.typeNames(parent).size();
  }

  private Folder proc() {
    Folder random = Folder.of(11, Map.of("boot_id", text(12, machine.bootId())));
    Folder kernel =
        Folder.of(13, Map.of("random", random, "osrelease", text(14, machine.release())));
    return Folder.of(15, Map.of("sys", Folder.of(16, Map.of("kernel", kernel))));
  }

  private Folder sys() {
    Map<String, Entry> classes = new LinkedHashMap<>();
    Map<String, Entry> buses = new LinkedHashMap<>();
    buses.put("pci", Folder.of(20, Map.of("drivers", pciDrivers())));
    Map<String, Entry> modules = new LinkedHashMap<>();
    if (machine.mdevModule() == ModuleState.LOADED) {
      modules.put("mdev", Folder.of(21, Map.of()));
      classes.put("mdev_bus", mdevBus());
      buses.put("mdev", Folder.of(22, Map.of("devices", mdevDevices())));
    }
    machine.drivers().forEach((name, loaded) -> modules.put(name, module(loaded.driver())));
    Folder bus =
        new Folder(23, machine::parents, name -> machine.serving(name).map(d -> parent(d, name)));
    return Folder.of(
        2,
        Map.of(
            "class", Folder.of(24, classes),
            "bus", Folder.of(25, buses),
            "module", Folder.of(26, modules),
            "devices", Folder.of(27, Map.of(BUS, bus))));
  }

  private Folder mdevBus() {
    return new Folder(
        28,
        machine::parents,
        name -> machine.serving(name).map(loaded -> new Link("../../devices/" + BUS + "/" + name)));
  }

  private Folder mdevDevices() {
    return new Folder(
        29,
        machine.devices()::keySet,
        name ->
            Optional.ofNullable(machine.devices().get(name))
                .map(d -> new Link("../../../devices/" + BUS + "/" + d.parent() + "/" + name)));
  }

  private Folder pciDrivers() {
    Map<String, Entry> drivers = new LinkedHashMap<>();
    for (String name : machine.drivers().keySet()) {
      drivers.put(name, Folder.of(30, Map.of("module", new Link("../../../../module/" + name))));
    }
    return Folder.of(31, drivers);
  }

  private static Folder module(SimulatedDriver driver) {
    Map<String, Entry> files = new LinkedHashMap<>();
    driver.moduleVersion().ifPresent(text -> files.put("version", text(32, text)));
    driver.moduleSrcversion().ifPresent(text -> files.put("srcversion", text(33, text)));
    return Folder.of(34, files);
  }

  private Folder parent(Loaded loaded, String parent) {
    long inode = loaded.parents().get(parent);
    Map<String, Entry> entries = new LinkedHashMap<>();
    if (loaded.driver().driverLink() == SimulatedDriver.DriverLink.PRESENT) {
      entries.put("driver", new Link("../../../bus/pci/drivers/" + loaded.driver().name()));
    }
    entries.put("mdev_supported_types", supportedTypes(loaded, parent, inode));
    for (Device device : machine.devices().values()) {
      if (device.parent().equals(parent)) {
        entries.put(
            device.uuid().toString(),
            Folder.of(
                inode + 2,
                Map.of("mdev_type", new Link("../mdev_supported_types/" + device.type()))));
      }
    }
    return Folder.of(inode, entries);
  }

  private Folder supportedTypes(Loaded loaded, String parent, long inode) {
    List<String> names = loaded.driver().typeNames(parent);
    return new Folder(
        inode + 1,
        () -> names,
        name ->
            loaded
                .driver()
                .type(parent, name)
                .map(
                    type ->
                        type(
                            loaded,
                            parent,
                            type,
                            inode
                                + INODES_OF_PARENT
                                + (long) INODES_PER_TYPE * names.indexOf(name))));
  }

  private Folder type(Loaded loaded, String parent, SimulatedType type, long inode) {
    Collection<Device> devices = machine.devices(parent, type.type());
    Map<String, Entry> entries = new LinkedHashMap<>();
    type.name().ifPresent(name -> entries.put("name", text(inode + 1, name)));
    entries.put("device_api", text(inode + 2, type.deviceApi()));
    entries.put(
        "available_instances",
        text(inode + 3, Integer.toString(type.instances() - devices.size())));
    entries.put("create", create(inode + 4, parent, type));
    Map<String, Entry> links = new LinkedHashMap<>();
    for (Device device : devices) {
      links.put(device.uuid().toString(), new Link("../../../" + device.uuid()));
    }
    entries.put("devices", Folder.of(inode + 5, links));
    if (type.mode() != SimulatedType.Mode.ABSENT) {
      entries.put(type.attribute(), version(loaded, parent, type, inode + 6));
    }
    return Folder.of(inode, entries);
  }

  private Attribute version(Loaded loaded, String parent, SimulatedType type, long inode) {
    return new Attribute(
        inode,
        type.mode() == SimulatedType.Mode.READ_ONLY ? READABLE : WRITABLE,
        () -> driver.readVersion(loaded, parent, type),
        bytes -> driver.writeVersion(loaded, parent, type, bytes));
  }

  private Attribute create(long inode, String parent, SimulatedType type) {
    return new Attribute(
        inode,
        WRITE_ONLY,
        () -> {
          throw new ErrnoException(Errno.EACCES);
        },
        bytes -> {
          String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
          UUID uuid;
          try {
            uuid = UUID.fromString(text);
          } catch (IllegalArgumentException e) {
            throw new ErrnoException(Errno.EINVAL);
          }
          driver.create(parent, type, uuid);
          return bytes.length;
        });
  }

  private static Attribute text(long inode, String text) {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.ISO_8859_1);
    return new Attribute(
        inode,
        READABLE,
        bytes::clone,
        ignored -> {
          throw new ErrnoException(Errno.EACCES);
        });
  }
}
