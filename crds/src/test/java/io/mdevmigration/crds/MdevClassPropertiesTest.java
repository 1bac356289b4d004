package io.mdevmigration.crds;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class MdevClassPropertiesTest {
  /** A qualified name as in apimachinery's validation.IsQualifiedName. */
  private static final String KEY =
      "accepts\\.mdevmigration\\.io/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";

  @Property
  void whateverTheTypeTheKeyIsALabelsKey(@ForAll String type, @ForAll String version) {
    MdevClass mdevClass = new MdevClass(type, version);
    assertThat(mdevClass.labelKey()).matches(KEY).endsWith("." + mdevClass.digest());
    assertThat(MdevClass.isOwnLabel(mdevClass.labelKey())).isTrue();
    assertThat(mdevClass.digest()).matches(Api.DIGEST_PATTERN);
  }

  @Property
  void noOtherClassHasTheSameKey(
      @ForAll String type, @ForAll String version, @ForAll String other) {
    String key = new MdevClass(type, version).labelKey();
    assertThat(new MdevClass(type, other).labelKey().equals(key)).isEqualTo(version.equals(other));
  }
}
