package io.mdevmigration.e2e.controlplane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The API server's record of every request it has answered. The server writes the line before it
 * finishes its answer, so that a client that has its answer finds its request here.
 *
 * <p>Lines that a killed server left incomplete are left out. Everything is read from the file anew
 * with each call; all methods throw {@link UncheckedIOException} if that fails.
 */
public final class AuditLog {
  /** A place between two requests. */
  public record Mark(long offset) {}

  static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived, ResponseStarted]
      rules:
      - level: Metadata
      """;

  private static final int CHUNK = 64 * 1024;

  private final Path file;
  private final ObjectMapper json = new ObjectMapper();

  AuditLog(Path file) {
    this.file = file;
  }

  /** The place after the last request answered so far. */
  public Mark mark() {
    return new Mark(endOfLastLine());
  }

  /** Every request since the API server's first start. */
  public AuditEntries entries() {
    return since(new Mark(0));
  }

  /** The requests answered after a mark, until now. */
  public AuditEntries since(Mark mark) {
    return between(mark, mark());
  }

  /** The requests answered after the first mark and before the second. */
  public AuditEntries between(Mark after, Mark before) {
    List<AuditEntry> entries = new ArrayList<>();
    if (before.offset() > after.offset()) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
        in.skipNBytes(after.offset());
        ByteArrayOutputStream line = new ByteArrayOutputStream(2048);
        for (long left = before.offset() - after.offset(); left > 0; left--) {
          int next = in.read();
          if (next == '\n') {
            entry(line.toByteArray()).ifPresent(entries::add);
            line.reset();
          } else {
            line.write(next);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new AuditEntries(entries);
  }

  private Optional<AuditEntry> entry(byte[] line) throws IOException {
    JsonNode event;
    try {
      event = json.readTree(line);
    } catch (JsonProcessingException e) {
      return Optional.empty(); // cut short by SIGKILL
    }
    return event.path("stage").asText().equals("ResponseComplete")
        ? Optional.of(AuditEntry.of(event))
        : Optional.empty();
  }

  /** Ends the line that a killed server left, so that the next server's first line is its own. */
  void endCutLine() {
    try {
      if (Files.exists(file) && Files.size(file) > endOfLastLine()) {
        Files.write(file, new byte[] {'\n'}, StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The offset after the last end of line; what comes after that is still being written. */
  private long endOfLastLine() {
    if (!Files.exists(file)) {
      return 0;
    }
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      long end = channel.size();
      while (end > 0) {
        long start = Math.max(0, end - CHUNK);
        ByteBuffer chunk = ByteBuffer.allocate((int) (end - start));
        channel.position(start);
        while (chunk.hasRemaining() && channel.read(chunk) >= 0) {
          // until the chunk is full
        }
        for (int i = chunk.position() - 1; i >= 0; i--) {
          if (chunk.get(i) == '\n') {
            return start + i + 1;
          }
        }
        end = start;
      }
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
