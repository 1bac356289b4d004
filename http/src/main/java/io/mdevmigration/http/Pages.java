package io.mdevmigration.http;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which page a request gets. Nothing that a client sends gets into a response or a log. */
final class Pages {
  private static final Logger log = LoggerFactory.getLogger(Pages.class);

  /** RFC 9112, section 3, as far as this port needs it: the origin form alone. */
  private static final Pattern REQUEST_LINE =
      Pattern.compile("([A-Z]{1,16}) (/[\\x21-\\x7e]{0,1023}) HTTP/1\\.[01]");

  private static final String END_OF_HEAD = "\r\n\r\n";

  private final Map<String, Page> byPath;

  Pages(Map<String, Page> byPath) {
    this.byPath = Map.copyOf(byPath);
  }

  /**
   * The bytes to send for what has arrived so far; empty if more has to arrive first.
   *
   * @param received from the connection's beginning, one character per byte
   * @param isFull whether no more than this is taken
   */
  Optional<byte[]> answer(String received, boolean isFull) {
    if (received.contains(END_OF_HEAD)) {
      return Optional.of(answer(received.substring(0, received.indexOf("\r\n"))));
    }
    return isFull
        ? Optional.of(Response.text(431, "the request is too long\n").bytes(true))
        : Optional.empty();
  }

  private byte[] answer(String requestLine) {
    Matcher request = REQUEST_LINE.matcher(requestLine);
    if (!request.matches()) {
      return Response.text(400, "no request that this port knows\n").bytes(true);
    }
    String method = request.group(1);
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Response.text(405, "GET and HEAD alone\n").bytes(true);
    }
    String path = request.group(2).split("\\?", 2)[0];
    return Optional.ofNullable(byPath.get(path))
        .map(Pages::made)
        .orElseGet(() -> Response.text(404, "there is no such page\n"))
        .bytes(method.equals("GET"));
  }

  private static Response made(Page page) {
    try {
      return page.response();
    } catch (RuntimeException e) {
      log.error("a page could not be made", e);
      return Response.text(500, "the page could not be made; see the log\n");
    }
  }
}
