package io.mdevmigration.e2e.bench.micro;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.crds.VerdictCount;
import io.mdevmigration.e2e.bench.FleetPlan;
import io.mdevmigration.node.sysfs.Scan;
import io.mdevmigration.operator.check.WantedChecks;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelRow;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each benchmark once: that it does the work that it is said to measure. */
final class MicrobenchmarksTest {
  private static final int NODES = 12;
  private static final int CLASSES = 3;

  @Test
  void aScanFindsEveryTypeOfEveryParent() {
    Scan scan = daemon().scan();
    assertThat(scan.isComplete()).isTrue();
    assertThat(scan.parents()).hasSize(3).allSatisfy(p -> assertThat(p.types()).hasSize(4));
  }

  @Test
  void parentsThatOfferTheSameAreOneGroup() {
    Inventory inventory = daemon().grouping().published();
    assertThat(inventory.complete()).isTrue();
    assertThat(inventory.versions()).hasSize(4);
    assertThat(inventory.parentGroups())
        .singleElement()
        .extracting(ParentGroup::parents)
        .satisfies(parents -> assertThat(parents).hasSize(3));
  }

  @Test
  void theDigestIsThatOfAClass() {
    DigestBenchmark benchmark = new DigestBenchmark();
    benchmark.setUp();
    MdevClass mdevClass = FleetPlan.mdevClass(FleetPlan.FIRST, 0);
    assertThat(benchmark.digest()).isEqualTo(mdevClass.digest());
    assertThat(benchmark.labelKey()).isEqualTo(mdevClass.labelKey());
  }

  @Test
  void anObjectIsParsedWithAnAnswerAboutEachClass() {
    ObjectBenchmark benchmark = new ObjectBenchmark();
    benchmark.classes = CLASSES;
    benchmark.setUp();
    MdevNodeState parsed = benchmark.parsing();
    assertThat(parsed.getSpec().checks())
        .map(Check::mdevClass)
        .containsExactlyElementsOf(classes());
    assertThat(parsed.getStatus().answers()).hasSize(CLASSES);
    NodeReport report = benchmark.report();
    assertThat(report).isEqualTo(NodeReport.of(parsed));
    assertThat(report.answers()).hasSize(CLASSES);
    assertThat(report.publishedTypes()).hasSize(2);
  }

  @Test
  void theSourceOfAFleetIsEveryClassWithItsPublishers() {
    OperatorBenchmark benchmark = operator();
    assertThat(benchmark.sources().resolution().mdevClasses())
        .containsExactlyInAnyOrderElementsOf(classes());
    assertThat(benchmark.sources().resolution().classes())
        .allSatisfy(source -> assertThat(source.publishers()).isEqualTo(NODES / CLASSES));
  }

  @Test
  void aNodeIsAskedAboutEveryClassAndNothingChanges() {
    OperatorBenchmark benchmark = operator();
    assertThat(benchmark.wanted().values()).containsExactlyInAnyOrderElementsOf(classes());
    WantedChecks checks = benchmark.checks();
    assertThat(checks.checks()).map(Check::mdevClass).containsExactlyElementsOf(classes());
    assertThat(checks.leftOut()).isEmpty();
  }

  @Test
  void aNodeGetsTheLabelsOfTheClassesThatItsDriverAcceptsAndNoOthers() {
    List<MdevClass> classes = classes();
    assertThat(operator().labels())
        .isEqualTo(
            Map.of(
                classes.get(0).labelKey(), LabelRow.ACCEPTED,
                classes.get(1).labelKey(), LabelRow.ACCEPTED,
                classes.get(2).labelKey(), LabelRow.REFUSED));
  }

  @Test
  void aStatusCountsEveryNodeByWhatItsDriverSays() {
    OperatorBenchmark operator = operator();
    assertStatus(operator.firstStatus());
    assertStatus(operator.status());
    assertStatus(operator.status());
  }

  private static void assertStatus(MigrationCompatibilityStatus status) {
    assertThat(status.compatible()).isEqualTo(NODES / CLASSES);
    assertThat(status.incompatible()).isEqualTo(NODES - NODES / CLASSES);
    assertThat(status.unknown()).isZero();
    assertThat(
            status.sources().stream()
                .collect(toMap(SourceStatus::digest, SourceStatus::compatible)))
        .isEqualTo(
            IntStream.range(0, CLASSES)
                .boxed()
                .collect(toMap(i -> classes().get(i).digest(), i -> NODES - i * NODES / CLASSES)));
    assertThat(status.verdicts())
        .filteredOn(count -> count.verdict() == Verdict.INCOMPATIBLE)
        .extracting(VerdictCount::reason)
        .containsOnly(Reason.REFUSED.toString());
  }

  @Test
  void theBuildHasMadeEveryBenchmarkOneThatJmhRuns() {
    Stream<Class<?>> cases =
        Stream.of(
            DaemonBenchmark.class,
            DigestBenchmark.class,
            ObjectBenchmark.class,
            OperatorBenchmark.class);
    List<String> written =
        cases
            .flatMap(c -> Stream.of(c.getDeclaredMethods()))
            .filter(method -> method.isAnnotationPresent(Benchmark.class))
            .map(method -> method.getDeclaringClass().getName() + "." + method.getName())
            .toList();
    var silent =
        OutputFormatFactory.createFormatInstance(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
            VerboseMode.SILENT);
    assertThat(BenchmarkList.defaultList().getAll(silent, List.of()))
        .map(BenchmarkListEntry::getUsername)
        .containsExactlyInAnyOrderElementsOf(written)
        .hasSize(12);
  }

  private static DaemonBenchmark daemon() {
    DaemonBenchmark benchmark = new DaemonBenchmark();
    benchmark.parentsByTypes = "3x4";
    benchmark.setUp();
    return benchmark;
  }

  private static OperatorBenchmark operator() {
    OperatorBenchmark benchmark = new OperatorBenchmark();
    benchmark.nodes = NODES;
    benchmark.classes = CLASSES;
    benchmark.setUp();
    return benchmark;
  }

  private static List<MdevClass> classes() {
    return IntStream.range(0, CLASSES)
        .mapToObj(kind -> FleetPlan.mdevClass(FleetPlan.FIRST, kind))
        .toList();
  }
}
