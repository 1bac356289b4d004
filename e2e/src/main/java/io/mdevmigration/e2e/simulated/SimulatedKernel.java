package io.mdevmigration.e2e.simulated;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.e2e.simulated.Entry.Attribute;
import io.mdevmigration.e2e.simulated.Entry.Folder;
import io.mdevmigration.e2e.simulated.Entry.Link;
import io.mdevmigration.e2e.simulated.Machine.Device;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FileStatus;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.posix.WritableFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A kernel in memory: {@code /sys}, {@code /proc/sys/kernel} and the drivers that a test loads. It
 * answers the daemon's system calls as Linux does, for a daemon of uid 0 without capabilities.
 *
 * <p>Calls may come from any number of threads. A change is seen by the next call; a call that is
 * under way in a driver goes on with what it began with. A kernel with a few parents takes some
 * kilobytes, its files being made when they are looked at.
 */
public final class SimulatedKernel implements Posix {
  /** The magic number of sysfs. */
  public static final long SYSFS_MAGIC = 0x62656572;

  /** The magic number of tmpfs, which is there instead when sysfs is not mounted. */
  public static final long TMPFS_MAGIC = 0x01021994;

  /** The magic number of procfs. */
  public static final long PROC_MAGIC = 0x9fa0;

  private static final Path SYS = Path.of("/sys");
  private static final Path PROC = Path.of("/proc");
  private static final int PAGE = 4096;
  private static final int EISDIR = 21;

  private enum Mount {
    WRITABLE,
    READ_ONLY,
    ABSENT
  }

  private final Object lock = new Object();
  private final DriverCalls calls = new DriverCalls(this);
  private final Map<Path, Integer> faults = new ConcurrentSkipListMap<>();
  private final Uevents uevents = new Uevents();

  private volatile Machine machine;
  private volatile Walk walk;
  private volatile Mount mount = Mount.WRITABLE;

  private SimulatedKernel(Machine machine) {
    this.machine = machine;
    this.walk = walk(machine, Mount.WRITABLE);
  }

  /**
   * A kernel that has just booted, with a boot id of its own and no driver: {@code
   * /sys/class/mdev_bus} is absent.
   *
   * @param release as {@code uname -r} gives it
   */
  public static SimulatedKernel booted(String release) {
    return new SimulatedKernel(
        Machine.booted(UUID.randomUUID().toString(), requireNonNull(release, "release")));
  }

  /** A kernel of Debian 12 with these drivers loaded. */
  public static SimulatedKernel with(SimulatedDriver... drivers) {
    SimulatedKernel kernel = booted("6.1.0-56-amd64");
    for (SimulatedDriver driver : drivers) {
      kernel.load(driver);
    }
    return kernel;
  }

  // ---- what happens to a node

  /** Loads a driver, as modprobe does; uevents tell of its parents. */
  public void load(SimulatedDriver driver) {
    announce(change(now -> now.load(driver)));
  }

  /** Unloads a driver: its parents and their devices go away. */
  public void unload(String driver) {
    Change change = change(now -> now.unload(driver));
    calls.forget();
    announce(change);
  }

  /**
   * Unloads the driver of this name and loads this one at once: every file is a new one with a new
   * inode number, in the same boot.
   */
  public void reload(SimulatedDriver driver) {
    Change change = change(now -> now.load(driver));
    calls.forget();
    announce(change);
  }

  /**
   * The loaded driver of this name adds attributes that it lacked when it registered its parents,
   * as a driver outside of the kernel's tree has to since Linux 6.1. No uevent tells of them.
   *
   * @throws IllegalArgumentException if it offers other types than before
   */
  public void addAttributes(SimulatedDriver driver) {
    change(now -> now.complete(driver));
    calls.forget();
  }

  /**
   * Makes a loaded driver behave otherwise from now on, without a uevent and with the same inode
   * numbers, as a vendor's daemon or a firmware update may.
   *
   * @throws IllegalArgumentException if it offers other types or attributes than before
   */
  public void changeSilently(SimulatedDriver driver) {
    change(now -> now.change(driver));
    calls.forget();
  }

  /** A parent appears. */
  public void addParent(String driver, String parent) {
    announce(change(now -> now.addParent(driver, parent)));
  }

  /** A parent goes away, with its devices. */
  public void removeParent(String parent) {
    announce(change(now -> now.removeParent(parent)));
  }

  /**
   * Boots anew, with these drivers loaded: another boot id, no device, inode numbers that start
   * again where they did. Calls that hang, and those in a kernel that panicked, fail with EIO.
   */
  public void reboot(SimulatedDriver... drivers) {
    change(
        before -> {
          Machine next = Machine.booted(UUID.randomUUID().toString(), before.release());
          for (SimulatedDriver driver : drivers) {
            next = next.load(driver);
          }
          return next;
        });
    calls.reboot();
  }

  /** Whether it has panicked: nothing returns from it before a reboot. */
  public boolean hasPanicked() {
    return calls.hasPanicked();
  }

