package io.mdevmigration.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.posix.JnaPosix;
import io.mdevmigration.node.posix.Posix;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MdevNodeTest {
  private static final String A = "0000:00:02.0";
  private static final String B = "0000:00:03.0";
  private static final String TYPE = "i915-V5_4";
  private static final String UUID = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";

  private final FakePosix kernel = new FakePosix();
  private String stdin = "";
  private String out = "";
  private String err = "";

  @TempDir Path directory;

  @BeforeEach
  void twoParents() {
    kernel.parent(A, "i915").type(A, TYPE, "v1").type(A, "i915-none");
    kernel.parent(B, "i915").type(B, TYPE, "v1");
    kernel.file("/sys/module/i915/version", "1.6.0\n");
    kernel.link(
        "/sys/bus/mdev/devices/" + UUID + "/mdev_type",
        FakePosix.device(B) + "/mdev_supported_types/" + TYPE);
  }

  @Test
  void theInventoryShowsParentsTypesCapacityVersionsDriversAndDevices() {
    assertThat(run("inventory")).isZero();
    assertThat(out.lines())
        .containsExactly(
            "PARENT        TYPE       NAME               API       FREE  DRIVER      VERSION",
            "0000:00:02.0  i915-V5_4  Name of i915-V5_4  vfio-pci  3     i915 1.6.0  v1",
            "0000:00:02.0  i915-none  Name of i915-none  vfio-pci  3     i915 1.6.0"
                + "  (NoVersionAttribute)",
            "0000:00:03.0  i915-V5_4  Name of i915-V5_4  vfio-pci  3     i915 1.6.0  v1",
            "",
            "DEVICE                                PARENT        TYPE",
            UUID + "  0000:00:03.0  i915-V5_4");
    assertThat(err).isEmpty();
  }

  @Test
  void theInventoryIsAvailableAsJson() throws Exception {
    assertThat(run("inventory", "-o", "json")).isZero();
    JsonNode json = new ObjectMapper().readTree(out);
    assertThat(json.at("/complete").asBoolean()).isTrue();
    assertThat(json.at("/parents/0/parent").asText()).isEqualTo(A);
    assertThat(json.at("/parents/0/driver/version").asText()).isEqualTo("1.6.0");
    assertThat(json.at("/parents/0/types/0/version").asText()).isEqualTo("v1");
    assertThat(json.at("/parents/0/types/0/attribute").asText()).isEqualTo("version");
    assertThat(json.at("/parents/0/types/0/availableInstances").asText()).isEqualTo("3");
    assertThat(json.at("/parents/0/types/1/problem/reason").asText())
        .isEqualTo("NoVersionAttribute");
    assertThat(json.at("/instances/0/uuid").asText()).isEqualTo(UUID);
    assertThat(json.at("/instances/0/type").asText()).isEqualTo(TYPE);
  }

  @Test
  void anIncompleteInventorySaysWhatAndWhy() {
    kernel.fail("/sys/class/mdev_bus", Errno.EACCES);
    assertThat(run("inventory")).isEqualTo(3);
    assertThat(err).contains("incomplete").contains("/sys/class/mdev_bus").contains("EACCES (13)");
  }

  @Test
  void controlCharactersNeverReachTheTerminal() {
    String types = FakePosix.device(A) + "/mdev_supported_types/" + TYPE;
    kernel.file(types + "/name", "a\u001b[31mb\n").file(types + "/device_api", "x\u0007\u009by");
    kernel.show(A, TYPE, () -> "v\u001b]0;x\u0007");
    kernel.file("/sys/module/i915/version", "1\u001b[2J");
    kernel.link("/sys/class/mdev_bus/x\u001b[2J", "/sys/devices");
    run("inventory");
    assertThat(out).matches("[ -~\n]*");
    assertThat(err).contains("/sys/class/mdev_bus/x?[2J").matches("[ -~\n]*");
    run("inventory", "-o", "json");
    assertThat(out).matches("[ -~\n]*");
  }

  @Test
  void aVersionThatAllParentsAcceptIsCompatible() {
    assertThat(run("check", TYPE, "v1")).isZero();
    assertThat(out.lines())
        .containsExactly(
            "PARENT        ANSWER      REASON    ERRNO  FREE",
            "0000:00:02.0  Compatible  Accepted  -      3",
            "0000:00:03.0  Compatible  Accepted  -      3",
            "",
            "Compatible (Accepted)");
  }

  @Test
  void oneParentThatRefusesMakesTheHostIncompatible() throws Exception {
    kernel.store(B, TYPE, FakePosix.answering(text -> 121));
    assertThat(run("check", TYPE, "v1")).isEqualTo(1);
    assertThat(out)
        .contains("0000:00:03.0  Incompatible  Refused   EREMOTEIO (121)")
        .contains("Incompatible (Refused EREMOTEIO)");
    assertThat(run("check", TYPE, "v1", "-o", "json")).isEqualTo(1);
    JsonNode json = new ObjectMapper().readTree(out);
    assertThat(json.at("/verdict").asText()).isEqualTo("Incompatible");
    assertThat(json.at("/parents/0/verdict").asText()).isEqualTo("Compatible");
    assertThat(json.at("/parents/1/errnoName").asText()).isEqualTo("EREMOTEIO");
    assertThat(run("check", TYPE, "v1", "--parent", A)).isZero();
    assertThat(out).doesNotContain(B);
  }

  @Test
  void aTypeWithoutAttributeIsUnsupported() {
    assertThat(run("check", "i915-none", "v1")).isEqualTo(2);
    assertThat(out).contains("NoVersionAttribute");
    assertThat(kernel.writes).isEmpty();
  }

  @Test
  void aTypeThatIsNotOfferedIsUnsupportedAndTheOfferedOnesAreListed() {
    assertThat(run("check", "i915-V5_9", "v1")).isEqualTo(2);
    assertThat(out).contains("TypeNotOffered").contains("offered types: i915-V5_4, i915-none");
    assertThat(run("check", "i915-none", "v1", "--parent", B)).isEqualTo(2);
    assertThat(out).contains("offered types: i915-V5_4\n");
  }

  @Test
  void aParentThatDoesNotExistIsWrongUsageAndTheParentsAreListed() {
    assertThat(run("check", TYPE, "v1", "--parent", "0000:00:99.0")).isEqualTo(64);
    assertThat(err).contains("no parent 0000:00:99.0").contains(A + ", " + B);
  }

  @Test
  void whatCannotBeReadIsUnknown() {
    kernel.fail("/sys/class/mdev_bus", Errno.EIO);
    assertThat(run("check", TYPE, "v1")).isEqualTo(3);
    assertThat(out).contains("Unknown (ReadFailed)");
  }

  @Test
  void whatKeepsThisProcessFromAskingIsSaidWithTheAnswer() {
    String attribute = FakePosix.device(A) + "/mdev_supported_types/" + TYPE + "/version";
    kernel.file("/proc/self/status", "Uid:\t7\t7\t7\t7\nCapEff:\t0000000000000000\n");
    assertThat(run("inventory")).isZero();
    assertThat(err).isEmpty();
    kernel.failOpen(attribute, Errno.EACCES);
    assertThat(run("check", TYPE, "v1", "-o", "json")).isEqualTo(3);
    assertThat(err).contains("this process runs as uid 7").contains("run it as uid 0");
    assertThat(out).contains("AgentMisconfigured").contains("this process runs as uid 7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\u0000b", "caf\u00e9", "a\tb"})
  void aStringThatMustNotBeWrittenIsWrongUsage(String version) {
    assertThat(run("check", TYPE, version)).isEqualTo(64);
    assertThat(err).contains("version string").matches("[ -~\n]*");
    stdin = version;
    assertThat(run("check", TYPE, "-")).isEqualTo(64);
    assertThat(kernel.writes).isEmpty();
  }

  @Test
  void aStringOf4096BytesIsWrongUsage() {
    assertThat(run("check", TYPE, "x".repeat(4096))).isEqualTo(64);
    assertThat(err).contains("4096").contains("4095");
    assertThat(run("check", TYPE, "x".repeat(4095))).isEqualTo(1);
  }

  @Test
  void theVersionMayComeFromAFileOrFromStandardInput() throws Exception {
    Path file = Files.writeString(directory.resolve("version"), "v1\n");
    assertThat(run("check", TYPE, "--version-file", file.toString())).isZero();
    stdin = "v1\n";
    assertThat(run("check", TYPE, "-")).isZero();
    assertThat(run("check", TYPE, "--version-file", "-")).isZero();
    stdin = "v1\n\n";
    assertThat(run("check", TYPE, "-")).isEqualTo(64);
    assertThat(run("check", TYPE, "--version-file", directory + "/missing")).isEqualTo(64);
    assertThat(run("check", TYPE)).isEqualTo(64);
    assertThat(run("check", TYPE, "v1", "--version-file", "-")).isEqualTo(64);
  }

  @Test
  void aVersionThatLooksLikeAnOptionOrAFileOfArgumentsIsStillAVersion() {
    assertThat(run("check", TYPE, "--", "-o")).isEqualTo(1);
    assertThat(kernel.writes.get(0)).endsWith("=-o\n");
    assertThat(run("check", TYPE, "@" + directory)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"create", "a/b", "available_instances"})
  void theVersionAttributeIsNeverOneOfTheKernels(String name) {
    assertThat(run("check", TYPE, "v1", "--attribute", name)).isEqualTo(64);
    assertThat(err).contains("version attribute");
  }

  @Test
  void theAttributesNameAndTheNewlineAreSettingsPerDriver() {
    String types = FakePosix.device(A) + "/mdev_supported_types/" + TYPE;
    kernel.file(types + "/vendor_version", "v7\n");
    assertThat(
            run(
                "check",
                TYPE,
                "v7",
                "--parent",
                A,
                "--attribute",
                "i915=vendor_version",
                "--no-newline-for",
                "i915"))
        .isZero();
    assertThat(kernel.writes.get(0)).endsWith("/vendor_version=v7");
  }

  @Test
  void wrongUsageIsSaidInOneLine() {
    assertThat(run()).isEqualTo(64);
    assertThat(run("frobnicate")).isEqualTo(64);
    assertThat(run("inventory", "--deadline", "soon")).isEqualTo(64);
    assertThat(err).contains("'soon' is no duration");
    assertThat(run("check", "../x", "v1")).isEqualTo(64);
    assertThat(run("--help")).isZero();
    assertThat(run("check", "--help")).isZero();
  }

  @Test
  void aCopyOfATreeIsReadAndSaidToBeOne() throws Exception {
    Path device = directory.resolve("devices/pci0000:00").resolve(A);
    Path type = Files.createDirectories(device.resolve("mdev_supported_types").resolve(TYPE));
    Files.writeString(type.resolve("version"), "v1\n");
    Files.writeString(type.resolve("device_api"), "vfio-pci\n");
    Files.writeString(type.resolve("available_instances"), "1\n");
    Path instance = Files.createDirectories(device.resolve(UUID));
    link(instance.resolve("mdev_type"), Path.of("../mdev_supported_types").resolve(TYPE));
    link(directory.resolve("class/mdev_bus").resolve(A), Path.of("../..", "devices/pci0000:00", A));
    link(
        directory.resolve("bus/mdev/devices").resolve(UUID),
        Path.of("../../..", "devices/pci0000:00", A, UUID));
    Posix posix = new JnaPosix();
    assertThat(run(posix, "inventory", "--sysfs", directory.toString())).isZero();
    assertThat(err).contains("is not a sysfs");
    assertThat(out).contains(A).contains("i915").contains("v1").contains(UUID);
    assertThat(run(posix, "check", TYPE, "v1", "--sysfs", directory.toString())).isZero();
    assertThat(Files.readString(type.resolve("version"))).isEqualTo("v1\n");
    assertThat(run(posix, "inventory", "--sysfs", directory + "/missing")).isEqualTo(3);
    assertThat(run(posix, "check", TYPE, "v1", "--sysfs", directory + "/missing")).isEqualTo(3);
  }

  @Test
  void theDaemonHasToKnowItsNode() {
    assertThat(run("daemon")).isEqualTo(64);
    assertThat(err).contains("--node-name");
  }

  @Test
  void aVersionThatDiffersBetweenTwoReadsIsShownAsUnstable() {
    AtomicInteger reads = new AtomicInteger();
    kernel.show(A, TYPE, () -> "u" + reads.incrementAndGet() + "\n");
    assertThat(run("inventory")).isZero();
    assertThat(out).contains("(Unstable)").doesNotContain("u1").doesNotContain("u2");
    assertThat(run("check", TYPE, "v1")).as("it can still be asked").isZero();
  }

  @Test
  void everyParentIsAskedHoweverManyRefuse() {
    for (int i = 0; i < 12; i++) {
      String parent = "p%02d".formatted(i);
      kernel.parent(parent, "i915").type(parent, TYPE, "v1");
    }
    kernel.type(A, TYPE, "v1");
    assertThat(run("check", TYPE, "v2")).isEqualTo(1);
    assertThat(kernel.writes).hasSize(14);
    assertThat(out.lines().filter(line -> line.contains("EINVAL (22)"))).hasSize(14);
  }

  @Test
  @Timeout(60)
  void aDaemonThatCannotCallTheKernelSaysWhatToDo() {
    Posix unlinked =
        (Posix)
            Proxy.newProxyInstance(
                Posix.class.getClassLoader(),
                new Class<?>[] {Posix.class},
                (proxy, method, args) -> {
                  throw new UnsatisfiedLinkError("failed to map segment");
                });
    assertThat(run(unlinked, "daemon", "--node-name", "n")).isEqualTo(69);
    assertThat(err).contains("failed to map segment").contains("noexec").contains("jna.tmpdir");
  }

  private static void link(Path link, Path target) throws Exception {
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, target);
  }

  private int run(String... args) {
    return run(kernel, args);
  }

  private int run(Posix posix, String... args) {
    StringWriter output = new StringWriter();
    StringWriter errors = new StringWriter();
    CommandLine line =
        MdevNode.commandLine(
            posix, new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)));
    line.setOut(new PrintWriter(output));
    line.setErr(new PrintWriter(errors));
    int status = line.execute(args);
    out = output.toString();
    err = errors.toString();
    return status;
  }
}
