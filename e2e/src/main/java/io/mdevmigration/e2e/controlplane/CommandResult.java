package io.mdevmigration.e2e.controlplane;

/**
 * What a command that ended has left.
 *
 * @param exitCode 0 for success
 * @param stdout its standard output
 * @param stderr its standard error
 */
public record CommandResult(int exitCode, String stdout, String stderr) {
  /**
   * Itself, for a command that has to work.
   *
   * @throws ControlPlaneException with the command's standard error if the exit code is not 0
   */
  public CommandResult orThrow() {
    if (exitCode != 0) {
      throw new ControlPlaneException("exit code " + exitCode + ": " + stderr.strip());
    }
    return this;
  }
}
