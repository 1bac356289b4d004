package io.mdevmigration.e2e.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonMetrics;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.node.publish.NodeDaemon;
import io.mdevmigration.node.uevent.UeventListener;
import io.mdevmigration.operator.MdevOperator;
import io.mdevmigration.operator.OperatorOptions;
import io.mdevmigration.operator.kubevirt.KubeVirtSettings;
import io.mdevmigration.operator.kubevirt.admission.Mode;
import io.mdevmigration.operator.trial.TrialPeriods;
import io.mdevmigration.operator.watch.ApiConnection;
import io.mdevmigration.operator.watch.ApiWrites;
import io.mdevmigration.telemetry.Meters;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The list in docs/metrics.md is the list of what there is, no more and no less. */
class MetricsDocumentTest {
  private static final Pattern NAME = Pattern.compile("`([a-z_]+)`");

  /** Nobody is there; nothing is asked before a program is started. */
  private final Config nowhere =
      new ConfigBuilder(Config.empty()).withMasterUrl("http://127.0.0.1:" + Ports.free()).build();

  @Test
  void theOperatorsMetricsAreThoseOfTheDocument() throws IOException {
    assertAsDocumented(operator(), "mdev_operator_");
  }

  @Test
  void theDaemonsMetricsAreThoseOfTheDocument() throws IOException {
    assertAsDocumented(daemon(), "mdev_node_");
  }

  private Exposition operator() {
    Meters meters = Meters.of("mdev.operator");
    meters.program("1");
    var kubeVirt =
        new KubeVirtSettings(
            Mode.REPORT, false, Duration.ofMinutes(1), Optional.empty(), KubeVirtSettings.LOOK);
    try (KubernetesClient client = ApiConnection.open(nowhere, () -> true, new ApiWrites(meters));
        MdevOperator operator =
            new MdevOperator(
                client,
                new OperatorOptions(1, Duration.ofMinutes(1), TrialPeriods.DEFAULT),
                InstantSource.system(),
                Optional.of(kubeVirt),
                meters)) {
      assertThat(operator.unready()).isPresent();
      return new Exposition(meters.text());
    }
  }

  private Exposition daemon() {
    Meters meters = Meters.of("mdev.node");
    meters.program("1");
    DaemonMetrics metrics = new DaemonMetrics(meters);
    metrics.uevents(() -> new UeventListener.Counts(0, 0, 0));
    try (KubernetesClient client = ApiConnection.open(nowhere);
        NodeDaemon daemon =
            new NodeDaemon(
                SimulatedKernel.with(),
                client,
                "n",
                DaemonOptions.DEFAULTS,
                Clock.systemUTC(),
                metrics)) {
      assertThat(daemon.unready()).isPresent();
      return new Exposition(meters.text());
    }
  }

  private static void assertAsDocumented(Exposition shown, String prefix) throws IOException {
    Map<String, String> types = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String line : Files.readAllLines(Project.root().resolve("docs/metrics.md"))) {
      if (line.startsWith("| `" + prefix)) {
        String[] cells = line.split("\\|", -1);
        for (String name : names(cells[1])) {
          types.put(name, cells[2].strip());
          labels.put(name, names(cells[3]));
        }
      }
    }
    Map<String, String> own = new TreeMap<>(shown.types());
    // The longest of a histogram or a summary; the document says it once for all.
    own.keySet().removeIf(name -> name.endsWith("_max"));
    assertThat(own).isEqualTo(types);
    assertThat(labelsOf(shown, types.keySet())).isEqualTo(labels);
  }

  private static Set<String> names(String cell) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = NAME.matcher(cell);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static Map<String, Set<String>> labelsOf(Exposition shown, Set<String> names) {
    return names.stream()
        .collect(
            Collectors.toMap(
                name -> name,
                name ->
                    shown.samples().stream()
                        .filter(
                            sample ->
                                sample.name().equals(name) || sample.name().equals(name + "_count"))
                        .flatMap(sample -> sample.labels().keySet().stream())
                        .collect(Collectors.toCollection(TreeSet::new)),
                (a, b) -> a,
                TreeMap::new));
  }
}
