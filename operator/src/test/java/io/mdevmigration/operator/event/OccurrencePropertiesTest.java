package io.mdevmigration.operator.event;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

class OccurrencePropertiesTest {
  private static final Involved NODE = new Involved("v1", "Node", "gpu-a", "uid-a");

  @Property
  void anyMessageBecomesPrintableAsciiOfBoundedLength(
      @ForAll @StringLength(max = 3000) String message) {
    assertThat(occurrence(NODE, "key", message).message()).matches("[ -~]{0,1024}");
  }

  @Property
  void anyKeyGivesAValidName(@ForAll String key) {
    assertThat(occurrence(NODE, key, "").eventName()).matches("gpu-a\\.[0-9a-f]{16}");
  }

  @Example
  void whatIsShortAndPrintableStaysAsItIs() {
    assertThat(occurrence(NODE, "key", "label x added: it's so (a \"b\" ~)").message())
        .isEqualTo("label x added: it's so (a \"b\" ~)");
    assertThat(occurrence(NODE, "key", "x".repeat(1024)).message()).isEqualTo("x".repeat(1024));
    assertThat(occurrence(NODE, "key", "x".repeat(1025)).message())
        .isEqualTo("x".repeat(1021) + "...");
    assertThat(occurrence(NODE, "key", "a\nb\u0000\u00e9").message()).isEqualTo("a?b??");
  }

  @Example
  void aLongNameOfAnObjectStillGivesAValidName() {
    String name = ("a".repeat(199) + "-" + "b".repeat(53));
    Involved involved = new Involved("v1", "Node", name, "uid");
    assertThat(occurrence(involved, "key", "").eventName())
        .matches("a{199}\\.[0-9a-f]{16}")
        .hasSizeLessThan(253);
  }

  @Example
  void theSameEventHasTheSameNameWhateverItSaysAndAnotherHasAnother() {
    String name = occurrence(NODE, "key", "one").eventName();
    assertThat(occurrence(NODE, "key", "two").eventName()).isEqualTo(name);
    assertThat(occurrence(NODE, "other", "one").eventName()).isNotEqualTo(name);
    Involved later = new Involved("v1", "Node", "gpu-a", "uid-b");
    assertThat(occurrence(later, "key", "one").eventName()).isNotEqualTo(name);
    assertThat(
            new Occurrence(NODE, EventType.NORMAL, EventReason.LABEL_REMOVED, "key", "one")
                .eventName())
        .isNotEqualTo(name);
  }

  private static Occurrence occurrence(Involved about, String key, String message) {
    return new Occurrence(about, EventType.NORMAL, EventReason.LABEL_ADDED, key, message);
  }
}
