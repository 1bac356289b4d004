package io.mdevmigration.node.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.node.sysfs.Printable;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;

class VersionStringPropertiesTest {
  @Property
  void printableAsciiUpToOnePageIsAVersion(
      @ForAll @CharRange(from = ' ', to = '~') @StringLength(min = 1, max = 4095) String text) {
    assertThat(VersionString.flaw(text)).isEmpty();
  }

  @Property
  void whatHasAnyOtherCharacterIsNone(@ForAll String text) {
    boolean printable = text.chars().allMatch(c -> c >= ' ' && c <= '~');
    assertThat(VersionString.isValid(text))
        .isEqualTo(printable && !text.isEmpty() && text.length() <= 4095);
  }

  @Property
  void nothingThatATerminalObeysIsPrintable(@ForAll String text) {
    assertThat(Printable.of(text, 100)).matches("[ -~]{0,100}");
  }

  @Example
  void theFlawSaysWhatIsWrong() {
    assertThat(VersionString.flaw("").orElseThrow()).contains("empty");
    assertThat(VersionString.flaw("a\0").orElseThrow()).contains("character 2").contains("NUL");
    assertThat(VersionString.flaw("a\n").orElseThrow()).contains("a newline");
    assertThat(VersionString.flaw("\u00e9").orElseThrow()).contains("not ASCII");
    assertThat(VersionString.flaw("x".repeat(4096)).orElseThrow())
        .contains("4096")
        .contains("4095");
  }
}
