package io.mdevmigration.node.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoTest {
  @ParameterizedTest
  @CsvSource({
    "1,EPERM",
    "5,EIO",
    "11,EAGAIN",
    "19,ENODEV",
    "22,EINVAL",
    "30,EROFS",
    "34,ERANGE",
    "35,EDEADLK",
    "40,ELOOP",
    "42,ENOMSG",
    "59,EBFONT",
    "71,EPROTO",
    "90,EMSGSIZE",
    "95,EOPNOTSUPP",
    "100,ENETDOWN",
    "110,ETIMEDOUT",
    "121,EREMOTEIO",
    "133,EHWPOISON",
    "512,ERESTARTSYS",
    "517,EPROBE_DEFER",
    "524,ENOTSUPP"
  })
  void numbersHaveTheKernelsNames(int errno, String name) {
    assertThat(Errno.name(errno)).isEqualTo(name);
  }

  @Test
  void aNumberThatLinuxDoesNotNameIsStillReadable() {
    assertThat(Errno.name(41)).isEqualTo("E41");
    assertThat(Errno.name(134)).isEqualTo("E134");
    assertThat(Errno.name(520)).isEqualTo("E520");
    assertThat(Errno.name(4711)).isEqualTo("E4711");
    assertThat(Errno.name(0)).isEqualTo("E0");
  }
}
