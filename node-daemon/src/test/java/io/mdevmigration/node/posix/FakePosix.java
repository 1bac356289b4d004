package io.mdevmigration.node.posix;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/** A kernel in memory: directories, links, attributes, and drivers that answer as told. */
public final class FakePosix implements Posix {
  /** What a write of a string does: gives the count, or throws. */
  public interface Store {
    int write(String text) throws PosixException;
  }

  /** What a read gives. */
  public interface Show {
    String read() throws PosixException;
  }

  private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");

  private record Node(long inode, int mode, Show show, Store store) {}

  private final Map<Path, Node> files = new TreeMap<>();
  private final Map<Path, Path> links = new HashMap<>();
  private final Map<Path, Integer> broken = new HashMap<>();
  private final Map<Path, Integer> unopenable = new HashMap<>();
  private final Map<Path, Long> mounts = new HashMap<>();
  private long nextInode = 100;

  /** Every write, as path and what was written. */
  public final List<String> writes = new CopyOnWriteArrayList<>();

  /** What happens just before a file is opened for writing. */
  public volatile Runnable beforeOpening = () -> {};

  /** How many files are open for writing. */
  public final AtomicInteger open = new AtomicInteger();

  /** How many were opened for writing. */
  public final AtomicInteger opened = new AtomicInteger();

  /** How often the kernel's release was read: once in each scan. */
  public final AtomicInteger scans = new AtomicInteger();

  /** The magic number of every path but those below the mounts. */
  public long magic = 0x62656572;

  /** A kernel with an mdev bus without parents. */
  public FakePosix() {
    boot("boot-1");
    file(RELEASE.toString(), "6.1.0-test\n");
    directory("/sys/class/mdev_bus");
    directory("/sys/module/mdev");
    directory("/sys/bus/mdev/devices");
  }

  /** Gives it another boot id. */
  public synchronized FakePosix boot(String id) {
    return file("/proc/sys/kernel/random/boot_id", id + "\n");
  }

  /** Adds a parent with a driver link. */
  public synchronized FakePosix parent(String name, String driver) {
    Path device = device(name);
    directory(device + "/mdev_supported_types");
    directory("/sys/module/" + driver);
    directory("/sys/bus/pci/drivers/" + driver);
    link("/sys/bus/pci/drivers/" + driver + "/module", "/sys/module/" + driver);
    link(device + "/driver", "/sys/bus/pci/drivers/" + driver);
    link("/sys/class/mdev_bus/" + name, device.toString());
    return this;
  }

  /** Adds a type with a name and a device API, without a version attribute. */
  public synchronized FakePosix type(String parent, String type) {
    Path directory = types(parent).resolve(type);
    directory(directory.toString());
    file(directory + "/name", "Name of " + type + "\n");
    file(directory + "/device_api", "vfio-pci\n");
    file(directory + "/available_instances", "3\n");
    return this;
  }

  /** Adds a type with a version that accepts exactly this version. */
  public synchronized FakePosix type(String parent, String type, String version) {
    type(parent, type);
    return version(
        parent,
        type,
        () -> version + "\n",
        text -> {
          if (!text.equals(version + "\n")) {
            throw new PosixException("write", Path.of("version"), Errno.EINVAL);
          }
          return text.length();
        });
  }

  /** Sets how a version attribute answers; a new attribute with a new inode. */
  public synchronized FakePosix version(String parent, String type, Show show, Store store) {
    files.put(
        types(parent).resolve(type).resolve("version"), new Node(nextInode++, 0644, show, store));
    return this;
  }

  /** Changes how an attribute is read; the attribute stays the same. */
  public synchronized FakePosix show(String parent, String type, Show show) {
    files.computeIfPresent(
        types(parent).resolve(type).resolve("version"),
        (path, node) -> new Node(node.inode(), node.mode(), show, node.store()));
    return this;
  }

  /** Changes how an attribute answers; the attribute stays the same. */
  public synchronized FakePosix store(String parent, String type, Store store) {
    files.computeIfPresent(
        types(parent).resolve(type).resolve("version"),
        (path, node) -> new Node(node.inode(), node.mode(), node.show(), store));
    return this;
  }

  /** Changes an attribute's mode. */
  public synchronized FakePosix mode(String path, int mode) {
    files.computeIfPresent(
        Path.of(path), (p, node) -> new Node(node.inode(), mode, node.show(), node.store()));
    return this;
  }

  /** Adds or replaces a file that reads as text. */
  public synchronized FakePosix file(String path, String text) {
    directory(Path.of(path).getParent().toString());
    files.put(Path.of(path), new Node(nextInode++, 0644, () -> text, text2 -> text2.length()));
    return this;
  }

  /** Adds a directory and those above it. */
  public synchronized FakePosix directory(String path) {
    for (Path p = Path.of(path); p != null; p = p.getParent()) {
      files.computeIfAbsent(p, x -> new Node(nextInode++, 0755, null, null));
    }
    return this;
  }

  /** Adds a symbolic link. */
  public synchronized FakePosix link(String path, String target) {
    directory(Path.of(path).getParent().toString());
    links.put(Path.of(path), Path.of(target));
    return this;
  }

