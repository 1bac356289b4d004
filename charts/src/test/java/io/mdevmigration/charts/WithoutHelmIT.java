package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mdevmigration.e2e.Project;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What docs/install.md says for people without Helm, done in a cluster, in its order. */
class WithoutHelmIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void theCommandsInstallUninstallAndLeaveNothingBehind() throws Exception {
    List<String> commands = commands();
    assertThat(commands).hasSize(5);
    try (PlayedCluster cluster = new PlayedCluster()) {
      run(cluster, commands.get(0));
      for (String workload : List.of("daemonset/mdev-node", "deployment/mdev-operator")) {
        cluster.kubectl("-n", "mdev-migration", "rollout", "status", workload, "--timeout=120s");
      }
      assertThat(cluster.nodesOf("mdev-migration", "mdev-node"))
          .containsExactlyInAnyOrder("gpu-a", "gpu-b");
      assertThat(
              cluster.kubectl(
                  "-n", "mdev-migration", "get", "deployment", "mdev-operator", "-o", "yaml"))
          .contains("value: Steer");
      cluster.populate();

      run(cluster, commands.get(1));
      assertThat(cluster.client().nodes().withName("gpu-a").get().getMetadata().getLabels())
          .containsKey(PlayedCluster.LABEL);

      run(cluster, commands.get(2));
      assertThat(cluster.client().nodes().withName("gpu-a").get().getMetadata().getLabels())
          .doesNotContainKey(PlayedCluster.LABEL);
      assertThat(cluster.kubectl("get", "mdevnodestates,migrationcompatibilities", "-o", "name"))
          .isEqualTo("migrationcompatibility.mdevmigration.io/fleet\n");

      cluster.kubectl("label", "node", "gpu-a", PlayedCluster.LABEL + "=true");
      run(cluster, commands.get(3));
      assertThat(cluster.client().nodes().withName("gpu-a").get().getMetadata().getLabels())
          .doesNotContainKey(PlayedCluster.LABEL)
          .containsKey("kubevirt.io/schedulable");
      run(cluster, commands.get(4));
      await()
          .atMost(PATIENCE)
          // A kind that has just gone is listed a moment longer.
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(ours(cluster)).as("what is left").isEmpty());
    }
  }

  /** The commands below "Without Helm", a block each. */
  private static List<String> commands() throws IOException {
    String text = Files.readString(Project.root().resolve("docs/install.md"));
    return Pattern.compile("(?s)```sh\n(.*?)```")
        .matcher(text.substring(text.indexOf("## Without Helm")))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  private static void run(PlayedCluster cluster, String command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euc", "set -o pipefail\n" + command)
            .directory(Project.root().toFile())
            .redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("KUBECONFIG", cluster.kubeconfig().toString());
    Path operator = Project.program("operator/target/mdev-operator/bin/mdev-operator").getParent();
    environment.put(
        "PATH", "%s:%s:%s".formatted(cluster.programs(), operator, environment.get("PATH")));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  /** Every object of any kind that has this project's name. */
  private static List<String> ours(PlayedCluster cluster) {
    String kinds =
        cluster
            .kubectl("api-resources", "--verbs=list", "-o", "name")
            .lines()
            .filter(kind -> !kind.startsWith("events") && !kind.startsWith("componentstatuses"))
            .collect(Collectors.joining(","));
    return Pattern.compile("(?m)^\\S*mdev\\S*$")
        .matcher(cluster.kubectl("get", kinds, "-A", "-o", "name"))
        .results()
        .map(MatchResult::group)
        .toList();
  }
}
