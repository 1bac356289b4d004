package io.mdevmigration.node.check;

import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.check.Attempt.OpenFailed;
import io.mdevmigration.node.check.Attempt.WriteFailed;
import io.mdevmigration.node.posix.Errno;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Tables that differ from the design's in one thing. */
final class OutcomeMutants {
  private static final List<OutcomeRow<?>> DESIGN = OutcomeTable.DESIGN.rows();

  /** Mutants that nobody can tell from the design's table, each with the reason. */
  static final Map<String, String> EQUIVALENT =
      Map.of(
          "WriteFailed → Transient also with ENODEV",
          "the rows above it speak of ENODEV, gone or there",
          "WriteFailed → Transient also with EOPNOTSUPP",
          "the rows above it speak of EOPNOTSUPP, gone or there",
          "WriteFailed → Transient also with ENOTSUPP",
          "the rows above it speak of ENOTSUPP, gone or there",
          "WriteFailed → NotSupported and WriteFailed → Transient swapped",
          "they have no error number in common",
          "OpenFailed → AgentMisconfigured also with ENOENT",
          "a row above it speaks of ENOENT",
          "OpenFailed → AgentMisconfigured also with ENODEV",
          "a row above it speaks of ENODEV");

  /**
   * One mutant.
   *
   * @param says what is different
   * @param table the table
   */
  record Mutant(String says, OutcomeTable table) {
    @Override
    public String toString() {
      return says;
    }
  }

  /** What a row can say. */
  private record Meaning(Verdict verdict, Reason reason) {}

  private OutcomeMutants() {}

  static List<Mutant> all() {
    List<Mutant> mutants = new ArrayList<>();
    for (int i = 0; i < DESIGN.size(); i++) {
      mutants.addAll(of(i, DESIGN.get(i)));
    }
    return mutants;
  }

  private static <A extends Attempt> List<Mutant> of(int index, OutcomeRow<A> row) {
    List<Mutant> mutants = new ArrayList<>();
    List<OutcomeRow<?>> without = new ArrayList<>(DESIGN);
    without.remove(index);
    mutants.add(new Mutant(row + " removed", new OutcomeTable(without)));
    for (Meaning meaning : meanings()) {
      if (!meaning.equals(new Meaning(row.verdict(), row.reason()))) {
        mutants.add(
            mutant(
                row + " means " + meaning.verdict() + " " + meaning.reason(),
                index,
                new OutcomeRow<>(
                    row.attempt(), row.errnos(), row.when(), meaning.verdict(), meaning.reason())));
      }
    }
    if (row.when().isPresent()) {
      Predicate<A> contrary = row.when().get().negate();
      mutants.add(when(row + " whatever else", index, row, Optional.empty()));
      mutants.add(when(row + " with the contrary", index, row, Optional.of(contrary)));
    }
    if (!row.errnos().isEmpty()) {
      mutants.add(errnos(row + " with any errno", index, row, Set.of()));
    }
    if (row.attempt() == WriteFailed.class || row.attempt() == OpenFailed.class) {
      for (int errno : errnos()) {
        mutants.add(errno(index, row, errno));
      }
    }
    if (index > 0 && DESIGN.get(index - 1).attempt() == row.attempt()) {
      List<OutcomeRow<?>> swapped = new ArrayList<>(DESIGN);
      Collections.swap(swapped, index - 1, index);
      mutants.add(
          new Mutant(
              DESIGN.get(index - 1) + " and " + row + " swapped", new OutcomeTable(swapped)));
    }
    return mutants;
  }

  /** With one error number more, or one less, or with that one alone. */
  private static Mutant errno(int index, OutcomeRow<?> row, int errno) {
    Set<Integer> changed = new HashSet<>(row.errnos());
    boolean added = changed.add(errno);
    if (!added) {
      changed.remove(errno);
    }
    String how = row.errnos().isEmpty() ? " only with " : added ? " also with " : " without ";
    return errnos(row + how + Errno.name(errno), index, row, changed);
  }

  /** Every pair of verdict and reason that some row has. */
  private static Set<Meaning> meanings() {
    Set<Meaning> meanings = new HashSet<>();
    DESIGN.forEach(row -> meanings.add(new Meaning(row.verdict(), row.reason())));
    return meanings;
  }

  /** Every error number that some row names, and the one that drivers refuse with. */
  private static Set<Integer> errnos() {
    Set<Integer> errnos = new TreeSet<>(Set.of(Errno.EINVAL));
    DESIGN.forEach(row -> errnos.addAll(row.errnos()));
    return errnos;
  }

  private static <A extends Attempt> Mutant when(
      String says, int index, OutcomeRow<A> row, Optional<Predicate<A>> when) {
    return mutant(
        says,
        index,
        new OutcomeRow<>(row.attempt(), row.errnos(), when, row.verdict(), row.reason()));
  }

  private static <A extends Attempt> Mutant errnos(
      String says, int index, OutcomeRow<A> row, Set<Integer> errnos) {
    return mutant(
        says,
        index,
        new OutcomeRow<>(row.attempt(), errnos, row.when(), row.verdict(), row.reason()));
  }

  private static Mutant mutant(String says, int index, OutcomeRow<?> row) {
    List<OutcomeRow<?>> rows = new ArrayList<>(DESIGN);
    rows.set(index, row);
    return new Mutant(says, new OutcomeTable(rows));
  }
}
