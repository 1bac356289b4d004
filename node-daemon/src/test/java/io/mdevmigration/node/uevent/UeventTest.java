package io.mdevmigration.node.uevent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UeventTest {
  private static final String DEVICE = "/devices/pci0000:00/0000:00:02.0";

  /** As a 6.1 kernel sends it when i915 registers its parent. */
  private static final String REGISTERED =
      message(
          "change@" + DEVICE,
          "ACTION=change",
          "DEVPATH=" + DEVICE,
          "SUBSYSTEM=pci",
          "MDEV_STATE=registered",
          "DRIVER=i915",
          "PCI_SLOT_NAME=0000:00:02.0",
          "SEQNUM=2412");

  @Test
  void aKernelsMessageIsRead() {
    Uevent uevent = Uevent.parse(REGISTERED).orElseThrow();
    assertThat(uevent.action()).isEqualTo("change");
    assertThat(uevent.devpath()).isEqualTo(DEVICE);
    assertThat(uevent.properties())
        .containsEntry("MDEV_STATE", "registered")
        .containsEntry("SEQNUM", "2412")
        .hasSize(7);
  }

  @Test
  void parentsThatComeAndGoAreChanges() {
    assertThat(change(REGISTERED)).contains(KernelChange.REGISTERED);
    assertThat(change(REGISTERED.replace("registered", "unregistered")))
        .contains(KernelChange.UNREGISTERED);
    assertThat(change(REGISTERED.replace("MDEV_STATE=registered\0", ""))).isEmpty();
    assertThat(change(REGISTERED.replace("=registered", "=whatever"))).isEmpty();
  }

  @Test
  void modulesAndTheBusThatComeAndGoAreChanges() {
    for (String action : new String[] {"add", "remove"}) {
      assertThat(change(message(action + "@/module/mdev", "SUBSYSTEM=module")))
          .contains(KernelChange.MODULE);
      assertThat(change(message(action + "@/class/mdev_bus", "SUBSYSTEM=mdev_bus")))
          .contains(KernelChange.MODULE);
    }
    assertThat(change(message("change@/module/mdev", "SUBSYSTEM=module"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"add", "remove", "bind", "unbind"})
  void singleMdevsAreNoChange(String action) {
    String uuid = DEVICE + "/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";
    assertThat(change(message(action + "@" + uuid, "SUBSYSTEM=mdev", "DRIVER=vfio_mdev")))
        .isEmpty();
    assertThat(change(message(action + "@" + DEVICE, "SUBSYSTEM=pci", "DRIVER=vfio-pci")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\0",
        "add@/module/mdev",
        "add@/module/mdev\0SUBSYSTEM=module",
        "add@module/mdev\0SUBSYSTEM=module\0",
        "@/module/mdev\0SUBSYSTEM=module\0",
        "ADD@/module/mdev\0SUBSYSTEM=module\0",
        "add /module/mdev\0SUBSYSTEM=module\0",
        "libudev\0\u00fe\u00ed\u00ca\u00fe\0\0\0(ACTION=add\0SUBSYSTEM=module\0"
      })
  void whatTheKernelWouldNotSayIsNoMessage(String text) {
    assertThat(Uevent.parse(text)).isEmpty();
  }

  @Test
  void aMessageHasBounds() {
    String many = "add@/module/m\0SUBSYSTEM=module\0" + "K=V\0".repeat(127);
    assertThat(Uevent.parse(many)).isPresent();
    assertThat(Uevent.parse(many + "K=V\0")).isEmpty();
    String longest = "add@/module/m\0K=" + "v".repeat(Uevent.BYTES_MAX - 17) + "\0";
    assertThat(longest).hasSize(Uevent.BYTES_MAX);
    assertThat(Uevent.parse(longest)).isPresent();
    assertThat(Uevent.parse(longest.replace("K=", "K=v"))).isEmpty();
  }

  @Test
  void aWordWithoutAValueIsPassedOver() {
    Uevent uevent =
        Uevent.parse("add@/module/m\0WORD\0=x\0\0SUBSYSTEM=module\0A=b=c\0").orElseThrow();
    assertThat(uevent.properties()).containsOnlyKeys("SUBSYSTEM", "A").containsEntry("A", "b=c");
  }

  private static String message(String... parts) {
    return String.join("\0", parts) + "\0";
  }

  private static Optional<KernelChange> change(String message) {
    return Uevent.parse(message).flatMap(KernelChange::of);
  }
}
