package io.mdevmigration.node.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.sysfs.Scans;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** More than the node's object has room for: shown as far as it fits, and never as all there is. */
class PublicationLimitsTest {
  private final FakePosix kernel = new FakePosix();

  @Test
  void asManyTypesAsFitAreShownAndThoseThatWereThereStay() {
    kernel.parent("a", "i915");
    for (int i = 0; i < Api.GROUPS_MAX; i++) {
      kernel.type("a", "i915-m%03d".formatted(i));
    }
    Inventory full = publish(Optional.empty()).published();
    assertThat(full.complete()).isTrue();
    assertThat(full.types()).hasSize(Api.GROUPS_MAX);
    kernel.type("a", "i915-a");
    NodeInventory more = publish(Optional.of(full));
    assertThat(more.published().complete()).as("absence proves nothing").isFalse();
    assertThat(more.published().types())
        .hasSize(Api.GROUPS_MAX)
        .extracting(OfferedType::type)
        .doesNotContain("i915-a");
    assertThat(more.published().parentGroups().get(0).types()).hasSize(Api.GROUPS_MAX);
    assertThat(more.offersOf("i915-a")).as("nor asked about").isEmpty();
  }

  @Test
  void asManyKindsOfParentsAsFitAreShownAndAllAreAsked() {
    for (int i = 0; i <= Api.GROUPS_MAX; i++) {
      String parent = "p%03d".formatted(i);
      kernel.parent(parent, "i915").type(parent, "i915-x", "v" + i % 2);
      kernel.type(parent, "i915-" + i % 20).type(parent, "i915-" + (i / 20 + 100));
    }
    NodeInventory inventory = publish(Optional.empty());
    assertThat(inventory.published().complete()).isFalse();
    assertThat(inventory.published().parentGroups()).hasSize(Api.GROUPS_MAX);
    assertThat(inventory.offersOf("i915-x")).hasSize(Api.GROUPS_MAX + 1);
  }

  @Test
  void groupsOfManyTypesAreFewer() {
    for (int i = 0; i < 100; i++) {
      String parent = "p%03d".formatted(i);
      kernel.parent(parent, "i915").type(parent, "i915-own-" + i);
      for (int type = 0; type < 100; type++) {
        kernel.type(parent, "i915-" + type);
      }
    }
    Inventory inventory = publish(Optional.empty()).published();
    assertThat(inventory.complete()).isFalse();
    assertThat(inventory.parentGroups()).hasSize(8192 / 101);
  }

  private NodeInventory publish(Optional<Inventory> before) {
    return Publication.of(Scans.of(kernel), before);
  }
}
