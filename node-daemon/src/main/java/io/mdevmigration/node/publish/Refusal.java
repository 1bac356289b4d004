package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

/**
 * How the API server refused a request.
 *
 * @param code HTTP status
 * @param message what it said
 */
record Refusal(int code, String message) {
  Refusal {
    requireNonNull(message, "message");
  }
}
