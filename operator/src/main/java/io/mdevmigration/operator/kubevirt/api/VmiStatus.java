package io.mdevmigration.operator.kubevirt.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/** What is read of a VMI's status. Null is what the object does not have. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record VmiStatus(String phase, String nodeName, List<Condition> conditions) {

  /** One of {@code status.conditions}. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Condition(String type, String status, String reason, String message) {}
}
