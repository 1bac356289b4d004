package io.mdevmigration.http;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;

/**
 * What is sent back.
 *
 * @param status an HTTP status code
 * @param type the media type, with its charset where it is text
 * @param body in full; how long it may be is up to the page
 */
public record Response(int status, String type, String body) {
  public Response {
    requireNonNull(type, "type");
    requireNonNull(body, "body");
  }

  /** Plain text. */
  public static Response text(int status, String body) {
    return new Response(status, "text/plain; charset=utf-8", body);
  }

  /** The bytes to send; one response to a connection. */
  byte[] bytes(boolean withBody) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        ("HTTP/1.1 "
                + status
                + " "
                + phrase(status)
                + "\r\nContent-Type: "
                + type
                + "\r\nContent-Length: "
                + content.length
                + (status == 405 ? "\r\nAllow: GET, HEAD" : "")
                + "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff"
                + "\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    if (!withBody) {
      return head;
    }
    byte[] all = new byte[head.length + content.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(content, 0, all, head.length, content.length);
    return all;
  }

  private static String phrase(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 431 -> "Request Header Fields Too Large";
      case 503 -> "Service Unavailable";
      default -> "Error";
    };
  }
}
