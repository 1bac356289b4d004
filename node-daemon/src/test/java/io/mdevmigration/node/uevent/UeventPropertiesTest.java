package io.mdevmigration.node.uevent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class UeventPropertiesTest {
  private static final String REGISTERED =
      "change@/devices/platform/sample.0\0ACTION=change\0DEVPATH=/devices/platform/sample.0\0"
          + "SUBSYSTEM=platform\0MDEV_STATE=registered\0SEQNUM=1\0";

  @Property
  void nothingIsThrownWhateverTheBytes(@ForAll @Size(max = 9000) byte[] bytes) {
    understand(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  @Property
  void nothingIsThrownWhateverHappensToAMessage(
      @ForAll @IntRange(max = 120) int at, @ForAll byte replacement, @ForAll boolean cut) {
    String before = REGISTERED.substring(0, at);
    String after = cut ? "" : REGISTERED.substring(at + 1);
    understand(before + (char) (replacement & 0xff) + after);
  }

  @Property
  void nothingIsThrownWhateverStandsBetweenNuls(
      @ForAll @Size(max = 140) Map<String, String> anything, @ForAll String header) {
    StringBuilder message = new StringBuilder(header).append('\0');
    anything.forEach((key, value) -> message.append(key).append('=').append(value).append('\0'));
    understand(message.toString());
  }

  @Property
  void aMessageThatIsCutAnywhereButBetweenPropertiesIsNone(
      @ForAll @IntRange(max = 130) int length) {
    String cut = REGISTERED.substring(0, Math.min(length, REGISTERED.length() - 1));
    assertThat(Uevent.parse(cut).isPresent()).isEqualTo(cut.endsWith("\0"));
  }

  @Property
  void whatIsWrittenIsRead(
      @ForAll("actions") String action,
      @ForAll("paths") String devpath,
      @ForAll("properties") Map<String, String> properties) {
    StringBuilder message = new StringBuilder(action + "@" + devpath + "\0");
    properties.forEach((key, value) -> message.append(key + "=" + value + "\0"));
    assertThat(Uevent.parse(message.toString())).contains(new Uevent(action, devpath, properties));
  }

  @Provide
  Arbitrary<String> actions() {
    return Arbitraries.of("add", "remove", "change", "move", "online", "offline", "bind", "unbind");
  }

  @Provide
  Arbitrary<String> paths() {
    return bytes().ofMaxLength(200).map(path -> "/" + path);
  }

  @Provide
  Arbitrary<Map<String, String>> properties() {
    Arbitrary<String> keys =
        Arbitraries.strings().withCharRange('A', 'Z').withChars('_').ofMinLength(1).ofMaxLength(20);
    return Arbitraries.maps(keys, bytes().ofMaxLength(50)).ofMaxSize(64);
  }

  private static net.jqwik.api.arbitraries.StringArbitrary bytes() {
    return Arbitraries.strings().withCharRange('\u0001', '\u00ff');
  }

  private static Optional<KernelChange> understand(String message) {
    return Uevent.parse(message).flatMap(KernelChange::of);
  }
}
