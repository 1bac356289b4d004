package io.mdevmigration.e2e;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the project's own scripts and built programs lie, from wherever a test is started. */
public final class Project {
  private static final Path LANDMARK = Path.of("e2e", "control-plane", "install");

  private Project() {}

  /**
   * The project's root folder: the one above these classes, or above the working directory, that
   * has the scripts.
   *
   * @throws IllegalStateException if there is none
   */
  public static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Stream.concat(ownLocation().stream(), Stream.of(here))
        .flatMap(start -> Stream.iterate(start, folder -> folder != null, Path::getParent))
        .filter(folder -> Files.isExecutable(folder.resolve(LANDMARK)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("found no " + LANDMARK + " above " + here));
  }

  /**
   * A program that the build leaves behind.
   *
   * @param path below the root
   * @throws IllegalStateException if it is not there: it has to be built first
   */
  public static Path program(String path) {
    Path program = root().resolve(path);
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(program + " is missing: run mvn package first");
    }
    return program;
  }

  /** Where this class was loaded from: the module's target folder, usually. */
  private static Optional<Path> ownLocation() {
    CodeSource source = Project.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(source.getLocation().toURI()));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
