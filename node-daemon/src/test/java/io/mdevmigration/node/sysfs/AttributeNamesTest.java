package io.mdevmigration.node.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributeNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "name",
        "description",
        "device_api",
        "available_instances",
        "create",
        "devices",
        "uevent",
        "remove",
        "mdev_type",
        "power"
      })
  void anAttributeOfTheMdevCoreIsNeverTheVersion(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AttributeNames(List.of(name), Map.of()))
        .withMessageContaining("mdev core");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AttributeNames(List.of("version"), Map.of("nvidia", List.of(name))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "../create", "a b", "a\nb"})
  void aNameIsAPlainFileName(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AttributeNames(List.of(name), Map.of()));
  }

  @Test
  void aDriversOwnNamesGoBeforeTheGeneralOnes() {
    AttributeNames names =
        new AttributeNames(List.of("version"), Map.of("nvidia", List.of("vgpu_version")));
    assertThat(names.of("nvidia")).containsExactly("vgpu_version");
    assertThat(names.of("i915")).containsExactly("version");
    assertThat(AttributeNames.DEFAULT.of("i915")).containsExactly("version", "migration_version");
  }
}
