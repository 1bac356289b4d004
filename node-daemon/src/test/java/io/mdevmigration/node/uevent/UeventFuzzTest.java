package io.mdevmigration.node.uevent;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class UeventFuzzTest {
  /** Whatever comes over netlink, it is a message of the kernel's form or nothing. */
  @FuzzTest
  void anyMessageIsUnderstoodOrIgnored(byte[] bytes) {
    String message = new String(bytes, StandardCharsets.ISO_8859_1);
    Uevent.parse(message)
        .ifPresent(
            uevent -> {
              assertThat(message).startsWith(uevent.action() + "@" + uevent.devpath() + "\0");
              assertThat(uevent.properties().size()).isLessThanOrEqualTo(128);
              uevent
                  .properties()
                  .forEach((key, value) -> assertThat(message).contains(key + "=" + value + "\0"));
              assertThat(KernelChange.of(uevent)).isNotNull();
            });
  }
}
