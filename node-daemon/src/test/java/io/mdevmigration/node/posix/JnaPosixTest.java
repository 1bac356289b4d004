package io.mdevmigration.node.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that give errnos on any Linux machine. */
class JnaPosixTest {
  private final Posix posix = new JnaPosix();

  @TempDir Path directory;

  @Test
  void aDriversRefusalArrivesWithItsNumber() {
    assertFails(
        "write",
        Errno.EINVAL,
        () -> write(Path.of("/proc/self/oom_score_adj"), "abc".getBytes(US_ASCII)));
    assertFails("write", Errno.ENOSPC, () -> write(Path.of("/dev/full"), "x".getBytes(US_ASCII)));
    assertFails(
        "write",
        Errno.ERANGE,
        () -> write(Path.of("/proc/self/coredump_filter"), "1".repeat(5000).getBytes(US_ASCII)));
  }

  @Test
  void anAcceptedWriteGivesTheLength() throws Exception {
    String adjustment = new String(posix.read(Path.of("/proc/self/oom_score_adj"), 100), US_ASCII);
    assertThat(write(Path.of("/proc/self/oom_score_adj"), adjustment.getBytes(US_ASCII)))
        .isEqualTo(adjustment.length());
  }

  @Test
  void aReadThatFailsSaysSo() {
    assertFails("read", Errno.EIO, () -> posix.read(Path.of("/proc/self/mem"), 10));
    assertFails("open", Errno.ENOENT, () -> posix.read(directory.resolve("missing"), 10));
  }

  @Test
  void aMissingAttributeIsNotCreated() {
    Path missing = directory.resolve("missing");
    assertFails("open", Errno.ENOENT, () -> write(missing, "x".getBytes(US_ASCII)));
    assertThat(missing).doesNotExist();
  }

