package io.mdevmigration.operator.kubevirt.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** What is read of a migration's status. Null is what the object does not have. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MigrationStatus(String phase, State migrationState) {

  /**
   * {@code status.migrationState}.
   *
   * @param startTimestamp when the VM began to be sent
   * @param abortRequested whether somebody called it off
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record State(
      String sourceNode,
      String targetNode,
      String startTimestamp,
      Boolean failed,
      String failureReason,
      Boolean abortRequested) {}
}
