package io.mdevmigration.e2e.simulated;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FileStatus;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.uevent.Uevent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is recorded of real kernels has to hold for the simulated one. */
@Timeout(30)
final class SimulatedKernelTest {
  private static final String PARENT = "0000:00:02.0";
  private static final String OTHER = "0000:00:03.0";
  private static final Path BUS = Path.of("/sys/class/mdev_bus");
  private static final Path VERSION = attribute("version");

  private final SimulatedDriver driver =
      SimulatedDriver.named("sample")
          .version("2.0")
          .srcversion("0A1B")
          .parents(2)
          .type("sample-A", t -> t.version("A-v2").accepts("A-v1", "A-v2").refuses("A-v9", 6));
  private final SimulatedKernel kernel = SimulatedKernel.with(driver);

  @Test
  void theClassDirectoryIsAbsentUntilADriverBringsTheMdevModuleAndStaysAfterIt() throws Exception {
    SimulatedKernel empty = SimulatedKernel.booted("6.1.0");
    assertErrno(() -> empty.list(BUS), "readdir", Errno.ENOENT);
    assertThat(empty.list(Path.of("/sys/class"))).isEmpty();
    empty.load(driver);
    assertThat(empty.list(BUS)).containsExactlyInAnyOrder(PARENT, OTHER);
    empty.unload("sample");
    assertThat(empty.list(BUS)).isEmpty();
    assertThat(empty.list(Path.of("/sys/module"))).containsExactly("mdev");
  }

  @Test
  void aParentIsALinkIntoTheDevicesDirectory() throws Exception {
    assertThat(kernel.realPath(BUS.resolve(PARENT)))
        .isEqualTo(Path.of("/sys/devices/pci0000:00/" + PARENT));
    assertThat(kernel.realPath(BUS.resolve(PARENT).resolve("driver")))
        .isEqualTo(Path.of("/sys/bus/pci/drivers/sample"));
    Path module = kernel.realPath(BUS.resolve(PARENT).resolve("driver/module"));
    assertThat(module).isEqualTo(Path.of("/sys/module/sample"));
    assertThat(text(module.resolve("version"))).isEqualTo("2.0\n");
    assertThat(text(module.resolve("srcversion"))).isEqualTo("0A1B\n");
  }

  @Test
  void moduleVersionAndDriverLinkMayBeAbsent() {
    SimulatedKernel bare = SimulatedKernel.with(SimulatedDriver.named("bare").withoutDriverLink());
    assertErrno(
        () -> bare.realPath(BUS.resolve(PARENT).resolve("driver")), "readlink", Errno.ENOENT);
    assertErrno(() -> bare.read(Path.of("/sys/module/bare/version"), 99), "open", Errno.ENOENT);
  }

  @Test
  void aTypeHasTheFilesOfTheKernelsDocumentation() throws Exception {
    assertThat(kernel.list(VERSION.getParent()))
        .containsExactlyInAnyOrder(
            "name", "device_api", "available_instances", "create", "devices", "version");
    assertThat(text(attribute("name"))).isEqualTo("A\n");
    assertThat(text(attribute("device_api"))).isEqualTo("vfio-pci\n");
    assertThat(text(attribute("available_instances"))).isEqualTo("4\n");
    assertThat(kernel.stat(VERSION).mode()).isEqualTo(0644);
    assertThat(kernel.stat(attribute("create")).mode()).isEqualTo(0200);
  }

  @Test
  void theAcceptedStringIsTakenWithAndWithoutNewline() throws Exception {
    assertThat(kernel.write(VERSION, bytes("A-v1"))).isEqualTo(4);
    assertThat(kernel.write(VERSION, bytes("A-v1\n"))).isEqualTo(5);
    assertThat(kernel.writes(PARENT, "sample-A", "A-v1")).isEqualTo(2);
    assertErrno(() -> kernel.write(VERSION, bytes("A-v1\n\n")), "write", Errno.EINVAL);
  }

  @Test
  void aDriverMayInsistOnTheNewlineOrRejectIt() throws Exception {
    kernel.reload(
        driver
            .type("sample-A", t -> t.accepts("x").newline(Newline.REQUIRED))
            .type("sample-B", t -> t.accepts("x").newline(Newline.REJECTED)));
    assertErrno(() -> kernel.write(VERSION, bytes("x")), "write", Errno.EINVAL);
    assertThat(kernel.write(VERSION, bytes("x\n"))).isEqualTo(2);
    Path rejecting = type(PARENT, "sample-B").resolve("version");
    assertErrno(() -> kernel.write(rejecting, bytes("x\n")), "write", Errno.EINVAL);
    assertThat(kernel.write(rejecting, bytes("x"))).isEqualTo(1);
  }

