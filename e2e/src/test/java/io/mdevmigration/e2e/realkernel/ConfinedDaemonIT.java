package io.mdevmigration.e2e.realkernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The daemon under the AppArmor profile: what it needs is left to it, and nothing else is. */
class ConfinedDaemonIT extends ConfinedDaemonContract {
  /** A call that opens a file as strace -y shows it: a descriptor is followed by what it is of. */
  private static final Pattern OPEN =
      Pattern.compile(
          "^(?:open|openat|openat2|creat)\\((.*)\\) += (?:\\d+<(.*)>|\\S+ .*)$", Pattern.MULTILINE);

  private static final Pattern FOR_WRITING = Pattern.compile("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC");

  ConfinedDaemonIT() {
    super("gpu-c", new AppArmor());
  }

  @Override
  List<String> refusal(String file) {
    return List.of(
        "apparmor=\"DENIED\"", "profile=\"" + AppArmor.PROFILE + "\"", "name=\"" + file + "\"");
  }

  @Test
  void nothingIsLeftToItThatAPodWouldNotHave() {
    Map<String, String> process =
        guest
            .run("cat /proc/" + daemon.pid() + "/status")
            .lines()
            .map(line -> line.split(":\\s*", 2))
            .collect(Collectors.toMap(field -> field[0], field -> field[1]));
    assertThat(process).containsEntry("Uid", "0\t0\t0\t0").containsEntry("NoNewPrivs", "1");
    assertThat(process).as("a filter").containsEntry("Seccomp", "2");
    for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
      assertThat(process).containsEntry(set, "0".repeat(16));
    }
    assertThat(guest.run("cat /proc/" + daemon.pid() + "/attr/current"))
        .isEqualTo(AppArmor.PROFILE + " (enforce)");
    for (String file : List.of("/x", "/app/x", "/host/sys/bus/platform/drivers/sample/unbind")) {
      assertThat(daemon.shWithoutProfile("echo sample.0 > " + file).stderr())
          .contains("Read-only file system");
    }
    assertThat(daemon.shWithoutProfile("unshare -n true").stderr())
        .contains("Operation not permitted");
  }

  @Test
  void aQuestionOpensNothingForWritingButTheAttribute() throws IOException {
    Path traces = guest.share().resolve("traces");
    guest.run("rm -rf /node/traces && mkdir /node/traces");
    // A file for each thread, so that no call is interrupted by another thread's.
    guest.run(
        "LD_LIBRARY_PATH=/node/tools/usr/lib/x86_64-linux-gnu /node/tools/usr/bin/strace -ff -y"
            + " -e trace=open,openat,openat2,creat -o /node/traces/thread -p "
            + daemon.pid()
            + " < /dev/null > /node/strace.log 2>&1 & echo $! > /run/strace.pid");
    eventually(
        () ->
            // A thread that ends meanwhile has no status any more.
            assertThat(
                    guest.run(
                        "cat /proc/%d/task/*/status 2> /dev/null | grep TracerPid"
                            .formatted(daemon.pid())))
                .doesNotContain("TracerPid:\t0"));
    ask("traced");
    awaitVerdict("traced", Verdict.INCOMPATIBLE);
    guest.run("pid=$(cat /run/strace.pid); kill $pid; while [ -d /proc/$pid ]; do sleep 0.1; done");

    List<MatchResult> calls = new ArrayList<>();
    try (Stream<Path> threads = Files.list(traces)) {
      for (Path thread : threads.toList()) {
        OPEN.matcher(Files.readString(thread)).results().forEach(calls::add);
      }
    }
    assertThat(calls)
        .filteredOn(call -> FOR_WRITING.matcher(call.group(1)).find())
        .as("a call that failed has no file")
        .extracting(call -> Optional.ofNullable(call.group(2)).orElse(call.group()))
        .hasSameElementsAs(PARENTS.stream().map(parent -> device(parent) + ATTRIBUTE).toList());
  }
}
