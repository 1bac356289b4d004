package io.mdevmigration.e2e.realkernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.e2e.controlplane.CommandResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The daemon under the SELinux profile, on a kernel that obeys Debian's policy with it. */
class SeLinuxDaemonIT extends ConfinedDaemonContract {
  SeLinuxDaemonIT() {
    super("gpu-s", new SeLinux());
  }

  @Override
  List<String> refusal(String file) {
    return List.of(
        "avc:  denied  { write }",
        "name=\"" + Path.of(file).getFileName() + "\" dev=\"sysfs\"",
        "scontext=" + SeLinux.CONTEXT,
        "tclass=file permissive=0");
  }

  @Test
  void itRunsInTheDomainOfTheProfile() {
    assertThat(guest.run("cat /sys/fs/selinux/enforce")).isEqualTo("1");
    assertThat(guest.run("tr -d '\\0' < /proc/" + daemon.pid() + "/attr/current"))
        .isEqualTo(SeLinux.CONTEXT);
  }

  @Test
  void ofAParentUdevLabelsTheVersionAttributesAndNothingElse() {
    for (String parent : PARENTS) {
      assertThat(
              guest
                  .run(
                      "find /sys/class/mdev_bus/%s/ ! -type l -exec stat -c %%C:%%n {} +"
                          .formatted(parent))
                  .lines())
          .filteredOn(file -> !file.contains(":sysfs_t:"))
          .singleElement()
          .asString()
          .contains(":" + SeLinux.VERSION_TYPE + ":")
          .endsWith(ATTRIBUTE);
    }
  }

  @Test
  void aContainerOfTheUsualTypeCannotWriteAVersion() {
    String attribute = device(PARENTS.get(0)) + ATTRIBUTE;
    List<String> usual = List.of("--process-label", SeLinux.context("container_t"));
    CommandResult read = daemon.exec(usual, "cat " + attribute);
    assertThat(read.stderr()).contains("Permission denied");
    CommandResult write = daemon.exec(usual, "echo A-v1 > " + attribute);
    assertThat(write.stderr()).contains("Permission denied");
  }
}
