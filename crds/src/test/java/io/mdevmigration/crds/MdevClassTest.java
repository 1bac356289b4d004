package io.mdevmigration.crds;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class MdevClassTest {
  @Test
  void theDigestIsTheFrozenOne() {
    // printf 'i915-GVTg_V5_4\0008086-193b-GVTg_V5_4-00000001' | sha256sum | cut -c1-20
    var mdevClass = new MdevClass("i915-GVTg_V5_4", "8086-193b-GVTg_V5_4-00000001");
    assertThat(mdevClass.digest()).isEqualTo("8eaffabaf83d872056a3");
    assertThat(mdevClass.labelKey())
        .isEqualTo("accepts.mdevmigration.io/i915-GVTg_V5_4.8eaffabaf83d872056a3");
  }

  @Test
  void typeAndVersionDoNotRunIntoEachOther() {
    assertThat(new MdevClass("a-b", "c").digest()).isNotEqualTo(new MdevClass("a-", "bc").digest());
  }

  @Test
  void aTypeThatNoLabelCanHoldStillGetsAValidKey() {
    assertThat(MdevClass.slug("nvidia GRID/ü M60-2Q")).isEqualTo("nvidia-GRID-M60-2Q");
    assertThat(MdevClass.slug("--__")).isEqualTo("mdev");
    assertThat(MdevClass.slug("a".repeat(39) + "-b")).isEqualTo("a".repeat(39));
  }

  @Property
  void everyTypeGivesAValidLabelKey(@ForAll @StringLength(max = 300) String type) {
    String key = new MdevClass(type, "v").labelKey();
    assertThat(key)
        .matches("accepts\\.mdevmigration\\.io/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
    assertThat(MdevClass.isOwnLabel(key)).isTrue();
  }
}
