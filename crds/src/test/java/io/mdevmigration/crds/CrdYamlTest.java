package io.mdevmigration.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CrdYamlTest {
  /** The module's own folder: Maven runs tests there. */
  private static final Path CRDS = Path.of("").toAbsolutePath();

  @Test
  void theYamlBesideTheRecordsIsWhatTheRecordsGenerate() throws IOException {
    Map<String, String> generated = CrdYaml.generate();
    if (Boolean.getBoolean("crds.write")) {
      for (var file : generated.entrySet()) {
        Files.writeString(CRDS.resolve(file.getKey()), file.getValue(), StandardCharsets.UTF_8);
      }
    }
    Map<String, String> present = new TreeMap<>();
    try (var files = Files.newDirectoryStream(CRDS, "*.yaml")) {
      for (Path file : files) {
        present.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.UTF_8));
      }
    }
    assertThat(present)
        .as(
            "records and crds/*.yaml have drifted apart; generate anew with"
                + " mvn -pl crds test -Dtest=CrdYamlTest -Dcrds.write=true")
        .isEqualTo(generated);
  }

  @Test
  void theReferenceInDocsIsWhatTheYamlGenerates() throws IOException {
    Path reference = CRDS.resolve("../docs/api.md");
    String generated = ApiReference.of(CrdYaml.generate().values());
    if (Boolean.getBoolean("crds.write")) {
      Files.writeString(reference, generated, StandardCharsets.UTF_8);
    }
    assertThat(Files.readString(reference, StandardCharsets.UTF_8))
        .as(
            "records and docs/api.md have drifted apart; generate anew with"
                + " mvn -pl crds test -Dtest=CrdYamlTest -Dcrds.write=true")
        .isEqualTo(generated);
  }
}
