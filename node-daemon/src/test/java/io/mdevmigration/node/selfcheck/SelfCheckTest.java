package io.mdevmigration.node.selfcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.posix.JnaPosix;
import io.mdevmigration.node.selfcheck.Finding.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelfCheckTest {
  private static final String DEVICES = "/sys/devices";
  private static final String ATTRIBUTE =
      FakePosix.device("a") + "/mdev_supported_types/i915-1/version";

  private final FakePosix kernel = new FakePosix().parent("a", "i915").type("a", "i915-1", "v");
  private Path sysfs = Path.of("/sys");

  @Test
  void rootWithAWritableSysfsLacksNothing() {
    process("0", "0000000000000000").file("/proc/self/uid_map", "0 0 4294967295\n");
    assertThat(findings()).isEmpty();
    kernel.file("/proc/self/attr/current", "mdev-node (enforce)\n");
    assertThat(findings()).isEmpty();
    kernel.file("/proc/self/attr/current", "unconfined\n");
    assertThat(findings()).isEmpty();
    kernel.file(
        "/proc/self/attr/current", "system_u:system_r:container_device_plugin_t:s0:c1,c2\0");
    assertThat(findings()).isEmpty();
  }

  @Test
  void whatCannotBeSeenProvesNothing() {
    sysfs = Path.of("/missing");
    assertThat(findings()).isEmpty();
  }

  @Test
  void whatIsNoSysfsIsNamedWithItsMagicNumber() {
    kernel.mount("/sys", 0x01021994);
    assertThat(only(Kind.NO_SYSFS)).contains("/sys is no sysfs", "0x1021994", "--sysfs");
  }

  @Test
  void anotherUserThanRootHasToBeRoot() {
    process("1000", "0000000000000000");
    assertThat(only(Kind.NOT_ROOT)).contains("uid 1000", "runAsUser: 0", "no capability");
  }

  @Test
  void whoNeedsNoPermissionBitsNeedsNotBeRoot() {
    process("1000", "0000000000000002");
    assertThat(findings()).isEmpty();
  }

  @Test
  void aUserNamespaceIsToldToBeLeft() {
    kernel.file("/proc/self/uid_map", "         0     100000      65536\n");
    assertThat(only(Kind.USER_NAMESPACE)).contains("hostUsers: false", "uevent");
  }

  @ParameterizedTest
  @ValueSource(strings = {DEVICES, "ATTRIBUTE"})
  void aReadOnlyMountIsToldToBeMountedWritable(String where) {
    kernel.failOpen(where.equals(DEVICES) ? DEVICES : ATTRIBUTE, Errno.EROFS);
    assertThat(only(Kind.READ_ONLY)).contains("/sys/devices is mounted read-only", "EROFS (30)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cri-containerd.apparmor.d", "docker-default", "containers-default-0.50"})
  void theContainersAppArmorProfileLetsNothingBelowSysBeWritten(String profile) {
    kernel.file("/proc/self/attr/apparmor/current", profile + " (enforce)\n");
    assertThat(only(Kind.APP_ARMOR)).contains(profile, "another path", "profiles/apparmor");
    kernel.file("/proc/self/attr/apparmor/current", profile + " (complain)\n");
    assertThat(findings()).isEmpty();
  }

  @Test
  void theContainersAppArmorProfileKnowsNoOtherPath() {
    kernel.file("/proc/self/attr/apparmor/current", "docker-default (enforce)\n");
    kernel.directory("/host/sys/devices");
    sysfs = Path.of("/host/sys");
    assertThat(findings()).isEmpty();
  }

  @Test
  void theContainersSeLinuxTypeMayNotWriteSysfs() {
    kernel.file("/proc/self/attr/current", "system_u:system_r:container_t:s0:c1,c2\0");
    assertThat(only(Kind.SE_LINUX)).contains("container_t", "container_device_plugin_t");
    kernel.file("/sys/fs/selinux/enforce", "0");
    assertThat(findings()).as("permissive").isEmpty();
  }

  @Test
  void anySeLinuxTypeThatIsRefusedTheAttributeIsNamed() {
    kernel.file("/proc/self/attr/current", "system_u:system_r:other_t:s0\0");
    assertThat(findings()).isEmpty();
    kernel.failOpen(ATTRIBUTE, Errno.EACCES);
    assertThat(only(Kind.SE_LINUX)).contains("other_t");
  }

  @Test
  void underTheProfilesOwnTypeItIsTheLabelThatIsMissing() {
    kernel.file("/proc/self/attr/current", "system_u:system_r:mdev_node_t:s0:c1,c2\0");
    assertThat(findings()).isEmpty();
    kernel.failOpen(ATTRIBUTE, Errno.EACCES);
    assertThat(only(Kind.SE_LINUX))
        .contains("mdev_node_version_t", "mdev-node.rules", "restorecon");
  }

  @Test
  void allThatIsWrongIsToldAtOnce() {
    process("7", "0000000000000000").failOpen(DEVICES, Errno.EROFS);
    kernel.file("/proc/self/attr/current", "u:r:container_t:s0\0");
    assertThat(findings())
        .extracting(Finding::kind)
        .containsExactly(Kind.NOT_ROOT, Kind.READ_ONLY, Kind.SE_LINUX);
  }

  @ParameterizedTest
  @CsvSource({
    "30, '', 'writable at /sys/devices'",
    "40, '', 'no file of this sysfs any more'",
    "18, '', 'no file of this sysfs any more'",
    "13, '', 'as uid 0'",
    "13, 'mine (enforce)', 'AppArmor profile mine'",
    "13, 'u:r:some_t:s0', 'SELinux type some_t'",
  })
  void anOpenThatFailedIsExplainedByWhatConfinesTheProcess(int errno, String label, String said) {
    kernel.file("/proc/self/attr/current", label + "\n");
    assertThat(SelfCheck.advice(evidence(), errno)).contains(said);
  }

  @Test
  void noLabelOrPathReachesAMessageUnprintable() {
    kernel.file("/proc/self/attr/current", "a\u001b[31m\nb (enforce)\n");
    kernel.mount("/sys", 1);
    assertThat(SelfCheck.advice(evidence(), Errno.EACCES)).matches("[ -~]+");
    assertThat(findings()).allSatisfy(f -> assertThat(f.message()).matches("[ -~]+"));
  }

  @Test
  void lookingAroundOpensNothingForWriting() {
    assertThat(evidence()).isNotNull();
    assertThat(kernel.writes).isEmpty();
    assertThat(kernel.opened).hasValue(0);
  }

  @Test
  void thisMachineCanBeLookedAt() {
    Evidence evidence = new Surroundings(new JnaPosix(), sysfs).evidence(Optional.empty());
    assertThat(evidence.magic()).hasValue(0x62656572);
    assertThat(evidence.user()).isPresent();
  }

  private FakePosix process(String user, String capabilities) {
    return kernel.file(
        "/proc/self/status",
        "Name:\tjava\nUid:\t%s\t%s\t%s\t%s\nGid:\t0\t0\t0\t0\nCapEff:\t%s\nSeccomp:\t2\n"
            .formatted("9", user, user, user, capabilities));
  }

  private Evidence evidence() {
    return new Surroundings(kernel, sysfs).evidence(Optional.of(Path.of(ATTRIBUTE)));
  }

  private List<Finding> findings() {
    return SelfCheck.findings(evidence());
  }

  private String only(Kind kind) {
    assertThat(findings()).extracting(Finding::kind).containsExactly(kind);
    return findings().get(0).message();
  }
}