  @Test
  void aRefusalHasTheErrnoOfTheVendorAndEinvalOtherwise() {
    assertErrno(() -> kernel.write(VERSION, bytes("A-v9\n")), "write", 6);
    assertErrno(() -> kernel.write(VERSION, bytes("never heard of\n")), "write", Errno.EINVAL);
  }

  @Test
  void aWriteOfZeroBytesReturnsZeroAndNeverReachesTheDriver() throws Exception {
    assertThat(kernel.write(VERSION, new byte[0])).isZero();
    assertThat(kernel.totalWrites()).isZero();
    assertErrno(() -> kernel.write(VERSION, bytes("\n")), "write", Errno.EINVAL);
    assertThat(kernel.totalWrites()).isEqualTo(1);
  }

  @Test
  void theDriverSeesTheFirstPageOnly() throws Exception {
    String page = "x".repeat(4096);
    kernel.reload(driver.type("sample-A", t -> t.accepts(page)));
    assertThat(kernel.write(VERSION, bytes(page + "yz"))).isEqualTo(4096);
  }

  @Test
  void bytesAfterNulAreIgnored() throws Exception {
    assertThat(kernel.write(VERSION, bytes("A-v1\0rubbish"))).isEqualTo(12);
  }

  @Test
  void aDriverMayTakeLessThanItWasGiven() throws Exception {
    kernel.reload(driver.type("sample-A", t -> t.answers("x", new Response.ShortCount(1))));
    assertThat(kernel.write(VERSION, bytes("x\n"))).isEqualTo(1);
  }

  @Test
  void aReadGivesTheWholeValueOnceAnd4095BytesAtMost() throws Exception {
    assertThat(text(VERSION)).isEqualTo("A-v2\n");
    assertThat(kernel.read(VERSION, 3)).isEqualTo(bytes("A-v"));
    kernel.reload(driver.type("sample-A", t -> t.version("x".repeat(5000))));
    assertThat(kernel.read(VERSION, 65_536)).hasSize(4095);
    assertThat(kernel.reads(PARENT, "sample-A")).isEqualTo(3);
    assertThat(kernel.reads(OTHER, "sample-A")).isZero();
  }

  @Test
  void readsMayFailDifferOrGiveNothing() throws Exception {
    kernel.reload(
        driver
            .type("sample-A", t -> t.readFails(Errno.EIO))
            .type("sample-B", t -> t.unstable("1", "2"))
            .type("sample-C", t -> t.reads(new Response.Give(""))));
    assertErrno(() -> kernel.read(VERSION, 99), "read", Errno.EIO);
    Path unstable = type(PARENT, "sample-B").resolve("version");
    assertThat(List.of(text(unstable), text(unstable), text(unstable)))
        .containsExactly("1\n", "2\n", "1\n");
    assertThat(text(type(PARENT, "sample-C").resolve("version"))).isEmpty();
  }

  @Test
  void aTypeMayBeWithoutTheAttributeOrItsWriteBit() throws Exception {
    kernel.reload(
        driver
            .type("sample-A", SimulatedType::withoutVersion)
            .type("sample-B", SimulatedType::readOnlyVersion)
            .type("sample-C", t -> t.attribute("migration_version").withoutName()));
    assertErrno(() -> kernel.stat(VERSION), "stat", Errno.ENOENT);
    assertErrno(() -> kernel.write(VERSION, bytes("x")), "open", Errno.ENOENT);
    Path readOnly = type(PARENT, "sample-B").resolve("version");
    assertThat(kernel.stat(readOnly).hasWriteBit()).isFalse();
    assertErrno(() -> kernel.write(readOnly, bytes("x")), "open", Errno.EACCES);
    assertThat(kernel.list(type(PARENT, "sample-C")))
        .contains("migration_version")
        .doesNotContain("version", "name");
  }

  @Test
  void enodevOfADriverLeavesTheAttributeWhereItIs() throws Exception {
    kernel.reload(driver.type("sample-A", SimulatedType::withoutMigration));
    assertErrno(() -> kernel.read(VERSION, 99), "read", Errno.ENODEV);
    assertErrno(() -> kernel.write(VERSION, bytes("x\n")), "write", Errno.ENODEV);
    assertThat(kernel.stat(VERSION).hasWriteBit()).isTrue();
  }

