package io.mdevmigration.node.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mdevmigration.crds.Verdict;
import java.util.List;

/**
 * The answers to one question as the command line shows them. Fields are null where there is
 * nothing.
 *
 * @param verdict the worst of the parents'
 * @param parents every parent's own answer
 * @param offeredTypes what is offered, where the type is not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CheckView(
    String type,
    String version,
    String digest,
    String label,
    Verdict verdict,
    String reason,
    Integer errno,
    String errnoName,
    List<ParentAnswer> parents,
    List<String> offeredTypes,
    List<String> notes) {

  /** What one parent said. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ParentAnswer(
      String parent,
      Verdict verdict,
      String reason,
      Integer errno,
      String errnoName,
      String availableInstances) {}

  String table() {
    Table table = new Table("PARENT", "ANSWER", "REASON", "ERRNO", "FREE");
    for (ParentAnswer answer : parents) {
      table.add(
          answer.parent(),
          answer.verdict().toString(),
          answer.reason(),
          answer.errno() == null ? "" : answer.errnoName() + " (" + answer.errno() + ")",
          answer.availableInstances() == null ? "" : answer.availableInstances());
    }
    String all = verdict + " (" + reason + (errno == null ? "" : " " + errnoName) + ")\n";
    String offered =
        offeredTypes == null
            ? ""
            : offeredTypes.isEmpty()
                ? "no types are offered\n"
                : "offered types: " + String.join(", ", offeredTypes) + "\n";
    return (parents.isEmpty() ? "" : table + "\n") + all + offered;
  }
}
