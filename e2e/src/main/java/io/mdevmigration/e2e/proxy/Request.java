package io.mdevmigration.e2e.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A request as the proxy received it.
 *
 * @param sender whose proxy it is
 * @param received {@link System#nanoTime()} when its last byte had come
 * @param method HTTP's
 * @param uri path and query
 * @param body what followed, as text
 */
public record Request(String sender, long received, String method, String uri, String body) {
  private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE");

  static Request of(String sender, Head head, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    return new Request(sender, System.nanoTime(), head.word(0), head.word(1), text);
  }

  /** Whether it asks for a change. */
  public boolean isWrite() {
    return WRITES.contains(method);
  }

  /** Whether it opens a watch. */
  public boolean isWatch() {
    return method.equals("GET") && query().contains("watch=true");
  }

  /** Whether it reads a collection once. */
  public boolean isList() {
    return method.equals("GET") && !isWatch() && name().isEmpty() && !resource().isEmpty();
  }

  /** Whether it reads a part of a collection only. */
  public boolean isPartial() {
    return query().contains("fieldSelector=")
        || query().contains("labelSelector=")
        || query().contains("continue=");
  }

  /** The plural of what it is about; empty if it is about no resource. */
  public String resource() {
    return part(0);
  }

  /** The name of the object that it is about; empty if it names none. */
  public String name() {
    return part(1);
  }

  /** Such as status; empty if there is none. */
  public String subresource() {
    return part(2);
  }

  private String query() {
    int mark = uri.indexOf('?');
    return mark < 0 ? "" : uri.substring(mark + 1);
  }

  private String part(int n) {
    int mark = uri.indexOf('?');
    List<String> parts =
        Arrays.stream((mark < 0 ? uri : uri.substring(0, mark)).split("/", -1))
            .filter(part -> !part.isEmpty())
            .toList();
    if (parts.isEmpty()) {
      return "";
    }
    // /api/v1/… and /apis/GROUP/VERSION/…
    int skip = parts.get(0).equals("apis") ? 3 : 2;
    if (parts.size() > skip + 2 && parts.get(skip).equals("namespaces")) {
      skip += 2;
    }
    return skip + n < parts.size() ? parts.get(skip + n) : "";
  }

  @Override
  public String toString() {
    return "%s: %s %s %s".formatted(sender, method, uri, isWrite() ? body : "").strip();
  }
}
