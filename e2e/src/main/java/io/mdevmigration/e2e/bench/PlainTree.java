package io.mdevmigration.e2e.bench;

import io.mdevmigration.e2e.simulated.SimulatedDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * An mdev tree of plain files, for a daemon that is a process of its own. Every parent offers the
 * same types, and every type has the same version, so that what is asked and written into the files
 * changes nothing. It is below /dev/shm, in memory as sysfs is.
 *
 * @param root to be taken for the root of sysfs
 * @param parents how many
 * @param types of each parent
 */
record PlainTree(Path root, int parents, int types) implements AutoCloseable {
  static final String VERSION = "v00";

  /** Writes the tree. */
  static PlainTree write(int parents, int types) {
    try {
      Path memory = Path.of("/dev/shm");
      Path root =
          Files.isDirectory(memory)
              ? Files.createTempDirectory(memory, "mdev-bench-")
              : Files.createTempDirectory("mdev-bench-");
      PlainTree tree = new PlainTree(root, parents, types);
      tree.write();
      return tree;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write an mdev tree", e);
    }
  }

  /** A type's full name. */
  static String type(int type) {
    return "plain-T%02d".formatted(type);
  }

  private void write() throws IOException {
    Path driver = Files.createDirectories(root.resolve("bus/pci/drivers/plain"));
    Path module = Files.createDirectories(root.resolve("module/plain"));
    text(module.resolve("version"), "1.0");
    Files.createSymbolicLink(driver.resolve("module"), driver.relativize(module));
    Path bus = Files.createDirectories(root.resolve("class/mdev_bus"));
    Files.createDirectories(root.resolve("bus/mdev/devices"));
    Path devices = Files.createDirectories(root.resolve("devices/pci0000:00"));
    for (int i = 0; i < parents; i++) {
      Path parent = Files.createDirectory(devices.resolve(SimulatedDriver.parentName(i)));
      Files.createSymbolicLink(bus.resolve(parent.getFileName()), bus.relativize(parent));
      Files.createSymbolicLink(parent.resolve("driver"), parent.relativize(driver));
      for (int j = 0; j < types; j++) {
        Path type =
            Files.createDirectories(parent.resolve("mdev_supported_types").resolve(type(j)));
        text(type.resolve("name"), "T%02d".formatted(j));
        text(type.resolve("device_api"), "vfio-pci");
        text(type.resolve("available_instances"), "4");
        text(type.resolve("version"), VERSION);
      }
    }
  }

  private static void text(Path file, String text) throws IOException {
    Files.writeString(file, text + "\n");
  }

  /** Deletes it. */
  @Override
  public void close() {
    try (var files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + root, e);
    }
  }
}
