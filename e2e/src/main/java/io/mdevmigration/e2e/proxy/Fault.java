package io.mdevmigration.e2e.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What can happen to a single request. */
public enum Fault {
  /** The connection breaks before the request is sent on. */
  CUT_BEFORE,
  /** The connection breaks when the API server has answered: a write has happened all the same. */
  CUT_AFTER,
  /** 409 Conflict to a write, which has not happened. */
  CONFLICT,
  /** 429 Too Many Requests with Retry-After: 1. */
  TOO_MANY,
  /** 500. */
  SERVER_ERROR,
  /** 410 Gone to a list or a watch, or in the middle of a watch. */
  GONE,
  /** The answer to a list stops in the middle and never goes on. */
  ENDLESS_LIST;

  boolean appliesTo(Request request) {
    return switch (this) {
      case CUT_BEFORE, TOO_MANY, SERVER_ERROR -> true;
      case CUT_AFTER -> !request.isWatch();
      case CONFLICT -> request.isWrite();
      case GONE -> request.isWatch() || request.isList();
      case ENDLESS_LIST -> request.isList();
    };
  }

  /** The answer in place of the API server's; empty if this fault does not answer. */
  Optional<byte[]> answer() {
    return switch (this) {
      case CONFLICT -> answer(409, "Conflict", "Conflict", "");
      case TOO_MANY -> answer(429, "Too Many Requests", "TooManyRequests", "Retry-After: 1\r\n");
      case SERVER_ERROR -> answer(500, "Internal Server Error", "InternalError", "");
      case GONE -> answer(410, "Gone", "Expired", "");
      case CUT_BEFORE, CUT_AFTER, ENDLESS_LIST -> Optional.empty();
    };
  }

  /** An event that ends a watch with 410. */
  static String goneEvent() {
    return "{\"type\":\"ERROR\",\"object\":" + status(410, "Expired") + "}";
  }

  private Optional<byte[]> answer(int code, String phrase, String reason, String fields) {
    String body = status(code, reason);
    String text =
        "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s"
            .formatted(code, phrase, fields, body.length(), body);
    return Optional.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String status(int code, String reason) {
    return """
        {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
        "message":"injected by the proxy","reason":"%s","code":%d}"""
        .formatted(reason, code);
  }
}
