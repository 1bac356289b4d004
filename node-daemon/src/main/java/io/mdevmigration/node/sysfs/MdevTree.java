package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.Deadline;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The mdev tree of a kernel: reads it as a whole. */
public final class MdevTree {
  /** What statfs(2) gives for sysfs: SYSFS_MAGIC in include/uapi/linux/magic.h. */
  public static final long SYSFS_MAGIC = 0x62656572;

  private static final Path PROC = Path.of("/proc/sys/kernel");
  private static final int PROC_VALUE_MAX = 256;

  /**
   * More than any machine has: 256 virtual functions of 20 types are many. A tree that has more is
   * read as far as this.
   */
  private static final int PARENTS_MAX = 4096;

  private static final int TYPES_MAX = 65_536;

  /** Names of the others tell nothing new. */
  private static final int TROUBLES_MAX = 256;

  private final Posix posix;
  private final Path root;
  private final ParentReader parentReader;
  private final int parentsMax;
  private final int typesMax;

  /**
   * A tree.
   *
   * @param root where sysfs is mounted
   * @param names how the version attribute may be called
   */
  public MdevTree(Posix posix, Deadline deadline, Path root, AttributeNames names) {
    this(posix, deadline, root, names, PARENTS_MAX, TYPES_MAX);
  }

  /** A tree of which so many parents are read, and so many types of all parents together. */
  MdevTree(
      Posix posix,
      Deadline deadline,
      Path root,
      AttributeNames names,
      int parentsMax,
      int typesMax) {
    this.parentsMax = parentsMax;
    this.typesMax = typesMax;
    this.posix = requireNonNull(posix, "posix");
    this.root = requireNonNull(root, "root");
    this.parentReader = new ParentReader(posix, new AttributeReader(posix, deadline), root, names);
  }

  /**
   * Reads the tree. Never throws: what could not be read is in the scan's troubles.
   *
   * @param familiar which versions need no second read
   */
  public Scan scan(ScanScope scope, Familiar familiar) {
    return new Pass(scope, familiar).run();
  }

  /** One walk through the tree, and what it has found so far. */
  private final class Pass {
    private final ScanScope scope;
    private final Familiar familiar;
    private final List<ScannedParent> parents = new ArrayList<>();
    private final Set<String> unreadable = new HashSet<>();
    private final List<Trouble> troubles = new ArrayList<>();
    private boolean vanished;
    private int types;

    Pass(ScanScope scope, Familiar familiar) {
      this.scope = scope;
      this.familiar = requireNonNull(familiar, "familiar");
    }

    Scan run() {
      Optional<String> bootId = kernel(PROC.resolve("random").resolve("boot_id"));
      Optional<String> release = kernel(PROC.resolve("osrelease"));
      boolean sysfs = isSysfs();
      Bus bus = bus();
      return new Scan(
          sysfs,
          bus == Bus.ABSENT && !sysfs ? Bus.UNREADABLE : bus,
          bootId,
          release,
          parents,
          unreadable,
          scope == ScanScope.EVERYTHING ? instances() : List.of(),
          troubles,
          vanished);
    }

    private boolean isSysfs() {
      try {
        return posix.fileSystemMagic(root) == SYSFS_MAGIC;
      } catch (PosixException e) {
        trouble(root, e, "name the place where sysfs is mounted");
        return false;
      }
    }

    private Bus bus() {
      Path directory = root.resolve("class").resolve("mdev_bus");
      try {
        Path resolvedRoot = posix.realPath(root);
        List<String> names = posix.list(directory).stream().sorted().toList();
        if (names.size() > parentsMax) {
          tooMany(directory, "it has", names.size() + " parents", parentsMax);
        }
        for (String name : names.subList(0, Math.min(parentsMax, names.size()))) {
          parent(name, directory, resolvedRoot);
        }
        return Bus.PRESENT;
      } catch (PosixException e) {
        if (e.errno() == Errno.ENOENT) {
          return withoutBus();
        }
        trouble(directory, e, "let this process read it");
        return Bus.UNREADABLE;
      }
    }

    private Bus withoutBus() {
      Path module = root.resolve("module").resolve("mdev");
      try {
        posix.stat(root.resolve("class"));
        posix.stat(module);
        trouble(
            new Trouble(
                root.resolve("class").resolve("mdev_bus").toString(),
                Errno.ENOENT,
                "the mdev module is loaded, so its class must be there: mount the host's whole"
                    + " sysfs"));
        return Bus.UNREADABLE;
      } catch (PosixException e) {
        if (e.errno() == Errno.ENOENT && existsClass()) {
          return Bus.ABSENT;
        }
        trouble(root.resolve("class"), e, "mount the host's whole sysfs there");
        return Bus.UNREADABLE;
      }
    }