  @Test
  void aParentThatGoesAwayAfterOpenGivesTheSameEnodevAndTheAttributeIsGone() throws Exception {
    kernel.reload(driver.type("sample-A", t -> t.answers("x", new Response.Vanish())));
    assertErrno(() -> kernel.write(VERSION, bytes("x\n")), "write", Errno.ENODEV);
    assertErrno(() -> kernel.stat(VERSION), "stat", Errno.ENOENT);
    assertThat(kernel.list(BUS)).containsExactly(OTHER);
  }

  @Test
  void oneParentMayAnswerOtherwiseThanTheRest() throws Exception {
    kernel.reload(
        driver
            .on(OTHER, "sample-A", t -> t.refuses("A-v1", Errno.EINVAL))
            .on(OTHER, "sample-only", t -> t.version("1")));
    assertThat(kernel.write(VERSION, bytes("A-v1\n"))).isEqualTo(5);
    Path other = type(OTHER, "sample-A").resolve("version");
    assertErrno(() -> kernel.write(other, bytes("A-v1\n")), "write", Errno.EINVAL);
    assertThat(kernel.write(other, bytes("A-v2\n"))).isEqualTo(5);
    assertErrno(() -> kernel.stat(type(PARENT, "sample-only")), "stat", Errno.ENOENT);
    assertThat(kernel.stat(type(OTHER, "sample-only"))).isNotNull();
    assertThat(kernel.writes())
        .containsEntry(new Question(PARENT, "sample-A", "A-v1"), 1)
        .containsEntry(new Question(OTHER, "sample-A", "A-v1"), 1)
        .containsEntry(new Question(OTHER, "sample-A", "A-v2"), 1)
        .hasSize(3);
  }

  @Test
  void aSequenceOfAnswersEndsWithTheLastOfThem() throws Exception {
    kernel.reload(
        driver.type(
            "sample-A", t -> t.answers("x", Response.fail(Errno.EAGAIN), Response.accept())));
    assertErrno(() -> kernel.write(VERSION, bytes("x\n")), "write", Errno.EAGAIN);
    assertThat(kernel.write(VERSION, bytes("x\n"))).isEqualTo(2);
    assertThat(kernel.write(VERSION, bytes("x\n"))).isEqualTo(2);
  }

  @Test
  void anInterruptedWriteIsRepeatedAtOnce() throws Exception {
    kernel.reload(
        driver.type(
            "sample-A", t -> t.answers("x", Response.fail(Errno.EINTR), Response.accept())));
    assertThat(kernel.write(VERSION, bytes("x\n"))).isEqualTo(2);
    assertThat(kernel.totalWrites()).isEqualTo(2);
  }

  @Test
  void theInodeIsANewOneAfterEachReloadAndTheSameForEveryReader() throws Exception {
    long first = kernel.stat(VERSION).inode();
    assertThat(kernel.stat(VERSION).inode()).isEqualTo(first);
    kernel.reload(driver);
    long second = kernel.stat(VERSION).inode();
    kernel.unload("sample");
    kernel.load(driver);
    assertThat(List.of(first, second, kernel.stat(VERSION).inode())).doesNotHaveDuplicates();
  }

  @Test
  void noTwoAttributesHaveOneInode() throws Exception {
    List<Long> inodes = new ArrayList<>();
    kernel.reload(driver.type("sample-B", t -> t).on(OTHER, "sample-C", t -> t));
    kernel.addParent("sample", "late");
    for (String parent : kernel.list(BUS)) {
      for (String type : kernel.list(BUS.resolve(parent).resolve("mdev_supported_types"))) {
        inodes.add(kernel.stat(type(parent, type).resolve("version")).inode());
      }
    }
    assertThat(inodes).hasSize(7).doesNotHaveDuplicates();
  }

  @Test
  void aRebootChangesTheBootIdAndMayRepeatTheInodes() throws Exception {
    Path bootId = Path.of("/proc/sys/kernel/random/boot_id");
    FileStatus before = kernel.stat(VERSION);
    String first = text(bootId);
    kernel.createDevice(PARENT, "sample-A");
    kernel.reboot();
    assertThat(text(bootId)).isNotEqualTo(first).isEqualTo(kernel.bootId() + "\n");
    assertThat(kernel.stat(VERSION)).isEqualTo(before);
    assertThat(kernel.list(Path.of("/sys/bus/mdev/devices"))).isEmpty();
    assertThat(text(Path.of("/proc/sys/kernel/osrelease"))).isEqualTo(kernel.release() + "\n");
  }

