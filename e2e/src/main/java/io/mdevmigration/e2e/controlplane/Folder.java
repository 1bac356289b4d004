package io.mdevmigration.e2e.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder with all that is in it. Methods throw {@link UncheckedIOException}.
 *
 * @param path where it is
 */
record Folder(Path path) {
  /** Copies it to where nothing is yet. */
  void copyTo(Path target) {
    try {
      for (Path each : parentsFirst()) {
        Files.copy(each, target.resolve(path.relativize(each)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes it. */
  void delete() {
    try {
      for (Path each : parentsFirst().stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> parentsFirst() throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      return all.toList();
    }
  }
}
