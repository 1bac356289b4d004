package io.mdevmigration.e2e.bench;

import io.mdevmigration.e2e.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The classes that a shipped program loads, as a JVM has them in memory. Its image holds such an
 * archive; here it is made of the same list for the Java that runs, which takes some seconds.
 */
final class ClassArchive {
  private static final long PATIENCE_SECONDS = 120;

  private ClassArchive() {}

  /**
   * Makes the archive of a program.
   *
   * @param script what starts it, in the folder {@code bin} beside its {@code lib}
   * @param folder where the archive goes
   */
  static Path make(Path script, Path folder) {
    String program = script.getFileName().toString();
    Path home = script.getParent().getParent();
    Path archive = folder.resolve(program + ".jsa");
    Path log = folder.resolve(program + ".jsa.log");
    try {
      Process process =
          new ProcessBuilder(
                  // As the programs' own scripts choose.
                  Optional.ofNullable(System.getenv("JAVA_HOME"))
                      .filter(java -> !java.isEmpty())
                      .map(java -> java + "/bin/java")
                      .orElse("java"),
                  "@" + home.resolve("java-options"),
                  "-Xshare:dump",
                  "-XX:SharedClassListFile="
                      + Project.root().resolve("images/class-lists/" + program),
                  "-XX:SharedArchiveFile=" + archive,
                  "-cp",
                  home.toRealPath() + "/lib/*")
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException("no class archive of " + program + ": see " + log);
      }
      return archive;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /**
   * A JVM to which an archive does not fit goes on without it.
   *
   * @throws IllegalStateException if this process has done so
   */
  static void requireUsed(Path archive, long pid) {
    try {
      if (!Files.readString(Path.of("/proc/" + pid + "/maps")).contains(archive.toString())) {
        throw new IllegalStateException(
            "process %d runs without its class archive %s: its figures would not be those of the image"
                .formatted(pid, archive));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
