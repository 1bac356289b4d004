package io.mdevmigration.node.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.posix.PosixException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MdevTreeTest {
  private static final String A = "0000:00:02.0";

  private final FakePosix kernel = new FakePosix();

  @ParameterizedTest
  @ValueSource(strings = {"/etc", "/sys", "/sys/devices", "/sys/kernel/x", "/sys/devices/../x"})
  void aParentThatIsNoDeviceOfThisSysfsIsLeftAlone(String target) {
    kernel.parent(A, "i915").type(A, "i915-1", "v");
    kernel
        .directory(target + "/mdev_supported_types/i915-1")
        .directory(Path.of(target).normalize().toString());
    kernel.link("/sys/class/mdev_bus/bad", target);
    Scan scan = Scans.of(kernel);
    assertThat(scan.parents()).extracting(ScannedParent::name).containsExactly(A);
    assertThat(scan.unreadableParents()).containsExactly("bad");
    assertThat(scan.isComplete()).isFalse();
    assertThat(scan.troubles().get(0).advice()).contains("leads out of /sys/devices");
  }

  @Test
  void aLoopOfLinksIsNamed() {
    kernel.link("/sys/class/mdev_bus/a", "/sys/class/mdev_bus/b");
    kernel.link("/sys/class/mdev_bus/b", "/sys/class/mdev_bus/a");
    Scan scan = Scans.of(kernel);
    assertThat(scan.unreadableParents()).containsExactlyInAnyOrder("a", "b");
    assertThat(scan.troubles()).extracting(Trouble::errno).containsOnly(Errno.ELOOP);
  }

  @Test
  void namesThatAreNoneAreToldHarmlessly() {
    kernel.parent(A, "i915").type(A, "i915-1", "v").type(A, "i915-\u001b[31m\n", "v");
    kernel.link("/sys/class/mdev_bus/b\u0007", "/sys/devices/x");
    Scan scan = Scans.of(kernel);
    assertThat(scan.parents().get(0).types())
        .extracting(ScannedType::type)
        .containsExactly("i915-1");
    assertThat(scan.isComplete()).isFalse();
    assertThat(scan.troubles())
        .extracting(Trouble::about)
        .containsExactlyInAnyOrder(
            FakePosix.device(A) + "/mdev_supported_types/i915-?[31m?", "/sys/class/mdev_bus/b?");
  }

  @Test
  void aDriverLinkThatLeadsToNoDriverIsNone() {
    kernel.parent(A, "i915").type(A, "i915-1", "v");
    kernel.remove(FakePosix.device(A) + "/driver").link(FakePosix.device(A) + "/driver", "/");
    assertThat(Scans.of(kernel).parents().get(0).driver().name()).isEqualTo("i915");
  }

  @Test
  void aTreeThatIsTooLargeIsReadUpToABoundAndIncomplete() {
    for (String parent : List.of("a", "b", "c")) {
      kernel.parent(parent, "i915").type(parent, "i915-1", "v").type(parent, "i915-2", "v");
    }
    MdevTree tree =
        new MdevTree(kernel, Scans.deadline(), Path.of("/sys"), AttributeNames.DEFAULT, 2, 3);
    Scan scan = tree.scan(ScanScope.INVENTORY, Familiar.NONE);
    assertThat(scan.isComplete()).isFalse();
    assertThat(scan.parents()).extracting(p -> p.types().size()).containsExactly(2, 1);
    assertThat(scan.unreadableParents()).containsExactly("b");
    assertThat(scan.troubles())
        .extracting(trouble -> trouble.about() + " " + trouble.advice())
        .containsExactly(
            "/sys/class/mdev_bus it has 3 parents, and 2 are read: the others are not asked about",
            FakePosix.device("b")
                + " with it there are 4 types, and 3 are read: the others are not asked about");
  }

  @Test
  void readsParentsWithDriverTypesAndVersions() {
    kernel.parent(A, "i915").type(A, "i915-V5_4", "one").type(A, "i915-V5_8");
    kernel
        .file("/sys/module/i915/version", "1.6.0\n")
        .file("/sys/module/i915/srcversion", "AB12\n");
    Scan scan = Scans.of(kernel);
    assertThat(scan.isComplete()).isTrue();
    assertThat(scan.bus()).isEqualTo(Bus.PRESENT);
    assertThat(scan.bootId()).contains("boot-1");
    assertThat(scan.kernelRelease()).contains("6.1.0-test");
    ScannedParent parent = scan.parents().get(0);
    assertThat(parent.name()).isEqualTo(A);
    assertThat(parent.device()).isEqualTo(FakePosix.device(A));
    assertThat(parent.driver())
        .isEqualTo(new ScannedDriver("i915", Optional.of("1.6.0"), Optional.of("AB12")));
    assertThat(parent.types())
        .extracting(ScannedType::type)
        .containsExactly("i915-V5_4", "i915-V5_8");
    assertThat(present(parent.types().get(0)).reading()).isEqualTo(new Reading.Value("one\n"));
    assertThat(parent.types().get(1).version()).isEqualTo(new VersionAttribute.Absent());
    assertThat(parent.types().get(0).deviceApi().text()).contains("vfio-pci");
  }

  @Test
  void aParentWithoutDriverLinkHasTheDriverThatItsTypesAreNamedAfter() {
    kernel.parent("mtty", "x").type("mtty", "mtty-1", "v");
    kernel.remove(FakePosix.device("mtty") + "/driver");
    kernel.file("/sys/module/mtty/srcversion", "S1\n");
    assertThat(Scans.of(kernel).parents().get(0).driver())
        .isEqualTo(new ScannedDriver("mtty", Optional.empty(), Optional.of("S1")));
  }

  @Test
  void aDriverWithADashInItsNameIsFoundByItsModule() {
    kernel.parent("p", "x").type("p", "my-driver-type-1", "v");
    kernel.remove(FakePosix.device("p") + "/driver").directory("/sys/module/my_driver");
    assertThat(Scans.of(kernel).parents().get(0).driver().name()).isEqualTo("my-driver");
  }

  @Test
  void theFirstAttributeNameThatExistsIsTaken() {
    kernel.parent(A, "i915").type(A, "i915-1");
    String type = FakePosix.device(A) + "/mdev_supported_types/i915-1/";
    kernel.file(type + "migration_version", "m\n").file(type + "vendor_version", "v\n");
    assertThat(present(Scans.of(kernel).parents().get(0).types().get(0)).name())
        .isEqualTo("migration_version");
    AttributeNames names =
        new AttributeNames(List.of("version"), Map.of("i915", List.of("vendor_version")));
    ScannedType scanned =
        Scans.tree(kernel, names)
            .scan(ScanScope.INVENTORY, Familiar.NONE)
            .parents()
            .get(0)
            .types()
            .get(0);
    assertThat(present(scanned).reading()).isEqualTo(new Reading.Value("v\n"));
  }

  @Test
  void aKernelWithoutTheMdevModuleIsCompleteAndOffersNothing() {
    kernel.remove("/sys/class/mdev_bus").remove("/sys/module/mdev");
    Scan scan = Scans.of(kernel);
    assertThat(scan.bus()).isEqualTo(Bus.ABSENT);
    assertThat(scan.isComplete()).isTrue();
  }

  @Test
  void aMissingBusWhileTheModuleIsLoadedIsNotAnEmptyNode() {
    kernel.remove("/sys/class/mdev_bus");
    Scan scan = Scans.of(kernel);
    assertThat(scan.bus()).isEqualTo(Bus.UNREADABLE);
    assertThat(scan.isComplete()).isFalse();
  }

  @Test
  void aWrongMountIsNotAnEmptyNode() {
    kernel.remove("/sys/class").remove("/sys/module");
    assertThat(Scans.of(kernel).bus()).isEqualTo(Bus.UNREADABLE);
    kernel.directory("/sys/class");
    kernel.magic = 0x01021994;
    Scan tmpfs = Scans.of(kernel);
    assertThat(tmpfs.bus()).isEqualTo(Bus.UNREADABLE);
    assertThat(tmpfs.isComplete()).isFalse();
  }

  @Test
  void anUnreadableClassDirectoryIsIncompleteWithItsNumber() {
    kernel.parent(A, "i915").fail("/sys/class/mdev_bus", Errno.EACCES);
    Scan scan = Scans.of(kernel);
    assertThat(scan.bus()).isEqualTo(Bus.UNREADABLE);
    assertThat(scan.troubles()).extracting(Trouble::errno).containsExactly(Errno.EACCES);
  }

  @Test
  void anUnreadableParentIsIncompleteAndTheOthersAreRead() {
    kernel
        .parent("a", "i915")
        .type("a", "i915-1", "v")
        .parent("b", "i915")
        .type("b", "i915-1", "v");
    kernel.fail(FakePosix.device("a") + "/mdev_supported_types", Errno.EIO);
    Scan scan = Scans.of(kernel);
    assertThat(scan.unreadableParents()).containsExactly("a");
    assertThat(scan.parents()).extracting(ScannedParent::name).containsExactly("b");
    assertThat(scan.isComplete()).isFalse();
  }

  @Test
  void aParentThatVanishesDuringTheScanIsGone() {
    kernel.parent("a", "i915").type("a", "i915-1", "v").parent("b", "i915");
    kernel.show(
        "a",
        "i915-1",
        () -> {
          kernel.removeParent("b");
          return "v\n";
        });
    Scan scan = Scans.of(kernel);
    assertThat(scan.parents()).extracting(ScannedParent::name).containsExactly("a");
    assertThat(scan.vanished()).isTrue();
    assertThat(scan.isComplete()).isTrue();
  }

  @Test
  void loopsAndLinksThatLeadOutAreReportedAndNotFollowed() {
    kernel.link("/sys/class/mdev_bus/loop", "/sys/class/mdev_bus/loop");
    kernel.directory("/etc/evil/mdev_supported_types/evil-1");
    kernel.link("/sys/class/mdev_bus/out", "/etc/evil");
    Scan scan = Scans.of(kernel);
    assertThat(scan.parents()).isEmpty();
    assertThat(scan.unreadableParents()).containsExactlyInAnyOrder("loop", "out");
    assertThat(scan.troubles())
        .extracting(Trouble::errno)
        .containsExactlyInAnyOrder(Errno.ELOOP, 0);
  }

  @Test
  void aReadThatFailsIsKeptWithItsNumber() {
    kernel.parent(A, "i915").type(A, "i915-1", "v");
    kernel.show(A, "i915-1", () -> fail(Errno.ENODEV));
    assertThat(present(Scans.of(kernel).parents().get(0).types().get(0)).reading())
        .isEqualTo(new Reading.Failed(Errno.ENODEV));
  }

  @Test
  void aTypeWhoseAttributeIsGoneWhenItIsReadIsGone() {
    kernel.parent(A, "i915").type(A, "i915-1", "v");
    kernel.show(
        A,
        "i915-1",
        () -> {
          kernel.remove(FakePosix.device(A) + "/mdev_supported_types/i915-1");
          return fail(Errno.ENODEV);
        });
    Scan scan = Scans.of(kernel);
    assertThat(scan.parents().get(0).types()).isEmpty();
    assertThat(scan.vanished()).isTrue();
  }

  @Test
  void aDriverThatDoesNotReturnHoldsTheScanForItsDeadlineOnly() {
    CountDownLatch release = new CountDownLatch(1);
    kernel
        .parent("a", "i915")
        .type("a", "i915-1", "v")
        .parent("b", "i915")
        .type("b", "i915-1", "v");
    kernel.show(
        "a",
        "i915-1",
        () -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return "v\n";
        });
    Scan scan = Scans.of(kernel);
    release.countDown();
    assertThat(present(scan.parents().get(0).types().get(0)).reading())
        .isEqualTo(new Reading.NoReturn());
    assertThat(present(scan.parents().get(1).types().get(0)).reading())
        .isEqualTo(new Reading.Value("v\n"));
  }

  @Test
  void instancesAreTracedToTypeAndParent() {
    kernel.parent(A, "i915").type(A, "i915-1", "v");
    String uuid = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";
    String device = FakePosix.device(A) + "/" + uuid;
    kernel.directory(device);
    kernel.link(device + "/mdev_type", FakePosix.device(A) + "/mdev_supported_types/i915-1");
    kernel.link("/sys/bus/mdev/devices/" + uuid, device);
    assertThat(Scans.tree(kernel).scan(ScanScope.EVERYTHING, Familiar.NONE).instances())
        .containsExactly(new Instance(uuid, Optional.of(A), Optional.of("i915-1")));
  }

  @Test
  void aBootIdThatCannotBeReadMakesTheScanIncomplete() {
    kernel.fail("/proc/sys/kernel/random/boot_id", Errno.EACCES);
    assertThat(Scans.of(kernel).bootId()).isEmpty();
    assertThat(Scans.of(kernel).isComplete()).isFalse();
  }

  @Test
  void aParentThatIsListedAndLeadsNowhereIsNotGone() {
    kernel.parent("a", "i915").link("/sys/class/mdev_bus/b", "/sys/devices/hidden");
    Scan scan = Scans.of(kernel);
    assertThat(scan.unreadableParents()).containsExactly("b");
    assertThat(scan.isComplete()).isFalse();
    assertThat(scan.vanished()).as("looking again soon does not help").isFalse();
    assertThat(scan.troubles().get(0).about()).isEqualTo("/sys/class/mdev_bus/b");
    assertThat(scan.troubles().get(0).advice()).contains("/sys/devices");
  }

  @Test
  void aParentWhoseDirectoryIsGoneAfterAnEmptyListOfTypesIsNotAParentWithoutTypes() {
    kernel.parent("a", "i915");
    Posix leaving =
        (Posix)
            Proxy.newProxyInstance(
                Posix.class.getClassLoader(),
                new Class<?>[] {Posix.class},
                (proxy, method, args) -> {
                  try {
                    return method.invoke(kernel, args);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  } finally {
                    if (args[0].equals(FakePosix.device("a").resolve("mdev_supported_types"))) {
                      kernel.removeParent("a");
                    }
                  }
                });
    Scan scan = Scans.of(leaving);
    assertThat(scan.parents()).isEmpty();
    assertThat(scan.vanished()).isTrue();
  }

  @Test
  void aTypeWhoseAttributesAreGoneBeforeItsDirectoryIsIsNotJudged() {
    String type = FakePosix.device(A) + "/mdev_supported_types/i915-1";
    kernel.parent(A, "i915").type(A, "i915-1", "v");
    kernel.show(
        A,
        "i915-1",
        () -> {
          kernel.remove(type + "/version");
          return fail(Errno.ENODEV);
        });
    assertThat(Scans.of(kernel).parents().get(0).types().get(0).version())
        .isEqualTo(new VersionAttribute.Unreadable(Errno.ENOENT));
    kernel.remove(type + "/device_api");
    assertThat(Scans.of(kernel).parents().get(0).types().get(0).version())
        .as("without any attribute")
        .isEqualTo(new VersionAttribute.Unreadable(Errno.ENOENT));
  }

  @Test
  void aTypeWithAnUnsafeNameIsLeftOutAndSaid() {
    kernel.parent(A, "i915").type(A, "i915-1", "v").type(A, "i915 \u001b[2J", "v");
    Scan scan = Scans.of(kernel);
    assertThat(scan.parents().get(0).types())
        .extracting(ScannedType::type)
        .containsExactly("i915-1");
    assertThat(scan.isComplete()).isFalse();
    assertThat(scan.troubles().get(0).about()).endsWith("/mdev_supported_types/i915 ?[2J");
    assertThat(scan.troubles().get(0).advice()).contains("type's name");
  }

  @Test
  void whatATroubleIsAboutIsPrintable() {
    kernel.link("/sys/class/mdev_bus/x\u001b]0;y\u0007\n", "/sys/devices");
    assertThat(Scans.of(kernel).troubles().get(0).about()).matches("[ -~]+");
  }

  private static VersionAttribute.Present present(ScannedType type) {
    return (VersionAttribute.Present) type.version();
  }

  private static String fail(int errno) throws PosixException {
    throw new PosixException("read", Path.of("version"), errno);
  }
}
