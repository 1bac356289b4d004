package io.mdevmigration.e2e.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.Driver;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.ParentCounts;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Summary;
import io.mdevmigration.crds.Suspicion;
import io.mdevmigration.crds.Trial;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.crds.VerdictCount;
import io.mdevmigration.e2e.TestCluster;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schemas in the folder {@code crds} on a real API server. */
final class CrdSchemaIT {
  private static final String EXPECT = "# expect: ";
  private static final String CODE = "# code: ";
  private static final int UNPROCESSABLE = 422;
  private static final String TYPE = "sample-A";
  private static final String DIGEST = "3f9a5c01d2e47b68a1c3";
  private static final String HASH = "5e77a01b";
  private static final String TIME = "2026-11-23T04:00:00Z";

  private final ControlPlane controlPlane = TestCluster.get();

  @Test
  void applyingTheFolderAgainChangesNothing() {
    CommandResult diff = controlPlane.kubectl("diff", "-f", CustomResources.folder() + "/");
    assertThat(diff.stdout()).isEmpty();
    assertThat(
            controlPlane.kubectl("apply", "-f", CustomResources.folder() + "/").orThrow().stdout())
        .contains("mdevnodestates.mdevmigration.io unchanged")
        .contains("migrationcompatibilities.mdevmigration.io unchanged");
  }

