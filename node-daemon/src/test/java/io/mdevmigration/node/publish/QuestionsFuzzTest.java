package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.check.Asker;
import io.mdevmigration.node.posix.DirectCalls;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.selfcheck.Surroundings;
import io.mdevmigration.node.sysfs.AttributeNames;
import io.mdevmigration.node.sysfs.AttributeWriter;
import io.mdevmigration.node.sysfs.MdevTree;
import io.mdevmigration.telemetry.Meters;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

class QuestionsFuzzTest {
  private static final Path SYS = Path.of("/sys");

  /** Where a kernel of these tests is ever written to, and what. */
  private static final Pattern QUESTION =
      Pattern.compile("[ab]/mdev_supported_types/i915-[12]/(migration_)?version=[ -~]{1,4095}\\n");

  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private static final List<String> STRINGS =
      List.of(
          "i915-1",
          "i915-2",
          "i915-3",
          "v1",
          "v2",
          "",
          "x",
          "../a",
          "0s",
          "1h",
          "Compatible",
          "Incompatible",
          "Unknown",
          "Accepted",
          "Refused",
          "Asking",
          "Suspected",
          "Transient",
          "boot-1",
          "boot-0",
          "2026-11-25T12:00:00Z",
          "never",
          "+1000000000-12-31T23:59:59Z",
          new MdevClass("i915-1", "v1").digest(),
          new MdevClass("i915-2", "v2").digest(),
          "00000000000000000000",
          "\\n",
          "\\u0000",
          "\\u001b[2J",
          "\\ud83d\\ude00");

  private static final List<String> TEXTS =
      List.of("errnoName", "revision", "askAgain", "bootID", "driver");

  /** Whatever is in the object, by hand or by a former daemon, only questions are written. */
  @FuzzTest
  void onlyOneStringToOneAttributeIsEverWritten(FuzzedDataProvider data) {
    work(structured(data), data.consumeInt(0, 530));
  }

  private static void work(String json, int errno) {
    Optional<MdevNodeState> state = read(json);
    if (state.isEmpty()) {
      return;
    }
    FakePosix kernel = new FakePosix();
    for (String parent : List.of("a", "b")) {
      kernel.parent(parent, "i915").type(parent, "i915-1", "v1").type(parent, "i915-2", "v2");
    }
    kernel.store("b", "i915-2", FakePosix.answering(text -> errno));
    MdevNodeStateSpec spec =
        Optional.ofNullable(state.orElseThrow().getSpec())
            .orElseGet(() -> new MdevNodeStateSpec(null, null, null));
    Optional<MdevNodeStateStatus> stored = Optional.ofNullable(state.orElseThrow().getStatus());
    Clock clock = Clock.fixed(Instant.parse("2026-11-25T12:00:00Z"), ZoneOffset.UTC);
    var deadline = DirectCalls.deadline();
    NodeWork work =
        new NodeWork(
            new MdevTree(kernel, deadline, SYS, AttributeNames.DEFAULT),
            new Asker(new AttributeWriter(kernel, SYS), deadline, Set.of()),
            new Surroundings(kernel, SYS),
            deadline,
            "n",
            clock,
            () -> {},
            new DaemonMetrics(Meters.none()));
    stored.ifPresent(work::trust);
    work.scan(stored);
    for (int round = 0; round < 3; round++) {
      work.answer(spec, stored, new Permission.Granted());
      MdevNodeStateStatus status = work.status(stored, new Permission.Granted());
      assertThat(status.conditions().get(0).getMessage()).matches("[ -~]{1,1024}");
      stored = read(JSON.asJson(withStatus(status))).map(MdevNodeState::getStatus);
    }
    assertThat(kernel.writes).allMatch(write -> QUESTION.matcher(write).matches());
    assertThat(kernel.open).hasValue(0);
  }

  private static MdevNodeState withStatus(MdevNodeStateStatus status) {
    MdevNodeState state = new MdevNodeState();
    state.setStatus(status);
    return state;
  }

  private static Optional<MdevNodeState> read(String json) {
    try {
      return Optional.ofNullable(JSON.unmarshal(json, MdevNodeState.class));
    } catch (RuntimeException e) {
      // What is no MdevNodeState does not get as far as here.
      return Optional.empty();
    }
  }

  /**
   * What the API server's schema lets through, as far as that goes: what is required is there, and
   * numbers are within their bounds.
   */
  private static String structured(FuzzedDataProvider data) {
    StringBuilder json = new StringBuilder("{\"spec\":{\"checks\":[");
    for (int i = data.consumeInt(0, 8); i > 0; i--) {
      json.append("{\"type\":").append(text(data)).append(",\"version\":").append(text(data));
      if (data.consumeBoolean()) {
        json.append(",\"trial\":").append(data.consumeBoolean());
      }
      json.append(data.consumeBoolean() ? ",\"driver\":" + text(data) : "").append("},");
    }
    json.append("null],\"recheck\":{\"accepted\":").append(text(data));
    json.append(",\"refused\":").append(text(data)).append("},\"askAgain\":").append(text(data));
    json.append("},\"status\":{\"observedTime\":").append(text(data)).append(",\"answers\":[");
    for (int i = data.consumeInt(0, 6); i > 0; i--) {
      answer(json, data);
    }
    return json.append("null]}}").toString().replace(",null]", "]").replace("[null]", "[]");
  }

  private static void answer(StringBuilder json, FuzzedDataProvider data) {
    json.append("{\"type\":").append(text(data)).append(",\"digest\":").append(text(data));
    json.append(",\"verdict\":\"").append(data.pickValue(Verdict.values()));
    json.append("\",\"reason\":").append(text(data)).append(",\"time\":").append(text(data));
    for (int i = data.consumeInt(0, 3); i > 0; i--) {
      json.append(",\"").append(data.pickValue(TEXTS)).append("\":").append(text(data));
    }
    if (data.consumeBoolean()) {
      json.append(",\"attempts\":").append(data.consumeInt(0, 1_000_000));
    }
    if (data.consumeBoolean()) {
      json.append(",\"lastDefinite\":{\"verdict\":\"Compatible\",\"time\":");
      json.append(text(data)).append('}');
    }
    json.append("},");
  }

  private static String text(FuzzedDataProvider data) {
    return switch (data.consumeInt(0, 7)) {
      case 0 -> JSON.asJson(data.consumeString(40));
      case 1 -> JSON.asJson("x".repeat(data.consumeInt(4090, 4100)));
      default -> JSON.asJson(data.pickValue(STRINGS));
    };
  }
}
