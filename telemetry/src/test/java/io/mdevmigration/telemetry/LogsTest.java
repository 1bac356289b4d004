package io.mdevmigration.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class LogsTest {
  private static final Logger LOG = LoggerFactory.getLogger(LogsTest.class);
  private static final Logger LIBRARY = LoggerFactory.getLogger("io.fabric8.kubernetes.Some");
  private static final Logger HEADERS =
      LoggerFactory.getLogger("io.fabric8.kubernetes.client.http.HttpLoggingInterceptor");

  @Command(name = "program")
  private static final class Program implements Runnable {
    @Mixin private LogOptions logs;

    @Override
    public void run() {
      logs.begin();
    }
  }

  private final PrintStream before = System.err;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private void begin(String... arguments) {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    int status = new CommandLine(new Program()).execute(arguments);
    assertThat(status).isZero();
  }

  @AfterEach
  void restore() {
    System.setErr(before);
    Logs.begin(LogFormat.TEXT, LogLevel.INFO, Map.of());
  }

  private List<String> lines() {
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aLineOfTextHasTimeLevelWhoSaysItAndASentence() {
    begin();
    LOG.info("node {}: label added", "gpu-a");
    LOG.debug("not shown");
    assertThat(lines())
        .singleElement()
        .asString()
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ INFO LogsTest - node gpu-a:"
                + " label added");
  }

  @Test
  void whatOthersHaveWrittenBeginsNoLineOfItsOwn() {
    begin();
    LOG.warn("the API server says: {}", "no\n2026-11-25T00:00:00.000Z INFO Fake - all is well");
    assertThat(lines()).singleElement().asString().contains("says: no\\x0a2026");
  }

  @Test
  void aLineOfJsonIsAnObjectThatSaysWhatItIsAbout() throws Exception {
    begin("--log-format", "json");
    About.node("gpu-a")
        .and("label", "accepts/x")
        .say(() -> LOG.info("label \"{}\"\nadded", "accepts/x"));
    LOG.error("a step failed", new IllegalStateException("so it is"));
    assertThat(lines()).hasSize(2);
    Map<String, String> first = object(lines().get(0));
    assertThat(first)
        .containsEntry("level", "INFO")
        .containsEntry("logger", LogsTest.class.getName())
        .containsEntry("message", "label \"accepts/x\"\nadded")
        .containsEntry("node", "gpu-a")
        .containsEntry("label", "accepts/x");
    assertThat(Instant.parse(first.get("time"))).isBefore(Instant.now().plusSeconds(1));
    Map<String, String> second = object(lines().get(1));
    assertThat(second).doesNotContainKey("node").containsEntry("level", "ERROR");
    assertThat(second.get("error")).contains("IllegalStateException: so it is", "LogsTest.java");
  }

  @Test
  void aLevelIsOfThisProjectsOwnClassesAndLibrariesHaveTheirs() {
    begin("--log-level", "debug,io.fabric8=info");
    LOG.debug("own");
    LOG.trace("too much");
    LIBRARY.info("library");
    LIBRARY.debug("too much");
    LoggerFactory.getLogger("some.other").info("too much");
    assertThat(lines()).hasSize(2);
    assertThat(lines().get(0)).contains("DEBUG LogsTest - own");
    assertThat(lines().get(1)).contains("INFO Some - library");
  }

  @Test
  void whatWouldLogCredentialsStaysOffWhateverIsTurnedOn() {
    begin("--log-level", "trace,io.fabric8=trace," + HEADERS.getName() + "=trace");
    HEADERS.error("> Authorization: Bearer secret");
    assertThat(HEADERS.isTraceEnabled()).isFalse();
    assertThat(lines()).isEmpty();
  }

  @Test
  void aFormatOrLevelThatIsNoneIsSaidWithThoseThatAre() {
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    assertThat(new CommandLine(new Program()).execute("--log-format", "xml")).isEqualTo(2);
    assertThat(new CommandLine(new Program()).execute("--log-level", "loud")).isEqualTo(2);
    assertThat(String.join("\n", lines()))
        .contains("--log-format 'xml' is none of [text, json]")
        .contains("--log-level 'loud' is none of [off, error, warn, info, debug, trace]");
  }

  @Test
  void aFactIsForgottenEvenIfSayingItFails() {
    assertThatThrownBy(
            () ->
                About.node("gpu-a")
                    .say(
                        () -> {
                          throw new IllegalStateException("no");
                        }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(org.slf4j.MDC.get("node")).isNull();
  }

  private static Map<String, String> object(String line) throws IOException {
    Map<String, String> members = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(line)) {
      assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        members.put(name, json.getText());
      }
      assertThat(json.nextToken()).isNull();
    }
    return members;
  }
}
