package io.mdevmigration.e2e.controlplane;

/** The control plane did not start, stopped by itself or could not be asked. */
public final class ControlPlaneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message that says what to look at. */
  public ControlPlaneException(String message) {
    super(message);
  }

  /** With a message that says what was attempted, and why it failed. */
  public ControlPlaneException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Keeps the interrupt for the caller and says what was interrupted. */
  static ControlPlaneException interrupted(String doing, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new ControlPlaneException("interrupted while " + doing, cause);
  }
}