  /** Takes a path and all below it away, links included. */
  public synchronized FakePosix remove(String path) {
    files.keySet().removeIf(p -> p.startsWith(path));
    links.keySet().removeIf(p -> p.startsWith(path));
    return this;
  }

  /** Takes a parent away. */
  public synchronized FakePosix removeParent(String name) {
    remove("/sys/class/mdev_bus/" + name);
    return remove(device(name).toString());
  }

  /** Mounts a file system of another kind; what was there stays. */
  public synchronized FakePosix mount(String path, long magicNumber) {
    mounts.put(Path.of(path), magicNumber);
    return this;
  }

  /** Makes every call on a path fail; 0 heals it. */
  public synchronized FakePosix fail(String path, int errno) {
    return set(broken, path, errno);
  }

  /** Makes open for writing fail; 0 heals it. */
  public synchronized FakePosix failOpen(String path, int errno) {
    return set(unopenable, path, errno);
  }

  private FakePosix set(Map<Path, Integer> errors, String path, int errno) {
    if (errno == 0) {
      errors.remove(Path.of(path));
    } else {
      errors.put(Path.of(path), errno);
    }
    return this;
  }

  /** The directory of a parent. */
  public static Path device(String parent) {
    return Path.of("/sys/devices/pci0000:00").resolve(parent);
  }

  private static Path types(String parent) {
    return device(parent).resolve("mdev_supported_types");
  }

  @Override
  public synchronized List<String> list(Path directory) throws PosixException {
    Path real = realPath(directory);
    return Stream.concat(files.keySet().stream(), links.keySet().stream())
        .filter(p -> real.equals(p.getParent()))
        .map(p -> p.getFileName().toString())
        .distinct()
        .toList();
  }

  @Override
  public synchronized Path realPath(Path path) throws PosixException {
    return resolve("readlink", path, 0);
  }

  private Path resolve(String call, Path path, int depth) throws PosixException {
    Integer errno = broken.get(path);
    if (errno != null) {
      throw new PosixException(call, path, errno);
    }
    if (depth > 40) {
      throw new PosixException(call, path, Errno.ELOOP);
    }
    Path at = Path.of("/");
    for (Path part : path) {
      at = at.resolve(part);
      Path target = links.get(at);
      if (target != null) {
        at = resolve(call, at.getParent().resolve(target).normalize(), depth + 1);
      }
    }
    errno = broken.get(at);
    if (errno != null || !files.containsKey(at)) {
      throw new PosixException(call, path, errno == null ? Errno.ENOENT : errno);
    }
    return at;
  }

  @Override
  public synchronized FileStatus stat(Path path) throws PosixException {
    Node node = node("stat", path);
    return new FileStatus(node.inode(), node.mode());
  }

  private synchronized Node node(String call, Path path) throws PosixException {
    return files.get(resolve(call, path, 0));
  }

  @Override
  public byte[] read(Path file, int limit) throws PosixException {
    if (file.equals(RELEASE)) {
      scans.incrementAndGet();
    }
    Show show = node("open", file).show();
    if (show == null) {
      throw new PosixException("read", file, Errno.EISDIR);
    }
    byte[] bytes = show.read().getBytes(StandardCharsets.ISO_8859_1);
    return bytes.length > limit ? Arrays.copyOf(bytes, limit) : bytes;
  }

  @Override
  public WritableFile openForWriting(Path file) throws PosixException {
    beforeOpening.run();
    synchronized (this) {
      Integer errno = unopenable.get(file);
      if (errno != null) {
        throw new PosixException("open", file, errno);
      }
      Node node = node("open", file);
      if (!resolve("open", file, 0).equals(file)) {
        throw new PosixException("open", file, Errno.ELOOP);
      }
      return new Opened(file, node);
    }
  }

  private final class Opened implements WritableFile {
    private final Path file;
    private final Node node;

    Opened(Path file, Node node) {
      this.file = file;
      this.node = node;
      open.incrementAndGet();
      opened.incrementAndGet();
    }

    @Override
    public FileStatus status() {
      return new FileStatus(node.inode(), node.mode());
    }

    @Override
    public long fileSystemMagic() {
      return magicOf(file);
    }

    @Override
    public int write(byte[] bytes) throws PosixException {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      if (bytes.length == 0) {
        return 0; // sysfs does not bother the driver with nothing
      }
      writes.add(file.subpath(3, file.getNameCount()) + "=" + text);
      return node.store().write(text);
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  @Override
  public synchronized void requireWritable(Path path) throws PosixException {
    node("access", path);
    Integer errno = unopenable.get(path);
    if (errno != null) {
      throw new PosixException("access", path, errno);
    }
  }

  @Override
  public synchronized long fileSystemMagic(Path path) throws PosixException {
    return magicOf(resolve("statfs", path, 0));
  }

  private synchronized long magicOf(Path real) {
    return mounts.entrySet().stream()
        .filter(mount -> real.startsWith(mount.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(magic);
  }

  /** A store that fails with what a function gives for the text, 0 being acceptance. */
  public static Store answering(Function<String, Integer> errno) {
    return text -> {
      int number = errno.apply(text.strip());
      if (number != 0) {
        throw new PosixException("write", Path.of("version"), number);
      }
      return text.length();
    };
  }
}