  /** Boots anew with the drivers that are loaded now. */
  public void reboot() {
    reboot(
        machine.drivers().values().stream()
            .map(Machine.Loaded::driver)
            .toArray(SimulatedDriver[]::new));
  }

  /**
   * Makes a mediated device.
   *
   * @throws IllegalStateException if the parent does not offer the type or has no room
   */
  public UUID createDevice(String parent, String type) {
    UUID uuid = UUID.randomUUID();
    try {
      createDevice(parent, type, uuid);
    } catch (ErrnoException e) {
      throw new IllegalStateException(
          "no device of %s on %s: %s".formatted(type, parent, Errno.name(e.errno())), e);
    }
    return uuid;
  }

  void createDevice(String parent, String type, UUID uuid) throws ErrnoException {
    Change change;
    synchronized (lock) {
      SimulatedType offered =
          machine
              .serving(parent)
              .flatMap(loaded -> loaded.driver().type(parent, type))
              .orElseThrow(() -> new ErrnoException(Errno.ENODEV));
      if (machine.devices(parent, type).size() >= offered.instances()) {
        throw new ErrnoException(Errno.ENOSPC);
      }
      change = change(now -> now.addDevice(new Device(uuid, parent, type)));
    }
    announce(change);
  }

  /** Removes a mediated device; nothing if it is not there. */
  public void removeDevice(UUID uuid) {
    announce(change(now -> now.removeDevice(uuid)));
  }

  /** Lets every call that hangs in a driver go on. */
  public void releaseHangs() {
    calls.releaseHangs();
  }

  /** Has every call on this path, or on anything below it, fail with this error until healed. */
  public void failAt(Path path, int errno) {
    faults.put(path, errno);
  }

  /** Ends what {@link #failAt} began. */
  public void heal() {
    faults.clear();
  }

  /** Mounts sysfs read-only: opening for writing gives EROFS. */
  public void mountReadOnly() {
    mount(Mount.READ_ONLY);
  }

  /** Mounts sysfs for reading and writing, as it is in the beginning. */
  public void mountWritable() {
    mount(Mount.WRITABLE);
  }

  /** Takes sysfs away: {@code /sys} is an empty directory of another file system. */
  public void unmountSysfs() {
    mount(Mount.ABSENT);
  }

  // ---- what a test looks at

  /** This boot's id. */
  public String bootId() {
    return machine.bootId();
  }

  /** As {@code uname -r} gives it. */
  public String release() {
    return machine.release();
  }

  /** The driver of this name as it is loaded now. */
  public Optional<SimulatedDriver> driver(String name) {
    return Optional.ofNullable(machine.drivers().get(name)).map(Machine.Loaded::driver);
  }

  /** How often this was written to this attribute, in all boots. */
  public int writes(String parent, String type, String string) {
    return calls.asked().writes(new Question(parent, type, string));
  }

  /** Everything that drivers were asked, in all boots, and how often. */
  public Map<Question, Integer> writes() {
    return calls.asked().writes();
  }

