package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mdevmigration.e2e.Project;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs as the chart starts them, told to say what they would do. */
class ChartArgumentsIT {
  private static final String EVERY_ARGUMENT =
      """
      operator: {extraArgs: [--lease-duration=20s]}
      nodeDaemon:
        attributes: [version, vendor=other_version]
        noNewlineFor: [vendor, other]
        javaOptions: -Xmx64m
        extraArgs: [--settle=200ms]
      kubevirt: {permittedTypes: false, webhook: {certManager: {enabled: true}}}
      cleanup: {onUninstall: true, crds: true}
      """;

  /** Read by the JVM, not by the programs. */
  private static final String OF_THE_JVM = "JDK_JAVA_OPTIONS";

  /**
   * How each program is kept from beginning its work once it has read all its arguments, and what
   * it says then. With --help it would not complain of arguments that it does not know.
   *
   * @param path the program
   * @param stopper an argument that is wrong
   * @param complaint what the program says of it
   */
  private record Program(String path, String stopper, String complaint) {
    static Optional<Program> of(Rendered object) {
      return switch (object.kind()) {
        case "Deployment" ->
            Optional.of(
                new Program(
                    "operator/target/mdev-operator/bin/mdev-operator",
                    "--lease-retry-period=1h",
                    "retry period"));
        case "DaemonSet" ->
            Optional.of(
                new Program(
                    "node-daemon/target/mdev-node/bin/mdev-node",
                    "--node-name=",
                    "the node's name is missing"));
        case "Job" ->
            Optional.of(
                new Program(
                    "operator/target/mdev-operator/bin/mdev-operator",
                    "--workers=0",
                    "1 to 256 requests"));
        // Reads only, and from nowhere here: nothing has to stop it.
        case "Pod" ->
            Optional.of(
                new Program(
                    "node-daemon/target/mdev-node/bin/mdev-node", "--deadline=5s", "/host/sys"));
        default -> Optional.empty();
      };
    }

    String run(List<String> arguments, String added) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>(List.of(Project.program(path).toString()));
      command.addAll(arguments);
      command.add(added);
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      // Nobody is to be asked anything, should the program begin all the same.
      builder.environment().put("KUBECONFIG", "/dev/null");
      Process process = builder.start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return text;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", EVERY_ARGUMENT})
  void theProgramsKnowEachArgumentAndVariableThatTheChartGivesThem(
      String values, @TempDir Path folder) throws Exception {
    int tried = 0;
    Chart chart = Chart.SHIPPED.withHooksTo(folder.resolve("chart"));
    for (Rendered object : chart.render(Chart.NAMESPACE, values)) {
      Optional<Program> program = Program.of(object);
      if (program.isPresent()) {
        boolean bare = object.kind().equals("Pod");
        JsonNode pod = object.object().at(bare ? "/spec" : "/spec/template/spec");
        assertKnown(program.get(), pod.at("/containers/0"));
        tried++;
      }
    }
    assertThat(tried).isEqualTo(values.equals(EVERY_ARGUMENT) ? 4 : 3);
  }

  private static void assertKnown(Program program, JsonNode container) throws Exception {
    List<String> arguments = new ArrayList<>();
    container.get("args").forEach(argument -> arguments.add(argument.asText()));
    assertThat(program.run(arguments, program.stopper()))
        .contains(program.complaint())
        .doesNotContain("Unknown option");
    String help = program.run(arguments, "--help");
    for (JsonNode variable : container.path("env")) {
      String name = variable.get("name").asText();
      if (!name.equals(OF_THE_JVM)) {
        assertThat(help).contains("$" + name);
      }
    }
  }

  @Test
  void anArgumentThatTheProgramsDoNotKnowIsNoticed() throws Exception {
    for (Rendered object :
        Chart.SHIPPED.render(
            Chart.NAMESPACE,
            "{operator: {extraArgs: [--graze=1s]}, nodeDaemon: {extraArgs: [--graze=1s]}}")) {
      if (object.kind().equals("Deployment") || object.kind().equals("DaemonSet")) {
        List<String> arguments = new ArrayList<>();
        object
            .object()
            .at("/spec/template/spec/containers/0/args")
            .forEach(argument -> arguments.add(argument.asText()));
        Program program = Program.of(object).orElseThrow();
        assertThat(program.run(arguments, program.stopper())).contains("Unknown option");
      }
    }
  }
}