  @Test
  void aSilentChangeKeepsInodesAndTellsNobody() throws Exception {
    List<String> events = new ArrayList<>();
    kernel.onUevent(events::add);
    FileStatus before = kernel.stat(VERSION);
    kernel.changeSilently(driver.type("sample-A", t -> t.version("A-v3").refuses("A-v1", 7)));
    assertThat(kernel.stat(VERSION)).isEqualTo(before);
    assertThat(text(VERSION)).isEqualTo("A-v3\n");
    assertErrno(() -> kernel.write(VERSION, bytes("A-v1")), "write", 7);
    assertThat(events).isEmpty();
    assertThatThrownBy(() -> kernel.changeSilently(driver.type("sample-B", t -> t)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reload");
  }

  @Test
  void whatTheKernelAnnouncesIsAsRealKernelsDo() {
    List<String> events = new ArrayList<>();
    kernel.onUevent(
        message -> {
          Uevent event = Uevent.parse(message).orElseThrow();
          String state = event.properties().get("MDEV_STATE");
          events.add(event.action() + " " + event.devpath() + (state == null ? "" : " " + state));
        });
    String first = "change /devices/pci0000:00/" + PARENT;
    String second = "change /devices/pci0000:00/" + OTHER;
    kernel.reload(driver);
    assertThat(events)
        .containsExactly(
            first + " unregistered",
            second + " unregistered",
            "remove /module/sample",
            "add /module/sample",
            first + " registered",
            second + " registered");
    events.clear();
    UUID uuid = kernel.createDevice(PARENT, "sample-A");
    kernel.removeParent(PARENT);
    kernel.addParent("sample", PARENT);
    kernel.unload("sample");
    assertThat(events)
        .containsExactly(
            "add /devices/pci0000:00/" + PARENT + "/" + uuid,
            "remove /devices/pci0000:00/" + PARENT + "/" + uuid,
            first + " unregistered",
            first + " registered",
            first + " unregistered",
            second + " unregistered",
            "remove /module/sample");
  }

  @Test
  void attributesThatAreAddedLaterAreNotAnnounced() throws Exception {
    List<String> events = new ArrayList<>();
    kernel.reload(driver.type("sample-A", SimulatedType::withoutVersion));
    kernel.onUevent(events::add);
    assertErrno(() -> kernel.stat(VERSION), "stat", Errno.ENOENT);
    kernel.addAttributes(driver);
    assertThat(text(VERSION)).isEqualTo("A-v2\n");
    assertThat(events).isEmpty();
  }

  @Test
  void aParentThatComesLeavesTheInodesOfTheOthersAlone() throws Exception {
    FileStatus before = kernel.stat(VERSION);
    kernel.addParent("sample", "0000:00:09.0");
    assertThat(kernel.list(BUS)).hasSize(3);
    assertThat(kernel.stat(VERSION)).isEqualTo(before);
    kernel.removeParent(PARENT);
    assertErrno(() -> kernel.write(VERSION, bytes("A-v1\n")), "open", Errno.ENOENT);
  }

  @Test
  void readOnlySysfsGivesErofsAtOpenForWritingAlone() throws Exception {
    kernel.mountReadOnly();
    assertErrno(() -> kernel.write(VERSION, bytes("A-v1\n")), "open", Errno.EROFS);
    assertThat(text(VERSION)).isEqualTo("A-v2\n");
    kernel.mountWritable();
    assertThat(kernel.write(VERSION, bytes("A-v1\n"))).isEqualTo(5);
  }

  @Test
  void anotherFileSystemInPlaceOfSysfsHasAnotherMagicNumber() throws Exception {
    assertThat(kernel.fileSystemMagic(Path.of("/sys"))).isEqualTo(SimulatedKernel.SYSFS_MAGIC);
    assertThat(kernel.fileSystemMagic(VERSION)).isEqualTo(SimulatedKernel.SYSFS_MAGIC);
    assertThat(kernel.fileSystemMagic(Path.of("/proc/sys"))).isEqualTo(SimulatedKernel.PROC_MAGIC);
    kernel.unmountSysfs();
    assertThat(kernel.list(Path.of("/sys"))).isEmpty();
    assertThat(kernel.fileSystemMagic(Path.of("/sys"))).isEqualTo(SimulatedKernel.TMPFS_MAGIC);
    assertErrno(() -> kernel.list(BUS), "readdir", Errno.ENOENT);
  }

  @Test
  void whatATestMakesUnreadableFailsByEveryPathUntilHealed() throws Exception {
    kernel.failAt(kernel.realPath(VERSION), Errno.EACCES);
    assertErrno(() -> kernel.read(VERSION, 99), "open", Errno.EACCES);
    assertErrno(() -> kernel.stat(VERSION), "stat", Errno.EACCES);
    kernel.heal();
    assertThat(text(VERSION)).isEqualTo("A-v2\n");
    kernel.failAt(BUS, Errno.EACCES);
    assertErrno(() -> kernel.list(BUS), "readdir", Errno.EACCES);
    assertErrno(() -> kernel.read(VERSION, 99), "open", Errno.EACCES);
  }

  @Test
  void wrongKindsOfFilesGiveTheErrnosOfLinux() {
    assertErrno(() -> kernel.list(VERSION), "readdir", Errno.ENOTDIR);
    assertErrno(() -> kernel.read(VERSION.resolve("x"), 9), "open", Errno.ENOTDIR);
    assertErrno(() -> kernel.read(BUS, 9), "read", 21);
    assertErrno(() -> kernel.write(BUS, bytes("x")), "open", 21);
    assertErrno(() -> kernel.write(BUS.resolve(PARENT), bytes("x")), "open", Errno.ELOOP);
    assertErrno(() -> kernel.read(attribute("create"), 9), "open", Errno.EACCES);
    assertErrno(() -> kernel.write(attribute("name"), bytes("x")), "open", Errno.EACCES);
  }

  @Test
  void dotsLeadUpTheRealTree() throws Exception {
    assertThat(kernel.realPath(BUS.resolve(PARENT).resolve("..").resolve(OTHER)))
        .isEqualTo(Path.of("/sys/devices/pci0000:00/" + OTHER));
    assertThat(kernel.realPath(Path.of("/../sys/./class"))).isEqualTo(Path.of("/sys/class"));
  }

  @Test
  void aDeviceIsLinkedFromItsTypeAndLinksBackAndTakesRoom() throws Exception {
    UUID uuid = kernel.createDevice(PARENT, "sample-A");
    Path device = Path.of("/sys/bus/mdev/devices").resolve(uuid.toString());
    assertThat(kernel.realPath(device))
        .isEqualTo(Path.of("/sys/devices/pci0000:00/" + PARENT + "/" + uuid));
    assertThat(kernel.realPath(device.resolve("mdev_type")))
        .isEqualTo(kernel.realPath(VERSION).getParent());
    assertThat(kernel.realPath(attribute("devices").resolve(uuid.toString())))
        .isEqualTo(kernel.realPath(device));
    assertThat(text(attribute("available_instances"))).isEqualTo("3\n");
    IntStream.range(0, 3).forEach(i -> kernel.createDevice(PARENT, "sample-A"));
    assertThat(text(attribute("available_instances"))).isEqualTo("0\n");
    assertThatThrownBy(() -> kernel.createDevice(PARENT, "sample-A"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ENOSPC");
    assertThat(kernel.write(VERSION, bytes("A-v1\n"))).isEqualTo(5);
    kernel.removeDevice(uuid);
    assertThat(text(attribute("available_instances"))).isEqualTo("1\n");
  }

  @Test
  void writingAUuidToCreateMakesADeviceAsInAnyKernel() throws Exception {
    UUID uuid = UUID.randomUUID();
    assertErrno(() -> kernel.write(attribute("create"), bytes("A-v1\n")), "write", Errno.EINVAL);
    assertThat(kernel.write(attribute("create"), bytes(uuid + "\n"))).isEqualTo(37);
    assertThat(kernel.list(Path.of("/sys/bus/mdev/devices"))).containsExactly(uuid.toString());
    assertThat(kernel.totalWrites()).isZero();
  }

  @Test
  void aDriverThatHangsAnswersWhenReleasedAndFailsOnReboot() throws Exception {
    kernel.reload(driver.type("sample-A", t -> t.hangsOn("x")));
    CompletableFuture<Integer> first = writing("x\n");
    assertThat(first.completeOnTimeout(-1, 100, TimeUnit.MILLISECONDS).copy().join()).isEqualTo(-1);
    CompletableFuture<Integer> second = writing("x\n");
    awaitWrites(2);
    assertThat(kernel.mostWritesAtOnce()).isEqualTo(2);
    kernel.releaseHangs();
    assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(2);
    CompletableFuture<Integer> third = writing("x\n");
    awaitWrites(3);
    kernel.reboot();
    assertThatThrownBy(() -> third.get(5, TimeUnit.SECONDS)).hasStackTraceContaining("EIO");
  }

  @Test
  void aSlowDriverTakesItsTime() throws Exception {
    kernel.reload(driver.type("sample-A", t -> t.acceptsSlowly("x", Duration.ofMillis(80))));
    long start = System.nanoTime();
    assertThat(kernel.write(VERSION, bytes("x\n"))).isEqualTo(2);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(80));
  }

  @Test
  void nothingReturnsFromAKernelThatPanickedBeforeItIsRebooted() throws Exception {
    kernel.reload(driver.type("sample-A", t -> t.answers("x", new Response.Panic())));
    CompletableFuture<Integer> write = writing("x\n");
    awaitWrites(1);
    CompletableFuture<List<String>> list =
        CompletableFuture.supplyAsync(() -> unchecked(() -> kernel.list(BUS)));
    Thread.sleep(50);
    assertThat(list).isNotDone();
    kernel.reboot(driver);
    assertThatThrownBy(() -> write.get(5, TimeUnit.SECONDS)).hasStackTraceContaining("EIO");
    assertThatThrownBy(() -> list.get(5, TimeUnit.SECONDS)).hasStackTraceContaining("EIO");
    assertThat(kernel.write(VERSION, bytes("A-v1\n"))).isEqualTo(5);
  }

  @Test
  void twoDriversShareAKernelButNoParent() throws Exception {
    SimulatedDriver second =
        SimulatedDriver.named("vendor").parents(List.of("0000:41:00.4")).type("vendor-1", t -> t);
    kernel.load(second);
    assertThat(kernel.list(BUS)).containsExactlyInAnyOrder(PARENT, OTHER, "0000:41:00.4");
    assertThatThrownBy(() -> kernel.load(SimulatedDriver.named("thief")))
        .isInstanceOf(IllegalStateException.class);
    kernel.unload("sample");
    assertThat(kernel.list(BUS)).containsExactly("0000:41:00.4");
  }

  @Test
  void countsAreExactForManyWriters() throws Exception {
    List<CompletableFuture<Integer>> writes =
        IntStream.range(0, 400).mapToObj(i -> writing("A-v1\n")).toList();
    for (CompletableFuture<Integer> write : writes) {
      assertThat(write.get(10, TimeUnit.SECONDS)).isEqualTo(5);
    }
    assertThat(kernel.writes(PARENT, "sample-A", "A-v1")).isEqualTo(400);
    assertThat(kernel.totalWrites()).isEqualTo(400);
  }

  @Test
  void fiveThousandKernelsTakeLessThan100Megabytes() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    long before = runtime.totalMemory() - runtime.freeMemory();
    List<SimulatedKernel> kernels =
        IntStream.range(0, 5000)
            .mapToObj(i -> SimulatedKernel.with(driver.parents(4).type("sample-B", t -> t)))
            .toList();
    System.gc();
    long each = (runtime.totalMemory() - runtime.freeMemory() - before) / kernels.size();
    assertThat(each).isLessThan(20_000);
  }

  private CompletableFuture<Integer> writing(String text) {
    return CompletableFuture.supplyAsync(
        () -> unchecked(() -> kernel.write(VERSION, bytes(text))),
        work -> {
          Thread thread = new Thread(work);
          thread.setDaemon(true);
          thread.start();
        });
  }

  private void awaitWrites(int count) throws InterruptedException {
    while (kernel.totalWrites() < count) {
      Thread.sleep(5);
    }
    Thread.sleep(20); // until the one counted last has reached its response
  }

  private interface Checked<T> {
    T run() throws PosixException;
  }

  private static <T> T unchecked(Checked<T> call) {
    try {
      return call.run();
    } catch (PosixException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertErrno(ThrowingCallable call, String name, int errno) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PosixException.class,
            e -> {
              assertThat(e.call()).isEqualTo(name);
              assertThat(e.errno()).as(e.getMessage()).isEqualTo(errno);
            });
  }

  private String text(Path file) throws PosixException {
    return new String(kernel.read(file, 4096), ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static Path type(String parent, String type) {
    return BUS.resolve(parent).resolve("mdev_supported_types").resolve(type);
  }

  private static Path attribute(String name) {
    return type(PARENT, "sample-A").resolve(name);
  }
}