  /** How many questions drivers were asked, in all boots. */
  public int totalWrites() {
    return calls.asked().writes().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How often a version attribute was read, in all boots. */
  public int reads(String parent, String type) {
    return calls.asked().reads(parent, type);
  }

  /** The most questions that one parent had to answer at the same time. */
  public int mostWritesAtOnce() {
    return calls.asked().mostAtOnce();
  }

  /**
   * Has this told, on the thread of the change, of everything that the kernel announces: messages
   * as they come over netlink, one character per byte.
   */
  public void onUevent(Consumer<String> listener) {
    uevents.add(listener);
  }

  // ---- the system calls

  @Override
  public List<String> list(Path directory) throws PosixException {
    return call("readdir", directory, () -> List.copyOf(folder(directory).names().get()));
  }

  @Override
  public Path realPath(Path path) throws PosixException {
    return call("readlink", path, () -> find(path, Walk.Last.FOLLOWED).path());
  }

  @Override
  public FileStatus stat(Path path) throws PosixException {
    return call(
        "stat",
        path,
        () -> {
          Entry entry = find(path, Walk.Last.FOLLOWED).entry();
          return entry instanceof Attribute attribute
              ? new FileStatus(attribute.inode(), attribute.mode())
              : new FileStatus(((Folder) entry).inode(), Entry.FOLDER_MODE);
        });
  }

  @Override
  public byte[] read(Path file, int limit) throws PosixException {
    Entry entry = call("open", file, () -> openForReading(file));
    return call(
        "read",
        file,
        () -> {
          if (!(entry instanceof Attribute attribute)) {
            throw new ErrnoException(EISDIR);
          }
          byte[] bytes = attribute.reader().read();
          return Arrays.copyOf(bytes, Math.min(Math.min(limit, PAGE - 1), bytes.length));
        });
  }

  @Override
  public WritableFile openForWriting(Path file) throws PosixException {
    return new Opened(file, call("open", file, () -> writable(file)));
  }

  /** One question by hand: resolves an attribute's directory, opens it and writes to it once. */
  public int write(Path file, byte[] bytes) throws PosixException {
    Path folder = call("open", file, () -> find(file.getParent(), Walk.Last.FOLLOWED).path());
    try (WritableFile open = openForWriting(folder.resolve(file.getFileName()))) {
      return open.write(bytes);
    }
  }

  @Override
  public void requireWritable(Path path) throws PosixException {
    call(
        "access",
        path,
        () -> {
          Walk.Found found = find(path, Walk.Last.FOLLOWED);
          requireWritable(found);
          return found;
        });
  }

  /** An attribute that is open for writing. */
  private final class Opened implements WritableFile {
    private final Path file;
    private final Attribute attribute;

    Opened(Path file, Attribute attribute) {
      this.file = file;
      this.attribute = attribute;
    }

    @Override
    public FileStatus status() {
      return new FileStatus(attribute.inode(), attribute.mode());
    }

    @Override
    public long fileSystemMagic() throws PosixException {
      return SimulatedKernel.this.fileSystemMagic(file);
    }

    @Override
    public int write(byte[] bytes) throws PosixException {
      if (bytes.length == 0) {
        return 0; // sysfs does not bother the driver with nothing
      }
      byte[] page = Arrays.copyOf(bytes, Math.min(PAGE, bytes.length));
      while (true) {
        try {
          return call("write", file, () -> attribute.writer().write(page));
        } catch (PosixException e) {
          if (e.errno() != Errno.EINTR) {
            throw e;
          }
        }
      }
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  @Override
  public long fileSystemMagic(Path path) throws PosixException {
    return call(
        "statfs",
        path,
        () -> {
          Path real = find(path, Walk.Last.FOLLOWED).path();
          if (real.startsWith(SYS) && mount != Mount.ABSENT) {
            return SYSFS_MAGIC;
          }
          return real.startsWith(PROC) ? PROC_MAGIC : TMPFS_MAGIC;
        });
  }

  private Entry openForReading(Path file) throws ErrnoException {
    Entry entry = find(file, Walk.Last.FOLLOWED).entry();
    if (entry instanceof Attribute attribute && (attribute.mode() & 0444) == 0) {
      throw new ErrnoException(Errno.EACCES);
    }
    return entry;
  }

  private Attribute writable(Path file) throws ErrnoException {
    Walk.Found found = find(file, Walk.Last.NOT_FOLLOWED);
    if (found.entry() instanceof Link || !found.path().equals(file)) {
      throw new ErrnoException(Errno.ELOOP);
    }
    if (!(found.entry() instanceof Attribute attribute)) {
      throw new ErrnoException(EISDIR);
    }
    requireWritable(found);
    return attribute;
  }

  private void requireWritable(Walk.Found found) throws ErrnoException {
    if (found.entry() instanceof Attribute attribute && (attribute.mode() & 0222) == 0) {
      throw new ErrnoException(Errno.EACCES);
    }
    if (mount == Mount.READ_ONLY && found.path().startsWith(SYS)) {
      throw new ErrnoException(Errno.EROFS);
    }
  }

  private Folder folder(Path path) throws ErrnoException {
    if (find(path, Walk.Last.FOLLOWED).entry() instanceof Folder folder) {
      return folder;
    }
    throw new ErrnoException(Errno.ENOTDIR);
  }

  private Walk.Found find(Path path, Walk.Last last) throws ErrnoException {
    fault(path);
    Walk.Found found = walk.find(path, last);
    fault(found.path());
    return found;
  }

  private void fault(Path path) throws ErrnoException {
    for (Map.Entry<Path, Integer> fault : faults.entrySet()) {
      if (path.startsWith(fault.getKey())) {
        throw new ErrnoException(fault.getValue());
      }
    }
  }

  private interface Call<T> {
    T run() throws ErrnoException;
  }

  private <T> T call(String name, Path path, Call<T> call) throws PosixException {
    try {
      calls.awaitNoPanic();
      return call.run();
    } catch (ErrnoException e) {
      throw new PosixException(name, path, e.errno());
    }
  }

  // ---- changes

  Machine machine() {
    return machine;
  }

  /** What was, and what is. */
  private record Change(Machine before, Machine after) {}

  private Change change(UnaryOperator<Machine> how) {
    synchronized (lock) {
      Machine before = machine;
      Machine next = how.apply(before);
      machine = next;
      walk = walk(next, mount);
      return new Change(before, next);
    }
  }

  private void announce(Change change) {
    uevents.tell(change.before(), change.after());
  }

  private void mount(Mount how) {
    synchronized (lock) {
      mount = how;
      walk = walk(machine, how);
    }
  }

  private Walk walk(Machine of, Mount how) {
    return new Walk(how == Mount.ABSENT ? Tree.withoutSysfs(of, calls) : Tree.of(of, calls));
  }
}