  @Test
  void aWriteFollowsNoLink() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    assertFails("open", Errno.ELOOP, () -> write(link, "new".getBytes(US_ASCII)));
    assertThat(file).hasContent("old");
  }

  @Test
  void aReadGivesWhatOneReadGivesAndNoMore() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "abcdef\n");
    assertThat(posix.read(file, 100)).asString().isEqualTo("abcdef\n");
    assertThat(posix.read(file, 3)).asString().isEqualTo("abc");
    assertThat(posix.read(Path.of("/dev/null"), 3)).isEmpty();
  }

  @Test
  void directoriesAreListed() throws Exception {
    Files.createDirectory(directory.resolve("b"));
    Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nowhere"));
    assertThat(posix.list(directory)).containsExactlyInAnyOrder("b", "dangling");
    assertFails("readdir", Errno.ENOENT, () -> posix.list(directory.resolve("missing")));
    assertFails("readdir", Errno.ENOTDIR, () -> posix.list(Path.of("/dev/null")));
    assertThat(posix.list(Path.of("/proc/self/fd"))).isNotEmpty();
  }

  @Test
  void linksAreResolved() throws Exception {
    Path real = directory.toRealPath();
    Files.createDirectories(directory.resolve("a/b"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("a/b"));
    assertThat(posix.realPath(directory.resolve("link"))).isEqualTo(real.resolve("a/b"));
    assertFails("readlink", Errno.ENOENT, () -> posix.realPath(directory.resolve("missing")));
    Files.createSymbolicLink(directory.resolve("one"), Path.of("two"));
    Files.createSymbolicLink(directory.resolve("two"), Path.of("one"));
    assertFails("readlink", Errno.ELOOP, () -> posix.realPath(directory.resolve("one")));
    assertFails("stat", Errno.ELOOP, () -> posix.stat(directory.resolve("one")));
  }

  @Test
  void theStatusHasInodeAndMode() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    file.toFile().setWritable(false);
    FileStatus status = posix.stat(file);
    assertThat(status.inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
    assertThat(status.hasWriteBit()).isFalse();
    assertThat(posix.stat(Path.of("/proc/self/oom_score_adj")).mode()).isEqualTo(0644);
    assertFails("stat", Errno.ENOENT, () -> posix.stat(directory.resolve("missing")));
  }

  @Test
  void fileSystemsAreToldApart() throws Exception {
    assertThat(posix.fileSystemMagic(Path.of("/proc"))).isEqualTo(0x9fa0);
    assertThat(posix.fileSystemMagic(Path.of("/sys"))).isEqualTo(0x62656572);
    assertFails("statfs", Errno.ENOENT, () -> posix.fileSystemMagic(directory.resolve("missing")));
  }

  @Test
  void aFileIsOpenedForWritingThroughNoLinkAtAll() throws Exception {
    Path real = directory.toRealPath();
    Files.createDirectories(real.resolve("a/b"));
    Path file = Files.writeString(real.resolve("a/b/file"), "old");
    Files.createSymbolicLink(real.resolve("first"), Path.of("a"));
    Files.createSymbolicLink(real.resolve("a/second"), real.resolve("a/b"));
    Files.createSymbolicLink(real.resolve("a/loop"), Path.of("loop"));
    for (String way : List.of("first/b/file", "a/second/file", "a/loop/file", "a/loop")) {
      assertFails("open", Errno.ELOOP, () -> posix.openForWriting(real.resolve(way)));
    }
    assertFails("open", Errno.ENOTDIR, () -> posix.openForWriting(file.resolve("below")));
    assertFails("open", Errno.ENOENT, () -> posix.openForWriting(real.resolve("no/file")));
    for (Path way : List.of(Path.of("file"), Path.of("/"), real.resolve("a/../a/b/file"))) {
      assertThatIllegalArgumentException().isThrownBy(() -> posix.openForWriting(way));
    }
    assertThat(file).hasContent("old");
  }

  @Test
  void anOpenFileIsLookedAtAsItselfWhateverItsPathLeadsToByNow() throws Exception {
    Path real = directory.toRealPath();
    Path file = Files.writeString(real.resolve("file"), "old");
    FileStatus before = posix.stat(file);
    try (WritableFile open = posix.openForWriting(file)) {
      Files.move(file, real.resolve("moved"));
      Files.writeString(file, "another");
      assertThat(open.status()).isEqualTo(before).isNotEqualTo(posix.stat(file));
      assertThat(open.fileSystemMagic()).isEqualTo(posix.fileSystemMagic(real));
      assertThat(open.write("new".getBytes(US_ASCII))).isEqualTo(3);
    }
    assertThat(real.resolve("moved")).hasContent("new");
    assertThat(file).hasContent("another");
  }

  @Test
  void noDescriptorStaysOpen() throws Exception {
    Path real = directory.toRealPath();
    Path file = Files.writeString(real.resolve("file"), "");
    Files.createSymbolicLink(real.resolve("link"), file);
    int before = posix.list(Path.of("/proc/self/fd")).size();
    for (int i = 0; i < 50; i++) {
      posix.openForWriting(file).close();
      assertFails("open", Errno.ELOOP, () -> posix.openForWriting(real.resolve("link")));
      assertFails("open", Errno.ENOENT, () -> posix.openForWriting(real.resolve("x/y/z")));
    }
    assertThat(posix.list(Path.of("/proc/self/fd"))).hasSizeLessThan(before + 20);
  }

  @Test
  void whatCannotBeWrittenIsToldWithoutOpeningIt() throws Exception {
    posix.requireWritable(directory);
    assertFails("access", Errno.ENOENT, () -> posix.requireWritable(directory.resolve("missing")));
  }

  private int write(Path file, byte[] bytes) throws PosixException {
    try (WritableFile open =
        posix.openForWriting(posix.realPath(file.getParent()).resolve(file.getFileName()))) {
      return open.write(bytes);
    }
  }

  private static void assertFails(String call, int errno, ThrowingCallable code) {
    assertThatExceptionOfType(PosixException.class)
        .isThrownBy(code)
        .satisfies(
            e -> {
              assertThat(e.call()).isEqualTo(call);
              assertThat(e.errno()).isEqualTo(errno);
            });
  }
}
