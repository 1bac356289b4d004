package io.mdevmigration.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The simulated kernel behaves as the paper says. */
class SimulatedModelTest {
  @Test
  void everyParentPublishesAndTakesWhatIsOnPaper() {
    for (long seed = 0; seed < 20; seed++) {
      Vendor vendor = new Vendor(new Draw(seed));
      for (int i = 0; i < 6; i++) {
        ModelDriver driver = vendor.driver();
        check(driver, SimulatedKernel.with(driver.simulate()));
      }
    }
  }

  @Test
  void aMoodPassesAfterTheFirstQuestion() {
    Vendor vendor = new Vendor(new Draw(7));
    ModelDriver driver = vendor.driver();
    for (String version : Vendor.versions("sample-A")) {
      ModelDriver busy = driver.changed("sample-A", t -> t.moody(version, ModelType.Mood.BUSY));
      SimulatedKernel kernel = SimulatedKernel.with(busy.simulate());
      for (String parent : busy.parents()) {
        write(kernel, parent, "sample-A", version);
        boolean takes = busy.type(parent, "sample-A").filter(t -> t.takes(version)).isPresent();
        assertThat(write(kernel, parent, "sample-A", version)).isEqualTo(takes);
      }
    }
  }

  private static void check(ModelDriver driver, SimulatedKernel kernel) {
    for (String parent : driver.parents()) {
      for (String type : Vendor.TYPES) {
        Optional<ModelType> paper = driver.type(parent, type);
        assertThat(read(kernel, parent, type))
            .as("%s %s of %s", parent, type, driver)
            .isEqualTo(paper.flatMap(ModelType::published));
        for (String version : Vendor.versions(type)) {
          assertThat(write(kernel, parent, type, version))
              .as("%s on %s %s of %s", version, parent, type, driver)
              .isEqualTo(paper.filter(t -> t.takes(version)).isPresent());
        }
      }
    }
  }

  private static Path file(String parent, String type) {
    return Path.of("/sys/class/mdev_bus", parent, "mdev_supported_types", type, "version");
  }

  private static Optional<String> read(SimulatedKernel kernel, String parent, String type) {
    try {
      byte[] bytes = kernel.read(file(parent, type), 4096);
      return Optional.of(new String(bytes, StandardCharsets.US_ASCII).strip());
    } catch (PosixException e) {
      return Optional.empty();
    }
  }

  private static boolean write(SimulatedKernel kernel, String parent, String type, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    try {
      return kernel.write(file(parent, type), bytes) == bytes.length;
    } catch (PosixException e) {
      return false;
    }
  }
}
