package io.mdevmigration.operator.cleanup;

/**
 * What is to go.
 *
 * @param namespace where the product was installed
 * @param dryRun whether the API server only says what would become of each request
 * @param all whether MigrationCompatibilities of users go too
 * @param crds whether the custom resource definitions go, and with them all objects
 * @param workers requests at the same time, 1 to 256
 */
public record CleanupOptions(
    String namespace, boolean dryRun, boolean all, boolean crds, int workers) {
  private static final int WORKERS_MAX = 256;

  /**
   * Options.
   *
   * @throws IllegalArgumentException if a number is out of its bounds
   */
  public CleanupOptions {
    if (workers < 1 || workers > WORKERS_MAX) {
      throw new IllegalArgumentException("1 to 256 requests are made at the same time");
    }
  }
}
