package io.mdevmigration.node.publish;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.selfcheck.Evidence;
import io.mdevmigration.node.selfcheck.SelfCheck;
import io.mdevmigration.node.sysfs.Bus;
import io.mdevmigration.node.sysfs.Scan;
import io.mdevmigration.node.sysfs.Trouble;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says in one condition whether the daemon can do its work, and what to do if it cannot. */
final class ReadyCondition {
  static final String TYPE = "Ready";

  private static final int TROUBLES_SHOWN = 3;
  private static final int MESSAGE_MAX = 1024;

  private ReadyCondition() {}

  /**
   * The condition.
   *
   * @param evidence how this process is run
   * @param stuck drivers to the parents that have not returned
   * @param permission whether anything may be asked
   * @param before the condition as it is stored; its transition time stays unless the status
   *     changes
   */
  static Condition of(
      Scan scan,
      Evidence evidence,
      Inventory inventory,
      List<Answer> answers,
      Map<String, Set<String>> stuck,
      Permission permission,
      Optional<Condition> before,
      Instant now) {
    State state =
        permission instanceof Permission.Withheld withheld
            ? new State(false, ReadyReason.POLICIES_NOT_IN_FORCE, withheld(withheld))
            : state(scan, evidence, inventory, answers, stuck);
    String status = state.ready() ? "True" : "False";
    String since =
        before
            .filter(condition -> status.equals(condition.getStatus()))
            .map(Condition::getLastTransitionTime)
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new ConditionBuilder()
        .withType(TYPE)
        .withStatus(status)
        .withReason(state.reason().toString())
        .withMessage(state.message().substring(0, Math.min(MESSAGE_MAX, state.message().length())))
        .withLastTransitionTime(since)
        .build();
  }

  private record State(boolean ready, ReadyReason reason, String message) {}

  private static State state(
      Scan scan,
      Evidence evidence,
      Inventory inventory,
      List<Answer> answers,
      Map<String, Set<String>> stuck) {
    Optional<String> wrong = SelfCheck.text(SelfCheck.findings(evidence));
    if (!scan.isComplete()) {
      return new State(false, ReadyReason.INVENTORY_INCOMPLETE, incomplete(scan, wrong));
    }
    if (wrong.isPresent()) {
      return new State(false, ReadyReason.AGENT_MISCONFIGURED, wrong.orElseThrow());
    }
    Optional<Answer> misconfigured =
        answers.stream().filter(answer -> answer.is(Reason.AGENT_MISCONFIGURED)).findFirst();
    if (misconfigured.isPresent()) {
      return new State(
          false,
          ReadyReason.AGENT_MISCONFIGURED,
          misconfigured(misconfigured.orElseThrow(), evidence));
    }
    Optional<String> unresponsive = unresponsive(inventory, answers, stuck);
    if (unresponsive.isPresent()) {
      return new State(false, ReadyReason.DRIVER_UNRESPONSIVE, unresponsive.orElseThrow());
    }
    if (!inventory.complete()) {
      return new State(
          false,
          ReadyReason.INVENTORY_TOO_LARGE,
          "this node has more types, or more kinds of parents, than the %d that an MdevNodeState can"
                  .formatted(Api.GROUPS_MAX)
              + " show: types that are left out are not asked about, and no label is added here;"
              + " have the driver offer fewer types");
    }
    Optional<String> suspected = suspected(answers);
    if (suspected.isPresent()) {
      return new State(true, ReadyReason.SUSPECTED, suspected.orElseThrow());
    }
    return scan.bus() == Bus.ABSENT
        ? new State(
            true,
            ReadyReason.NO_MDEV_BUS,
            "no mdev module is loaded: this node has no mediated devices to offer")
        : new State(true, ReadyReason.READY, ready(inventory));
  }

  private static String withheld(Permission.Withheld withheld) {
    return "nothing is asked: "
        + withheld.why()
        + "; apply deploy/ and see that the daemon runs with the token of its pod, as ServiceAccount"
        + " mdev-node in namespace mdev-migration, or start it with --without-admission-policies";
  }

  private static String ready(Inventory inventory) {
    String unread = typesWith(inventory, Reason.READ_FAILED);
    String unstable = typesWith(inventory, Reason.UNSTABLE);
    String fine = unread.isEmpty() ? " and its drivers can be asked" : "";
    return "the mdev tree is read"
        + fine
        + (unread.isEmpty() ? "" : "; what the driver does not let read stays as it was: " + unread)
        + (unstable.isEmpty()
            ? ""
            : "; what the driver gives as the version differs from one read to the next, so it is"
                + " no source: "
                + unstable);
  }

