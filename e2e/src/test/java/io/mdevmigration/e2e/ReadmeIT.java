package io.mdevmigration.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README shows is what one sees: its YAML, its commands, their output. */
class ReadmeIT {
  private static final Path ROOT = Project.root();
  private static final String TYPE = "i915-GVTg_V5_4";
  private static final String VERSION = "8086-193b-GVTg_V5_4-00000001";

  @Test
  void theFirstMigrationCompatibilityShowsWhatTheReadmeShows() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.start();
        KubernetesClient client = controlPlane.client("readme-test");
        Fleet fleet =
            Fleet.of(client, controlPlane.config("mdev-node/readme"), DaemonOptions.DEFAULTS)) {
      CustomResources.install(controlPlane);
      fleet.add(
          "gpu-a",
          SimulatedKernel.with(driver("1.0").type(TYPE, t -> t.version(VERSION).accepts(VERSION))));
      fleet.add(
          "gpu-b",
          SimulatedKernel.with(
              driver("1.1").type(TYPE, t -> t.version(VERSION + "b").accepts(VERSION))));
      fleet.add(
          "gpu-c", SimulatedKernel.with(driver("0.9").type(TYPE, t -> t.version(VERSION + "c"))));
      try (OperatorProcess operator = OperatorProcess.start(controlPlane)) {
        controlPlane.kubectlWithInput(block("yaml").get(0), "apply", "-f", "-").orThrow();
        controlPlane
            .kubectl("wait", "--for=condition=Ready", "--timeout=60s", "mcompat", "--all")
            .orThrow();
        assertThat(operator.isAlive()).isTrue();
        // What is shown of KubeVirt is NodeEvacuationIT's.
        List<String> sessions = block("console", section("## Ask for a fleet"));
        assertThat(sessions).hasSize(4);
        for (String session : sessions) {
          String[] parts = session.split("\n", 2);
          assertThat(parts[0]).startsWith("$ kubectl ");
          // Events are written behind everything else.
          await()
              .atMost(Duration.ofSeconds(30))
              .untilAsserted(
                  () ->
                      assertThat(ageless(run(controlPlane, parts[0].substring(2))))
                          .as(parts[0])
                          .isEqualTo(ageless(parts[1])));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("hostCommands")
  void theCommandsForOneHostRunHere(String command) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-c", command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    // Whether this host has mdev devices is not the README's business; wrong usage (64) would be.
    assertThat(process.waitFor()).as(output).isBetween(0, 3);
  }

  static Stream<String> hostCommands() throws IOException {
    return block("sh").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("node-daemon/"))
        .filter(line -> !line.contains(" daemon "));
  }

  @Test
  void everyFileThatTheReadmeNamesIsThere() throws IOException {
    List<String> named =
        Pattern.compile("]\\(([^)#:]+)\\)|(?m)^(e2e/[a-z]+)$")
            .matcher(readme())
            .results()
            .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
            .toList();
    assertThat(named).contains("CONTRIBUTING.md", "e2e/demo", "e2e/test", "e2e/sample-driver");
    assertThat(named).allSatisfy(file -> assertThat(ROOT.resolve(file)).exists());
  }

  private static SimulatedDriver driver(String version) {
    return SimulatedDriver.named("i915").version(version).parents(1);
  }

  private static String run(ControlPlane controlPlane, String command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("KUBECONFIG", controlPlane.kubeconfig().toString());
    environment.put(
        "PATH", controlPlane.program("kubectl").getParent() + ":" + environment.get("PATH"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** The text with every age replaced, and columns as far apart as they happen to be. */
  private static String ageless(String text) {
    return text.replaceAll(" +[0-9]+[smh]+\\b", " AGE").replaceAll(" +", " ").strip();
  }

  private static List<String> block(String language) throws IOException {
    return block(language, readme());
  }

  private static List<String> block(String language, String text) {
    return Pattern.compile("(?s)```" + language + "\n(.*?)```")
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  private static String section(String title) throws IOException {
    String from = readme().split(Pattern.quote(title), 2)[1];
    return from.split("\n## ", 2)[0];
  }

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"), StandardCharsets.UTF_8);
  }
}
