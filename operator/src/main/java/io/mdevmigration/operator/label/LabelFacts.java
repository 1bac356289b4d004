package io.mdevmigration.operator.label;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that is looked at to decide about one label of one node.
 *
 * @param node the node
 * @param report what its MdevNodeState says; empty if it has none
 * @param mdevClass the class that the label stands for; empty if nothing tells
 * @param wanted whether some MigrationCompatibility wants the label on this node
 * @param unwanted whether certainly none does: by a live LIST and for long enough
 * @param now the time
 */
public record LabelFacts(
    NodeFacts node,
    Optional<NodeReport> report,
    Optional<Named> mdevClass,
    boolean wanted,
    boolean unwanted,
    Instant now) {

  public LabelFacts {
    requireNonNull(node, "node");
    requireNonNull(report, "report");
    requireNonNull(mdevClass, "mdevClass");
    requireNonNull(now, "now");
  }

  /**
   * A class as a label key names it.
   *
   * @param type the full mdev type
   * @param digest the class's digest
   */
  public record Named(String type, String digest) {
    /**
     * The class that a label key stands for: one that is wanted, or one that the node has answered
     * for. Neither digest nor slug can be turned back into a type.
     *
     * @param key the label key
     * @param report what the node's MdevNodeState says
     * @param wanted the classes to label, by label key
     * @return empty if nothing tells
     */
    public static Optional<Named> by(
        String key, Optional<NodeReport> report, Map<String, MdevClass> wanted) {
      if (wanted.containsKey(key)) {
        return Optional.of(new Named(wanted.get(key).type(), wanted.get(key).digest()));
      }
      String digest = key.substring(key.lastIndexOf('.') + 1);
      return report
          .flatMap(r -> Optional.ofNullable(r.answers().get(digest)))
          .filter(answer -> MdevClass.labelKey(answer.type(), digest).equals(key))
          .map(answer -> new Named(answer.type(), digest));
    }
  }

  /** The node's own answer about the class. */
  Optional<Answer> answer() {
    return mdevClass.flatMap(c -> report.flatMap(r -> r.answer(c.type(), c.digest())));
  }

  /**
   * The verdict that counts, E in the design: the answer where it is definite, else its last. A
   * type that cannot be asked about is Unsupported without an answer, by a complete inventory.
   */
  Optional<DefiniteVerdict> definite() {
    return answer().isPresent() ? answer().flatMap(Answer::definite) : unsupported();
  }

  private Optional<DefiniteVerdict> unsupported() {
    return report
        .filter(NodeReport::complete)
        .flatMap(r -> mdevClass.flatMap(c -> r.obstacle(c.type())))
        .filter(Problem::rulesOutMigration)
        .flatMap(
            obstacle ->
                published()
                    .map(
                        revision ->
                            new DefiniteVerdict(Verdict.UNSUPPORTED, revision, now.toString())));
  }

  /** The type as the inventory has it. */
  Optional<OfferedType> offered() {
    return mdevClass.flatMap(
        c -> report.flatMap(r -> Optional.ofNullable(r.types().get(c.type()))));
  }

  /** The type's published revision. */
  Optional<String> published() {
    return offered().map(OfferedType::revision);
  }

  /** The revision under which the verdict that counts was given. */
  Optional<String> answeredUnder() {
    return definite().map(DefiniteVerdict::revision);
  }
}