  private static String typesWith(Inventory inventory, Reason reason) {
    return types(inventory)
        .filter(type -> type.problem() != null && type.problem().is(reason))
        .map(
            type ->
                type.problem().errnoName() == null
                    ? type.type()
                    : type.type() + " (" + type.problem().errnoName() + ")")
        .distinct()
        .sorted()
        .limit(TROUBLES_SHOWN)
        .collect(Collectors.joining(", "));
  }

  private static String incomplete(Scan scan, Optional<String> wrong) {
    Stream<String> root =
        scan.sysfs() || wrong.isPresent()
            ? wrong.stream()
            : Stream.of("the directory given as sysfs is none: mount the host's sysfs there");
    Stream<String> troubles =
        scan.troubles().stream().limit(TROUBLES_SHOWN).map(ReadyCondition::text);
    String more =
        scan.troubles().size() > TROUBLES_SHOWN
            ? " (and %d more)".formatted(scan.troubles().size() - TROUBLES_SHOWN)
            : "";
    return Stream.concat(root, troubles).collect(Collectors.joining("; ")) + more;
  }

  private static String text(Trouble trouble) {
    return trouble.errno() == 0
        ? trouble.about() + ": " + trouble.advice()
        : "%s: %s (%d): %s"
            .formatted(
                trouble.about(), Errno.name(trouble.errno()), trouble.errno(), trouble.advice());
  }

  /** What is not asked any more, and how that is ended. */
  private static Optional<String> suspected(List<Answer> answers) {
    String classes =
        answers.stream()
            .filter(answer -> answer.is(Reason.SUSPECTED))
            .limit(TROUBLES_SHOWN)
            .map(answer -> "%s (digest %s)".formatted(answer.type(), answer.digest()))
            .collect(Collectors.joining(", "));
    return classes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the node booted anew before its driver had answered a question, which is not asked"
                + " again: "
                + classes
                + "; look at the kernel log of the previous boot, then either leave the version out"
                + " (remove the check) or let it be tried again: change spec.askAgain here, or put"
                + " the digest into spec.retrySuspected of the MigrationCompatibility");
  }

  private static String misconfigured(Answer answer, Evidence evidence) {
    int errno = Optional.ofNullable(answer.errno()).orElse(Errno.EACCES);
    return "the version attribute of %s cannot be opened for writing, %s (%d): %s"
        .formatted(answer.type(), Errno.name(errno), errno, SelfCheck.advice(evidence, errno));
  }

  private static Optional<String> unresponsive(
      Inventory inventory, List<Answer> answers, Map<String, Set<String>> stuck) {
    if (!stuck.isEmpty()) {
      return Optional.of(
          new TreeMap<>(stuck)
              .entrySet().stream()
                  .map(entry -> leftAlone(entry.getKey(), entry.getValue()))
                  .collect(Collectors.joining("; ")));
    }
    String types =
        Stream.concat(
                answers.stream()
                    .filter(answer -> answer.is(Reason.DRIVER_UNRESPONSIVE))
                    .map(Answer::type),
                types(inventory)
                    .filter(
                        type ->
                            type.problem() != null && type.problem().is(Reason.DRIVER_UNRESPONSIVE))
                    .map(ParentType::type))
            .distinct()
            .sorted()
            .limit(TROUBLES_SHOWN)
            .collect(Collectors.joining(", "));
    return types.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the driver of %s did not return in time: look at the node's kernel log"
                .formatted(types));
  }

  private static String leftAlone(String driver, Set<String> parents) {
    String named = parents.stream().sorted().limit(8).collect(Collectors.joining(", "));
    return parents.size() > 1
        ? "driver %s does not return from parents %s: all its parents are left alone until it does;"
                .formatted(driver, named)
            + " look at the node's kernel log, reload the driver or reboot"
        : "driver %s does not return from parent %s: it is left alone until it does; look at the"
                .formatted(driver, named)
            + " node's kernel log";
  }

  private static Stream<ParentType> types(Inventory inventory) {
    return inventory.parentGroups().stream().flatMap(group -> group.types().stream());
  }
}
