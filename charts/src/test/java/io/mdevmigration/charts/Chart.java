package io.mdevmigration.charts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.Helm;
import io.mdevmigration.e2e.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A chart in a folder, rendered by Helm.
 *
 * @param folder the one with Chart.yaml
 */
record Chart(Path folder) {
  /** The one that is shipped. */
  static final Chart SHIPPED = new Chart(Project.root().resolve("charts/mdev-migration"));

  /** The namespace where nothing else is said. */
  static final String NAMESPACE = "mdev-migration";

  /** The oldest Kubernetes that the chart is for. */
  static final String OLDEST = "1.30.0";

  static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final Pattern DOCUMENT =
      Pattern.compile(
          "(?ms)^---\\R# Source: ([^/\\s]+(?:/charts/[^/\\s]+)*)/templates/(\\S+)\\R(.*?)(?=^---\\R# Source: |\\z)");

  private static final Pattern HOOK = Pattern.compile("(?m)^ *helm\\.sh/hook: .*\\R");

  Chart {
    requireNonNull(folder, "folder");
  }

  /**
   * The objects for these values (YAML), in the order in which Helm installs them; without those of
   * hooks.
   */
  List<Rendered> render(String namespace, String values) {
    Path file = file(values);
    try {
      String text =
          new Helm(folder)
              .template()
              .withName("mdev-migration")
              .withKubeVersion(OLDEST)
              .withNamespace(namespace)
              .withValuesFile(file)
              .call();
      // No object at all is no text at all.
      return text == null
          ? List.of()
          : DOCUMENT.matcher(text).results().map(Chart::rendered).toList();
    } finally {
      delete(file);
    }
  }

  /** A file with values, which {@link #delete} removes. */
  static Path file(String values) {
    try {
      return Files.writeString(
          Files.createTempFile("values-", ".yaml"), values, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of the chart, as text. */
  String text(String path) {
    try {
      return Files.readString(folder.resolve(path), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode yaml(String text) {
    try {
      return YAML.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy of the chart in a folder that is made, for a test that changes it. */
  Chart copyTo(Path target) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, target.resolve(folder.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Chart(target);
  }

  /**
   * A copy of the chart in a folder that is made, with the objects of its hooks ({@code helm test},
   * {@code helm uninstall}) among all.
   */
  Chart withHooksTo(Path target) {
    Chart copy = copyTo(target);
    try (Stream<Path> templates = Files.walk(target.resolve("templates"))) {
      for (Path template : (Iterable<Path>) templates.filter(Files::isRegularFile)::iterator) {
        Files.writeString(template, HOOK.matcher(Files.readString(template)).replaceAll(""));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }

  private static Rendered rendered(MatchResult found) {
    return new Rendered(found.group(2), found.group(3), yaml(found.group(3)));
  }
}
