package io.mdevmigration.e2e.realkernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
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
  void nothingElseThatItTriesIsDenied() throws IOException {
    assertThat(Files.readAllLines(guest.console()))
        .filteredOn(line -> line.contains("avc:  denied"))
        .filteredOn(line -> line.contains(" pid=" + daemon.pid() + " "))
        .as("but to ask, in the moment before udev has labelled a new attribute")
        .allMatch(line -> line.contains("{ write }") && line.contains("name=\"version\""));
  }

  @Test
  void aContainerOfTheUsualTypeCannotWriteAVersion() {
    String attribute = device(PARENTS.get(0)) + ATTRIBUTE;
    List<String> usual = List.of("--process-label", SeLinux.context("container_t"));
    assertThat(daemon.exec(usual, "echo A-v1 > " + attribute).stderr())
        .contains("Permission denied");
  }
}
