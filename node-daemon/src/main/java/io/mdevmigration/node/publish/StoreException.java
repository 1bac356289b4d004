package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.sysfs.Printable;

/** The API server could not be reached, or did not do what it was asked. */
final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What a failure means for what was last seen of the object. */
  enum Kind {
    /** The object is gone. */
    GONE,
    /** The object is not what it was when last seen. */
    CHANGED,
    /** Anything else: try again later. */
    FAILED
  }

  private static final int MESSAGE_MAX = 1024;

  private final Kind kind;

  /**
   * A failure.
   *
   * @param message what failed; the API server repeats in it what others have written, so that it
   *     is made printable
   */
  StoreException(Kind kind, String message, Throwable cause) {
    super(Printable.of(message, MESSAGE_MAX), cause);
    this.kind = requireNonNull(kind, "kind");
  }

  Kind kind() {
    return kind;
  }
}
