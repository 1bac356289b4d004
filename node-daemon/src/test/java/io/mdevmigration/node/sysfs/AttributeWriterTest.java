package io.mdevmigration.node.sysfs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.posix.JnaPosix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.posix.WritableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real files, laid out as sysfs is, but for what only another mount can show. */
class AttributeWriterTest {
  private static final String TYPES = "mdev_supported_types";
  private static final String TYPE = "i915-1";

  @TempDir Path temporary;

  private Path root;
  private Path device;
  private AttributeWriter writer;

  @BeforeEach
  void layOut() throws IOException {
    root = Files.createDirectories(temporary.toRealPath().resolve("sys"));
    device = attribute(root.resolve("devices/pci0/card"));
    writer = new AttributeWriter(new JnaPosix(), root);
  }

  @Test
  void anAttributeOfADeviceIsWrittenAndNothingBesideIt() throws Exception {
    try (WritableFile file = writer.open(new TypeAttribute(device, TYPE, "version"))) {
      assertThat(file.write("v1\n".getBytes(US_ASCII))).isEqualTo(3);
    }
    assertThat(device.resolve(TYPES).resolve(TYPE).resolve("version")).hasContent("v1\n");
    assertThat(device.resolve(TYPES).resolve(TYPE)).isDirectoryNotContaining("glob:**/other");
  }

  @Test
  void sysfsMayBeNamedByALink() throws Exception {
    Path link = Files.createSymbolicLink(temporary.resolve("host"), root);
    AttributeWriter linked = new AttributeWriter(new JnaPosix(), link);
    linked.open(new TypeAttribute(device, TYPE, "version")).close();
    assertFails(Errno.EXDEV, linked, link.resolve("devices/pci0/card"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"elsewhere/card", "sys/kernel/card", "sys/devices2/card", "sys/class/card"})
  void whatIsNoDeviceOfThisSysfsIsNotOpened(String place) throws Exception {
    Path other = attribute(temporary.toRealPath().resolve(place));
    assertFails(Errno.EXDEV, writer, other);
    assertFails(Errno.EXDEV, writer, root);
    assertFails(Errno.EXDEV, writer, root.resolve("devices"));
  }

  @ParameterizedTest
  @CsvSource({
    "pci0/card,                               ../other",
    "pci0/card/mdev_supported_types,          ../elsewhere/card/mdev_supported_types",
    "pci0/card/mdev_supported_types/i915-1,   .",
    "pci0/card/mdev_supported_types/i915-1/version, ../../config",
  })
  void aLinkInPlaceOfAnyPartIsNotFollowed(String part, String target) throws Exception {
    attribute(root.resolve("devices/other"));
    Path link = root.resolve("devices").resolve(part);
    Files.move(link, temporary.resolve("moved"));
    Files.createSymbolicLink(link, Path.of(target));
    assertFails(Errno.ELOOP, writer, device);
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "", "a/b", "../i915-1", "a\nb", "a b", "/etc"})
  void noTypeLeavesItsDirectory(String type) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TypeAttribute(device, type, "version"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"create", "remove", "uevent", "devices", "name", "..", "a/b", "", "ver\nsion"})
  void noAttributeOfTheKernelIsAQuestion(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new TypeAttribute(device, TYPE, name));
  }

  @Test
  void aDeviceHasToBeResolved() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new TypeAttribute(device.resolve("../../../../elsewhere"), TYPE, "version"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TypeAttribute(Path.of("card"), TYPE, "version"));
  }

  @Test
  void anotherFileSystemInsideOfSysfsIsNotWritten() throws Exception {
    FakePosix kernel = new FakePosix().parent("card", "i915").type("card", TYPE, "v1");
    AttributeWriter kernelWriter = new AttributeWriter(kernel, Path.of("/sys"));
    Path card = FakePosix.device("card");
    kernelWriter.open(new TypeAttribute(card, TYPE, "version")).close();
    kernel.mount(card.toString(), 0x01021994);
    assertFails(Errno.EXDEV, kernelWriter, card);
    assertThat(kernel.open).hasValue(0);
  }

  private void assertFails(int errno, AttributeWriter by, Path of) {
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(() -> by.open(new TypeAttribute(of, TYPE, "version")))
        .satisfies(
            e -> {
              assertThat(e.call()).isEqualTo("open");
              assertThat(e.errno()).isEqualTo(errno);
            });
  }

  private static Path attribute(Path device) throws IOException {
    Path type = Files.createDirectories(device.resolve(TYPES).resolve(TYPE));
    Files.writeString(type.resolve("version"), "o\n");
    Files.writeString(device.resolve("config"), "untouched\n");
    return device;
  }
}
