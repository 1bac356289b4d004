package io.mdevmigration.node.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.node.inventory.NodeInventory;
import io.mdevmigration.node.inventory.Offer;
import io.mdevmigration.node.inventory.Publication;
import io.mdevmigration.node.inventory.VersionString;
import io.mdevmigration.node.posix.DirectCalls;
import io.mdevmigration.node.posix.FakePosix;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class TreeFuzzTest {
  private static final String PRINTABLE = "[ -~]*";

  /** What there may be in a tree that is no sysfs, or one that somebody has tampered with. */
  private static final List<String> NAMES =
      List.of(
          "class",
          "mdev_bus",
          "devices",
          "module",
          "mdev",
          "bus",
          "drivers",
          "i915",
          "driver",
          "mdev_supported_types",
          "i915-1",
          "version",
          "migration_version",
          "name",
          "device_api",
          "srcversion",
          "mdev_type",
          "..",
          ".",
          "a",
          "b",
          "create",
          "-",
          "..-x",
          "",
          "\u001b[31m");

  /** Whatever the tree, it is read to an end, and what is published and asked is harmless. */
  @FuzzTest
  void anyTreeIsReadAndOnlyAttributesOfItsDevicesAreTargets(FuzzedDataProvider data) {
    FakePosix kernel = new FakePosix().parent("a", "i915").type("a", "i915-1", "v");
    for (int i = 0; i < 24 && data.remainingBytes() > 0; i++) {
      change(kernel, data);
    }
    Scan first = scan(kernel);
    NodeInventory published = Publication.of(first, Optional.empty());
    change(kernel, data);
    Scan second = scan(kernel);
    check(first, published);
    check(second, Publication.of(second, Optional.of(published.published())));
  }

  private static Scan scan(FakePosix kernel) {
    return new MdevTree(kernel, DirectCalls.deadline(), Path.of("/sys"), AttributeNames.DEFAULT)
        .scan(ScanScope.EVERYTHING, Familiar.NONE);
  }

  private static void change(FakePosix kernel, FuzzedDataProvider data) {
    int kind = data.consumeInt(0, 6);
    String path = path(data);
    try {
      switch (kind) {
        case 0 -> kernel.file(path, data.consumeString(64));
        case 1 -> kernel.directory(path);
        case 2 -> kernel.link(path, path(data));
        case 3 -> kernel.fail(path, data.consumeInt(0, 530));
        case 4 -> kernel.remove(path);
        case 5 -> kernel.mode(path, data.consumeInt(0, 07777));
        default -> {
          String version = data.consumeString(5000);
          kernel.show("a", "i915-1", () -> version);
        }
      }
    } catch (InvalidPathException e) {
      // No file system has such a name.
    }
  }

  private static String path(FuzzedDataProvider data) {
    List<String> names = new ArrayList<>();
    int start = data.consumeInt(0, 3);
    if (start == 1) {
      names.add("sys/class/mdev_bus");
    } else if (start == 2) {
      names.add(FakePosix.device("a").toString().substring(1) + "/mdev_supported_types");
    } else if (start == 3) {
      names.add(FakePosix.device("a").toString().substring(1));
    } else {
      names.add("sys");
    }
    for (int i = data.consumeInt(0, 4); i > 0; i--) {
      String name = data.consumeBoolean() ? data.pickValue(NAMES) : data.consumeString(12);
      names.add(name.replace("/", "").replace("\0", ""));
    }
    return "/" + String.join("/", names);
  }

  private static void check(Scan scan, NodeInventory inventory) {
    Inventory published = inventory.published();
    assertThat(scan.troubles())
        .allSatisfy(
            trouble -> {
              assertThat(trouble.about()).matches(PRINTABLE);
              assertThat(trouble.advice()).matches(PRINTABLE);
            });
    assertThat(published.versions())
        .extracting(PublishedVersion::version)
        .allMatch(VersionString::isValid);
    assertThat(published.toString()).matches(PRINTABLE);
    for (ScannedParent parent : scan.parents()) {
      assertThat(parent.device().toString()).startsWith("/sys/devices/");
      for (ScannedType type : parent.types()) {
        for (Offer offer : inventory.offersOf(type.type())) {
          if (offer.target() instanceof Offer.Askable askable) {
            Path path =
                new TypeAttribute(askable.device(), offer.type(), askable.attribute()).path();
            assertThat(path.toString())
                .matches("/sys/devices/.+/mdev_supported_types/[^/]+/(migration_)?version");
          }
        }
      }
    }
  }
}
