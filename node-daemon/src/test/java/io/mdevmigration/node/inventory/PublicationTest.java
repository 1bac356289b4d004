package io.mdevmigration.node.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.sysfs.Scans;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicationTest {
  private static final String TYPE = "i915-V5_4";

  private final FakePosix kernel = new FakePosix();

  @Test
  void parentsWithOneDriverAndEqualTypesAreOneGroup() {
    parents("b", "a");
    kernel.parent("c", "i915").type("c", TYPE, "other");
    Inventory inventory = publish().published();
    assertThat(inventory.complete()).isTrue();
    assertThat(inventory.parentGroups())
        .extracting(ParentGroup::parents)
        .containsExactly(List.of("a", "b"), List.of("c"));
    assertThat(inventory.versions())
        .extracting(PublishedVersion::version)
        .containsExactly("other", "v1");
    assertThat(inventory.versions())
        .allSatisfy(v -> assertThat(v.digest()).isEqualTo(v.mdevClass().digest()));
    assertThat(inventory.types()).extracting(OfferedType::type).containsExactly(TYPE);
    assertThat(inventory.types().get(0).name()).isEqualTo("Name of " + TYPE);
    assertThat(inventory.types().get(0).deviceAPI()).isEqualTo("vfio-pci");
  }

  @Test
  void publishingTheSameTwiceGivesTheSame() {
    parents("a", "b");
    Inventory first = publish().published();
    assertThat(publish(first).published()).isEqualTo(first);
  }

  @Test
  void theRevisionChangesWithBootReloadVersionAndParents() {
    parents("a", "b");
    String revision = revision(publish().published());
    kernel.boot("boot-2");
    String boot = revision(publish().published());
    kernel.type("a", TYPE, "v1");
    String reload = revision(publish().published());
    kernel.show("a", TYPE, () -> "v2\n");
    String version = revision(publish().published());
    kernel.removeParent("b");
    String parent = revision(publish().published());
    kernel.mode(FakePosix.device("a") + "/mdev_supported_types/" + TYPE + "/version", 0444);
    String mode = revision(publish().published());
    assertThat(Set.of(revision, boot, reload, version, parent, mode)).hasSize(6);
  }

  @Test
  void theRevisionOfATypeDoesNotChangeWithAnotherType() {
    parents("a");
    String before = revision(publish().published());
    kernel.type("a", "i915-other", "x").parent("z", "nvidia").type("z", "nvidia-1", "y");
    assertThat(revision(publish().published())).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"19,ENODEV", "95,EOPNOTSUPP", "524,ENOTSUPP"})
  void aReadThatSaysNotSupportedIsAProblemAndSettlesTheQuestion(int errno, String name) {
    parents("a");
    kernel.show("a", TYPE, () -> failing(errno));
    NodeInventory inventory = publish();
    assertThat(only(inventory))
        .isEqualTo(new ParentType(TYPE, null, new Problem("NotSupported", errno, name)));
    assertThat(target(inventory)).isInstanceOf(Offer.Settled.class);
    assertThat(revision(inventory.published())).isNotNull();
  }

  @Test
  void aTypeWithoutAttributeAndOneWithoutWriteBitAreProblems() {
    kernel.parent("a", "i915").type("a", TYPE);
    assertThat(only(publish()).problem().reason()).isEqualTo("NoVersionAttribute");
    kernel.type("a", TYPE, "v1");
    kernel.mode(FakePosix.device("a") + "/mdev_supported_types/" + TYPE + "/version", 0444);
    ParentType readOnly = only(publish());
    assertThat(readOnly.problem().reason()).isEqualTo("NotWritable");
    assertThat(readOnly.version()).as("it is still a source").isEqualTo(digest("v1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "a\nb\n", "a\tb\n", "\u00e9\n", "a\0\n", "v\n\n"})
  void whatIsNoVersionStringIsNeverASource(String text) {
    parents("a");
    kernel.show("a", TYPE, () -> text);
    NodeInventory inventory = publish();
    assertThat(only(inventory))
        .isEqualTo(new ParentType(TYPE, null, new Problem("InvalidVersion", null, null)));
    assertThat(inventory.published().versions()).isEmpty();
    assertThat(target(inventory))
        .as("as a target it can be asked")
        .isInstanceOf(Offer.Askable.class);
  }

  @Test
  void aVersionMayHave4095CharactersAndNoMore() {
    parents("a");
    kernel.show("a", TYPE, () -> "x".repeat(4095) + "\n");
    assertThat(publish().published().versions()).hasSize(1);
    kernel.show("a", TYPE, () -> "x".repeat(4096));
    assertThat(only(publish()).problem().reason()).isEqualTo("InvalidVersion");
    kernel.show("a", TYPE, () -> "x".repeat(5000));
    assertThat(only(publish()).problem().reason()).isEqualTo("InvalidVersion");
  }

  @Test
  void aVersionThatCannotBeReadIsCarriedForwardUnderItsRevision() {
    parents("a", "b");
    Inventory before = publish().published();
    kernel.show("a", TYPE, () -> failing(Errno.EIO));
    NodeInventory after = publish(before);
    assertThat(revision(after.published())).isEqualTo(revision(before));
    assertThat(after.published().parentGroups().get(0).types())
        .containsExactly(
            new ParentType(TYPE, digest("v1"), new Problem("ReadFailed", Errno.EIO, "EIO")));
    assertThat(after.published().versions()).isEqualTo(before.versions());
    assertThat(target(after)).isInstanceOf(Offer.Unread.class);
    assertThat(after.published().complete()).as("which types exist is known").isTrue();
  }

  @Test
  void aTypeThatWasNeverReadHasNoRevision() {
    parents("a");
    kernel.show("a", TYPE, () -> failing(Errno.EIO));
    assertThat(revision(publish().published())).isNull();
    Inventory otherBoot = publish().published();
    kernel.show("a", TYPE, () -> "v1\n");
    Inventory read = publish(otherBoot).published();
    kernel.boot("boot-2").show("a", TYPE, () -> failing(Errno.EIO));
    assertThat(revision(publish(read).published())).as("nothing is carried over a boot").isNull();
  }

  @Test
  void aParentThatCannotBeReadStaysAsItWas() {
    parents("a", "b");
    Inventory before = publish().published();
    kernel.fail(FakePosix.device("a") + "/mdev_supported_types", Errno.EACCES);
    Inventory after = publish(before).published();
    assertThat(after.complete()).isFalse();
    assertThat(after.parentGroups()).isEqualTo(before.parentGroups());
    assertThat(after.types()).isEqualTo(before.types());
  }

  @Test
  void anUnreadableTreeLosesNothing() {
    parents("a", "b");
    Inventory before = publish().published();
    kernel.fail("/sys/class/mdev_bus", Errno.EACCES);
    Inventory after = publish(before).published();
    assertThat(after.complete()).isFalse();
    assertThat(after.parentGroups()).isEqualTo(before.parentGroups());
    assertThat(after.versions()).isEqualTo(before.versions());
    assertThat(after.types()).isEqualTo(before.types());
  }

  @Test
  void aParentThatIsGoneIsGoneEvenWhileAnotherCannotBeRead() {
    parents("a", "b");
    Inventory before = publish().published();
    kernel.removeParent("b").fail(FakePosix.device("a") + "/mdev_supported_types", Errno.EIO);
    assertThat(publish(before).published().parentGroups().get(0).parents()).containsExactly("a");
  }

  @Test
  void whatWasPublishedBeforeStaysWhenThereIsTooMuch() {
    kernel.parent("a", "i915");
    for (int i = 100; i < 164; i++) {
      kernel.type("a", "i915-" + i, "v" + i);
    }
    Inventory before = publish().published();
    assertThat(before.versions()).hasSize(64);
    kernel.type("a", "i915-000", "newcomer");
    Inventory after = publish(before).published();
    assertThat(after.versions()).containsAll(before.versions()).hasSize(64);
    assertThat(after.parentGroups().get(0).types().get(0))
        .isEqualTo(new ParentType("i915-000", null, new Problem("TooManyClasses", null, null)));
  }

  @Test
  void theStringsTogetherStayWithin16Kibibytes() {
    kernel.parent("a", "i915");
    for (int i = 0; i < 6; i++) {
      kernel.type("a", "i915-" + i, Integer.toString(i).repeat(4000));
    }
    assertThat(publish().published().versions()).hasSize(4);
  }

  @Test
  void theDriversIdentityFollowsItsCodeAndTheKernel() {
    parents("a");
    String identity = identity();
    assertThat(identity()).isEqualTo(identity);
    kernel.file("/sys/module/i915/srcversion", "AB\n");
    String srcversion = identity();
    kernel.file("/proc/sys/kernel/osrelease", "6.2.0\n");
    assertThat(Set.of(identity, srcversion, identity())).hasSize(3);
  }

  @Test
  void fourParentsWithEightTypesTakeFourKilobytesAtMost() throws Exception {
    assertThat(size(4, 8)).isLessThanOrEqualTo(4096);
  }

  @Test
  void manyVirtualFunctionsWithTwentyTypesTakeSixteenKilobytesAtMost() throws Exception {
    assertThat(size(256, 20)).isLessThanOrEqualTo(16_384);
  }

  @Test
  void anEmptyNameOrDeviceApiIsNone() {
    parents("a");
    String type = FakePosix.device("a") + "/mdev_supported_types/" + TYPE;
    kernel.file(type + "/name", "\n").file(type + "/device_api", "");
    OfferedType offered = publish().published().types().get(0);
    assertThat(offered.name()).isNull();
    assertThat(offered.deviceAPI()).isNull();
  }

  private int size(int parents, int types) throws Exception {
    kernel.file("/sys/module/nvidia_vgpu_vfio/version", "535.161.05\n");
    for (int p = 0; p < parents; p++) {
      String parent = "0000:%02x:%02x.%d".formatted(65 + p / 128, p / 8 % 32, p % 8);
      kernel.parent(parent, "nvidia_vgpu_vfio");
      for (int t = 0; t < types; t++) {
        kernel.type(
            parent,
            "nvidia_vgpu_vfio-%d".formatted(500 + t),
            "%-64s".formatted("nvidia-535.161.05-GRID-A100-%d".formatted(t)).replace(' ', 'x'));
      }
    }
    Inventory inventory = publish().published();
    assertThat(inventory.parentGroups()).hasSize(1);
    assertThat(inventory.versions()).hasSize(types);
    byte[] json = new ObjectMapper().writeValueAsBytes(inventory);
    System.out.printf("inventory of %d x %d: %d bytes%n", parents, types, json.length);
    return new String(json, StandardCharsets.UTF_8).length();
  }

  private void parents(String... names) {
    for (String name : names) {
      kernel.parent(name, "i915").type(name, TYPE, "v1");
    }
  }

  private NodeInventory publish() {
    return Publication.of(Scans.of(kernel), Optional.empty());
  }

  private NodeInventory publish(Inventory before) {
    return Publication.of(Scans.of(kernel), Optional.of(before));
  }

  private String identity() {
    return publish().published().parentGroups().get(0).driver().identity();
  }

  private static String revision(Inventory inventory) {
    return inventory.type(TYPE).map(OfferedType::revision).orElse(null);
  }

  private static ParentType only(NodeInventory inventory) {
    return inventory.published().parentGroups().get(0).types().get(0);
  }

  private static Offer.Target target(NodeInventory inventory) {
    return inventory.offersOf(TYPE).get(0).target();
  }

  private static String digest(String version) {
    return new MdevClass(TYPE, version).digest();
  }

  private static String failing(int errno) throws PosixException {
    throw new PosixException("read", Path.of("version"), errno);
  }
}
