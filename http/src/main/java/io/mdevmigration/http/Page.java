package io.mdevmigration.http;

import java.util.Optional;
import java.util.function.Supplier;

/** What one path shows. */
@FunctionalInterface
public interface Page {
  /**
   * What it shows at this moment. Called on the port's only thread: must not wait for anything.
   * Everybody who reaches the port reads it: neither secrets nor names belong here.
   */
  Response response();

  /**
   * A page for a probe: 200 while all is well, otherwise 503 with what is wrong.
   *
   * @param trouble what is wrong, in one line; empty if nothing is
   */
  static Page probe(Supplier<Optional<String>> trouble) {
    return () ->
        trouble
            .get()
            .map(what -> Response.text(503, what + "\n"))
            .orElseGet(() -> Response.text(200, "ok\n"));
  }
}
