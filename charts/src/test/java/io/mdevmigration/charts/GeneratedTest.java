package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.e2e.Project;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is written once in the chart, or once for it, and stands elsewhere too. */
class GeneratedTest {
  private static final Path ROOT = Project.root();
  private static final String ANEW =
      "generate anew with mvn test -pl charts -am -Dtest=GeneratedTest -Dchart.write=true"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  @Test
  void theFolderDeployIsWhatTheChartRenders() throws IOException {
    assertSame("deploy", "deploy and the chart", DeployFolder.generate(Chart.SHIPPED));
  }

  @Test
  void theChartInstallsTheCustomResourcesThatTheRecordsGenerate() throws IOException {
    assertSame(
        "charts/mdev-migration/files/crds", "crds/*.yaml and the chart's", yamlFiles("crds"));
  }

  @Test
  void theReadmesTableListsEveryValueWithItsComment() throws IOException {
    Path readme = Chart.SHIPPED.folder().resolve("README.md");
    String present = Files.readString(readme, StandardCharsets.UTF_8);
    String generated = ValuesTable.of(Chart.SHIPPED.text("values.yaml")).insertedInto(present);
    if (Boolean.getBoolean("chart.write")) {
      Files.writeString(readme, generated, StandardCharsets.UTF_8);
      present = generated;
    }
    assertThat(present).as("values.yaml and the README's table; " + ANEW).isEqualTo(generated);
  }

  private static void assertSame(String folder, String what, Map<String, String> generated)
      throws IOException {
    if (Boolean.getBoolean("chart.write")) {
      for (String stale : yamlFiles(folder).keySet()) {
        Files.delete(ROOT.resolve(folder).resolve(stale));
      }
      for (var file : generated.entrySet()) {
        Path path = ROOT.resolve(folder).resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue(), StandardCharsets.UTF_8);
      }
    }
    assertThat(yamlFiles(folder)).as(what + " have drifted apart; " + ANEW).isEqualTo(generated);
  }

  /** Text by path below a folder; not below build folders. */
  private static Map<String, String> yamlFiles(String folder) throws IOException {
    Path root = ROOT.resolve(folder);
    Map<String, String> texts = new TreeMap<>();
    try (var files = Files.find(root, 2, (path, attributes) -> path.toString().endsWith(".yaml"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        texts.put(root.relativize(file).toString(), Files.readString(file, StandardCharsets.UTF_8));
      }
    }
    return texts;
  }
}
