package io.mdevmigration.e2e.trust;

/**
 * A request and what becomes of it.
 *
 * @param who asks
 * @param verb how
 * @param path of the API server, and query
 * @param body empty: none
 * @param code the HTTP status to expect
 * @param reason what the answer has to contain
 */
record Request(Who who, Verb verb, String path, String body, int code, String reason) {
  private static final int FORBIDDEN = 403;
  private static final int UNAUTHORIZED = 401;

  /** A request that is refused, and a part of the message that says why. */
  static Request forbidden(Who who, Verb verb, String path, String body, String reason) {
    return new Request(who, verb, path, body.replace('\'', '"'), FORBIDDEN, reason);
  }

  /** A request whose token is no good. */
  static Request unauthorized(Who who, Verb verb, String path, String body) {
    return new Request(who, verb, path, body.replace('\'', '"'), UNAUTHORIZED, "");
  }

  /** A request that is granted, with 200 or 201. */
  static Request granted(Who who, Verb verb, String path, String body, int code) {
    return new Request(who, verb, path, body.replace('\'', '"'), code, "");
  }

  @Override
  public String toString() {
    return who + " " + verb + " " + path + " " + body;
  }
}