  @Test
  void bothResourcesAreServed() {
    assertThat(
            controlPlane
                .kubectl("get", "crd", "-o", "jsonpath={.items[*].status.conditions[*].type}")
                .stdout())
        .contains("Established")
        .doesNotContain("NonStructuralSchema");
    assertThat(controlPlane.kubectl("get", "mns,mcompat").orThrow().exitCode()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("validFiles")
  void validObjectsAreAccepted(String name, Path file) {
    CommandResult result =
        controlPlane.kubectl(
            "create", "--dry-run=server", "--validate=strict", "-f", file.toString());
    assertThat(result.stderr()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(controlPlane.kubectl("apply", "-f", file.toString()).orThrow().stdout())
        .contains(" created");
    controlPlane.kubectl("delete", "-f", file.toString()).orThrow();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidFiles")
  void invalidObjectsAreRejectedWithAMessageThatSaysWhatToWrite(String name, Path file)
      throws IOException {
    String expected = header(file, EXPECT).orElseThrow();
    int code = header(file, CODE).map(Integer::parseInt).orElse(UNPROCESSABLE);
    AuditLog.Mark mark = controlPlane.auditLog().mark();
    CommandResult result =
        controlPlane.kubectl("create", "--validate=strict", "-f", file.toString());
    if (result.exitCode() == 0) {
      controlPlane.kubectl("delete", "-f", file.toString());
    }
    assertThat(result.exitCode()).as(result.stdout()).isNotZero();
    assertThat(result.stderr()).contains(expected);
    assertThat(
            controlPlane
                .auditLog()
                .since(mark)
                .byUserAgent("kubectl")
                .where(entry -> entry.verb().equals("create")))
        .extracting(AuditEntry::code)
        .containsExactly(code);
  }

  @Test
  void aNodesStatusWithEveryFieldIsStoredAsItIs() {
    DefiniteVerdict definite = new DefiniteVerdict(Verdict.COMPATIBLE, HASH, TIME);
    Driver driver = new Driver("sample", "2.0", HASH);
    Answer refused =
        new Answer(
            TYPE,
            DIGEST,
            Verdict.INCOMPATIBLE,
            Reason.REFUSED.toString(),
            22,
            "EINVAL",
            new ParentCounts(1, 1, 0, 0),
            List.of("0000:00:03.0"),
            HASH,
            TIME,
            null,
            "0123abcd",
            null,
            null,
            null);
    Answer asking =
        new Answer(
            TYPE,
            "00000000000000000000",
            Verdict.UNKNOWN,
            Reason.ASKING.toString(),
            null,
            null,
            new ParentCounts(0, 0, 1, 1),
            List.of(),
            null,
            TIME,
            3,
            null,
            "6c1f0000-0000-0000-0000-000000000000",
            HASH,
            definite);
    Inventory inventory =
        new Inventory(
            true,
            "6c1f0000-0000-0000-0000-000000000000",
            "6.1.0-56-amd64",
            List.of(new PublishedVersion(DIGEST, TYPE, "v1 of it")),
            List.of(
                new ParentGroup(
                    List.of("0000:00:02.0", "0000:00:03.0"),
                    driver,
                    List.of(
                        new ParentType(TYPE, DIGEST, null),
                        new ParentType("sample-B", null, new Problem("ReadFailed", 5, "EIO"))))),
            List.of(new OfferedType(TYPE, "A", "vfio-pci", HASH)));
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(new ObjectMetaBuilder().withName("full-status").build());
    state.setStatus(
        new MdevNodeStateStatus(
            Summary.of(inventory, List.of(refused, asking)),
            inventory,
            List.of(refused, asking),
            TIME,
            List.of(condition("Ready"))));
    assertStored(state);
  }

  @Test
  void aCompatibilitysStatusWithEveryFieldIsStoredAsItIs() {
    assertStored(compatibility("full-status"));
  }

  @Test
  void columnsOfACompatibilityAnswerTheFirstQuestions() {
    try (KubernetesClient client = controlPlane.client("schema-test")) {
      MigrationCompatibility compatibility = compatibility("columns");
      client.resource(compatibility).create();
      try {
        client.resource(compatibility).patchStatus();
        assertThat(columns("get", "mcompat", "columns"))
            .containsExactly(
                "NAME TYPE SOURCES COMPATIBLE INCOMPATIBLE UNKNOWN READY AGE",
                "columns sample-A 1 10 2 1 True *");
        assertThat(columns("get", "mcompat", "columns", "-o", "wide"))
            .containsExactly(
                "NAME TYPE SOURCES COMPATIBLE INCOMPATIBLE UNSUPPORTED UNKNOWN READY REASON AGE",
                "columns sample-A 1 10 2 3 1 True AsExpected *");
      } finally {
        client.resource(compatibility).delete();
      }
    }
  }

  /** Lines with single blanks, an age as an asterisk. */
  private List<String> columns(String... arguments) {
    return controlPlane
        .kubectl(arguments)
        .orThrow()
        .stdout()
        .lines()
        .map(line -> line.strip().replaceAll(" +", " ").replaceAll("\\b[0-9]+m?s$", "*"))
        .toList();
  }

  private static MigrationCompatibility compatibility(String name) {
    SourceStatus source =
        new SourceStatus(
            DIGEST,
            "v1 of it",
            12,
            new MdevClass(TYPE, "v1 of it").labelKey(),
            10,
            2,
            3,
            1,
            new Trial(HASH, "gpu-a", "6c1f0000-0000-0000-0000-000000000000", TIME, true),
            List.of(new Suspicion(HASH, "gpu-b", TIME, true)));
    MigrationCompatibility compatibility = new MigrationCompatibility();
    compatibility.setMetadata(new ObjectMetaBuilder().withName(name).build());
    compatibility.setSpec(
        new MigrationCompatibilitySpec(
            TYPE, new Source(null, null, "v1 of it"), null, true, List.of(DIGEST)));
    compatibility.setStatus(
        new MigrationCompatibilityStatus(
            1L,
            List.of(condition("Ready"), condition("Evaluated")),
            1,
            List.of(source),
            10,
            2,
            3,
            1,
            List.of(
                new VerdictCount(
                    DIGEST,
                    Verdict.INCOMPATIBLE,
                    "Refused",
                    22,
                    "EINVAL",
                    2,
                    List.of("b", "c"),
                    0))));
    return compatibility;
  }

  private <T extends CustomResource<?, ?>> void assertStored(T resource) {
    try (KubernetesClient client = controlPlane.client("schema-test")) {
      client.resource(resource).create();
      try {
        assertThat(client.resource(resource).patchStatus().getStatus())
            .isEqualTo(resource.getStatus());
        assertThat(client.resource(resource).get().getStatus()).isEqualTo(resource.getStatus());
      } finally {
        client.resource(resource).delete();
      }
    }
  }

  private static Condition condition(String type) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus("True")
        .withReason("AsExpected")
        .withMessage("all is well")
        .withLastTransitionTime(TIME)
        .withObservedGeneration(1L)
        .build();
  }

  @Test
  void explainTellsWhatASourceIs() {
    assertThat(
            controlPlane
                .kubectl("explain", "migrationcompatibility.spec.source")
                .orThrow()
                .stdout())
        .contains("exactly one of")
        .contains("node\t")
        .contains("nodes\t")
        .contains("version\t");
  }

  @Test
  void aPatchThatIsRefusedSaysWhy() {
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(new ObjectMetaBuilder().withName("patched").build());
    try (KubernetesClient client = controlPlane.client("schema-test")) {
      client.resource(state).create();
      try {
        assertThat(refusal(client, state, "test", "/metadata/uid", "another"))
            .isEqualTo("the object is not what it was when it was last read (HTTP 422)");
        assertThat(refusal(client, state, "add", "/spec", "checks"))
            .contains("\"patched\" is invalid", "spec")
            .endsWith("(HTTP 422)");
      } finally {
        client.resource(state).delete();
      }
    }
  }

  private static String refusal(
      KubernetesClient client, MdevNodeState state, String op, String path, String value) {
    String patch =
        """
        [{"op":"%s","path":"%s","value":"%s"}]"""
            .formatted(op, path, value);
    Throwable failure =
        catchThrowable(() -> client.resource(state).patch(PatchContext.of(PatchType.JSON), patch));
    return ApiFailure.reason(failure);
  }

  static Stream<Object[]> validFiles() throws IOException {
    return files("valid");
  }

  static Stream<Object[]> invalidFiles() throws IOException {
    return files("invalid");
  }

  private static Stream<Object[]> files(String folder) throws IOException {
    Path path = Path.of("src", "test", "resources", folder);
    try (Stream<Path> files = Files.list(path)) {
      List<Path> sorted = files.sorted().toList();
      assertThat(sorted).isNotEmpty();
      return sorted.stream()
          .map(file -> new Object[] {file.getFileName().toString().replace(".yaml", ""), file});
    }
  }

  private static Optional<String> header(Path file, String key) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .takeWhile(line -> line.startsWith("#"))
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(key.length()))
          .findFirst();
    }
  }
}