    private boolean existsClass() {
      try {
        posix.stat(root.resolve("class"));
        return true;
      } catch (PosixException e) {
        return false;
      }
    }

    private void parent(String name, Path directory, Path resolvedRoot) {
      if (!FileName.isSafe(name)) {
        // No path is made of it: not every name is one to Java.
        trouble(directory + "/" + name, "a parent's name must be printable ASCII without blanks");
        return;
      }
      Path entry = directory.resolve(name);
      try {
        Path device = posix.realPath(entry);
        if (!AttributeWriter.isDevice(device, resolvedRoot)) {
          unreadable.add(name);
          trouble(
              entry.toString(),
              "it leads out of " + root.resolve("devices") + ", where nothing is touched");
          return;
        }
        ParentReader.Result result =
            parentReader.read(name, device, scope, familiar, typesMax - types);
        parents.add(result.parent());
        types += result.parent().types().size();
        vanished |= result.vanished();
        if (result.leftOut() > 0) {
          unreadable.add(name);
          tooMany(device, "with it there are", (types + result.leftOut()) + " types", typesMax);
        }
        for (String type : result.unsafeTypes()) {
          trouble(type, "a type's name must be printable ASCII without blanks");
        }
      } catch (PosixException e) {
        if (!isGone(e.errno())) {
          unreadable.add(name);
          trouble(entry, e, "let this process read it");
        } else if (isListed(entry)) {
          unreadable.add(name);
          trouble(
              entry,
              e,
              "it is listed, but what it leads to is hidden: mount the host's whole sysfs,"
                  + " /sys/devices included");
        } else {
          vanished = true;
        }
      }
    }

    private static boolean isGone(int errno) {
      return errno == Errno.ENOENT || errno == Errno.ENODEV;
    }

    /** Whether the class still has a parent: the kernel takes it from there before all else. */
    private boolean isListed(Path entry) {
      try {
        return posix.list(entry.getParent()).contains(entry.getFileName().toString());
      } catch (PosixException e) {
        return !isGone(e.errno());
      }
    }

    private List<Instance> instances() {
      Path directory = root.resolve("bus").resolve("mdev").resolve("devices");
      List<Instance> instances = new ArrayList<>();
      try {
        posix.list(directory).stream()
            .filter(FileName::isSafe)
            .sorted()
            .forEach(uuid -> instances.add(instance(uuid, directory.resolve(uuid))));
      } catch (PosixException e) {
        if (e.errno() != Errno.ENOENT) {
          trouble(directory, e, "let this process read it");
        }
      }
      return instances;
    }

    /** {@code <uuid>/mdev_type} leads to {@code <parent>/mdev_supported_types/<type>}. */
    private Instance instance(String uuid, Path entry) {
      try {
        Path type = posix.realPath(entry.resolve("mdev_type"));
        int depth = type.getNameCount();
        return depth < 3
            ? new Instance(uuid, Optional.empty(), Optional.empty())
            : new Instance(
                uuid,
                Optional.of(type.getName(depth - 3).toString()),
                Optional.of(type.getName(depth - 1).toString()));
      } catch (PosixException e) {
        return new Instance(uuid, Optional.empty(), Optional.empty());
      }
    }

    private Optional<String> kernel(Path file) {
      try {
        byte[] bytes = posix.read(file, PROC_VALUE_MAX);
        String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
        if (!text.isEmpty()) {
          return Optional.of(text);
        }
        trouble(file.toString(), "it is empty: mount the host's /proc");
      } catch (PosixException e) {
        trouble(file, e, "mount /proc and let this process read it");
      }
      return Optional.empty();
    }

    private void trouble(Path about, PosixException e, String advice) {
      trouble(new Trouble(about.toString(), e.errno(), advice));
    }

    private void trouble(String about, String advice) {
      trouble(new Trouble(about, 0, advice));
    }

    private void tooMany(Path about, String has, String count, int max) {
      trouble(
          about.toString(),
          "%s %s, and %d are read: the others are not asked about".formatted(has, count, max));
    }

    private void trouble(Trouble trouble) {
      if (troubles.size() < TROUBLES_MAX) {
        troubles.add(trouble);
      }
    }
  }
}
