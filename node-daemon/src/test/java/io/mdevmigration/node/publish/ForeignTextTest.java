package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.selfcheck.Evidence;
import io.mdevmigration.node.selfcheck.Finding;
import io.mdevmigration.node.selfcheck.SelfCheck;
import io.mdevmigration.node.selfcheck.Surroundings;
import io.mdevmigration.node.sysfs.Scan;
import io.mdevmigration.node.sysfs.Scans;
import io.mdevmigration.node.sysfs.Trouble;
import java.nio.file.Path;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What others have written reaches no log line and no condition but printable and bounded. */
class ForeignTextTest {
  private static final String LINE = "[ -~]*";

  @Property
  void ofTheApiServersWords(@ForAll("foreign") String text) {
    assertThat(new StoreException(StoreException.Kind.FAILED, text, null).getMessage())
        .matches(LINE)
        .hasSizeLessThanOrEqualTo(1024);
  }

  @Property
  void ofPaths(@ForAll("foreign") String text) {
    Path path = Path.of("/sys").resolve(text.replace("\0", ""));
    assertThat(new PosixException("open", path, Errno.EIO).getMessage()).matches(LINE);
    assertThat(new Trouble(path.toString(), 5, text).toString()).matches(LINE);
  }

  @Property(tries = 200)
  void ofNamesInTheTree(@ForAll("foreign") String text) {
    String name = text.replace("\0", "").replace("/", "");
    FakePosix kernel = new FakePosix().parent("a", "i915");
    kernel.type("a", "i915-1", text).type("a", "i915-" + name, "v");
    kernel.link("/sys/class/mdev_bus/p" + name, "/etc");
    Scan scan = Scans.of(kernel);
    assertThat(scan.troubles().toString()).matches(LINE);
  }

  @Property
  void ofSecurityLabels(@ForAll("foreign") String text) {
    FakePosix kernel = new FakePosix().file("/proc/self/attr/current", text + " (enforce)");
    Evidence evidence = new Surroundings(kernel, Path.of("/sys")).evidence(Optional.empty());
    assertThat(SelfCheck.advice(evidence, Errno.EACCES)).matches(LINE).hasSizeLessThan(1024);
    assertThat(SelfCheck.findings(evidence))
        .extracting(Finding::message)
        .allMatch(m -> m.matches(LINE));
  }

  @Provide
  Arbitrary<String> foreign() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ascii().ofMaxLength(2000),
        Arbitraries.strings()
            .withChars("ab\n\r\t\u001b[]31m;\u0007\u009b\u00e9\u202e/.")
            .ofMaxLength(64));
  }
}
