package io.mdevmigration.operator.label;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.OTHER_REVISION;
import static io.mdevmigration.operator.fleet.Reports.REVISION;
import static io.mdevmigration.operator.fleet.Reports.node;

import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.label.LabelFacts.Named;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is stored, and the row that has to decide: row by row, and that the rows above it win. */
final class LabelCases {
  static final MdevClass CLASS = new MdevClass("sample-A", "v1");
  private static final Named NAMED = new Named(CLASS.type(), CLASS.digest());
  private static final Problem ENODEV = new Problem("NotSupported", 19, "ENODEV");
  private static final Problem EIO = new Problem("ReadFailed", 5, "EIO");
  private static final Instant TOO_LONG_AGO = NOW.minus(Duration.ofHours(13)).minusSeconds(1);

  /** Whether somebody wants the label on the node. */
  private enum Wish {
    WANTED,
    /** Nobody seems to. */
    DROPPED,
    /** Certainly nobody does. */
    CONFIRMED_UNWANTED,
    /** Somebody does again, though a moment ago nobody did. */
    WANTED_AGAIN
  }

  /**
   * One case.
   *
   * @param says what it shows
   * @param facts what is stored
   * @param row the row that has to decide
   */
  record LabelCase(String says, LabelFacts facts, LabelRow row) {
    @Override
    public String toString() {
      return says;
    }
  }

  private LabelCases() {}

  static List<LabelCase> all() {
    return List.of(
        // The object of a former Node of the same name.
        of("a former node's acceptance", accepting().ownedBy("former"), LabelRow.OTHER_NODE),
        of(
            "a former node's refusal",
            offering().ownedBy("former").answers(CLASS, Verdict.INCOMPATIBLE),
            LabelRow.OTHER_NODE),
        of(
            "a former node's state of another boot",
            accepting().ownedBy("former").boot("boot-0"),
            LabelRow.OTHER_NODE),
        of(
            "a former node's state of a class that nobody wants",
            accepting().ownedBy("former"),
            Wish.CONFIRMED_UNWANTED,
            LabelRow.OTHER_NODE),
        of(
            "a former node's state without the type",
            answering().ownedBy("former"),
            LabelRow.OTHER_NODE),
        // The boot.
        of("an acceptance before the boot", accepting().boot("boot-0"), LabelRow.REBOOTED),
        of(
            "an acceptance before the boot that nobody wants",
            accepting().boot("boot-0"),
            Wish.CONFIRMED_UNWANTED,
            LabelRow.REBOOTED),
        of(
            "no answer before the boot, incomplete",
            offering().incomplete().boot("boot-0"),
            LabelRow.REBOOTED),
        of("a report that knows no boot id", accepting().boot(null), LabelRow.ACCEPTED),
        of(
            "a Node that knows no boot id",
            withoutBootID(),
            Optional.of(accepting()),
            Wish.WANTED,
            LabelRow.ACCEPTED),
        // Wanted by nobody.
        of(
            "an acceptance that nobody wants",
            accepting(),
            Wish.CONFIRMED_UNWANTED,
            LabelRow.NOT_WANTED),
        of(
            "nothing stored, and nobody wants it",
            node("a"),
            Optional.empty(),
            Wish.CONFIRMED_UNWANTED,
            LabelRow.NOT_WANTED),
        of(
            "a type that is gone and that nobody wants",
            answering(),
            Wish.CONFIRMED_UNWANTED,
            LabelRow.NOT_WANTED),
        of("nobody seems to want it", accepting(), Wish.DROPPED, LabelRow.DOUBT),
        of("wanted again", accepting(), Wish.WANTED_AGAIN, LabelRow.ACCEPTED),
        of(
            "nothing stored, and nobody seems to want it",
            node("a"),
            Optional.empty(),
            Wish.DROPPED,
            LabelRow.DOUBT),
        // The type is gone.
        of("a type that a complete inventory lacks", answering(), LabelRow.TYPE_NOT_OFFERED),
        of(
            "a type that a complete inventory lacks, no answer",
            Reports.of("a"),
            LabelRow.TYPE_NOT_OFFERED),
        of("a type that an incomplete inventory lacks", answering().incomplete(), LabelRow.DOUBT),
        of("a type that is offered, no answer", offering(), LabelRow.DOUBT),
        new LabelCase(
            "a label of which nobody knows the class",
            new LabelFacts(
                node("a"),
                Optional.of(Reports.of("a").report()),
                Optional.empty(),
                false,
                false,
                NOW),
            LabelRow.DOUBT),
        // Another state of the driver.
        of(
            "an acceptance under another revision",
            offering(OTHER_REVISION).answers(CLASS, Verdict.COMPATIBLE),
            LabelRow.OUTDATED),
        of(
            "a refusal under another revision",
            offering(OTHER_REVISION).answers(CLASS, Verdict.INCOMPATIBLE),
            LabelRow.OUTDATED),
        of(
            "an acceptance under another revision, remembered",
            offering(OTHER_REVISION).unknown(CLASS, last(Verdict.COMPATIBLE)),
            LabelRow.OUTDATED),
        of(
            "an acceptance under another revision, incomplete",
            offering(OTHER_REVISION).incomplete().answers(CLASS, Verdict.COMPATIBLE),
            LabelRow.OUTDATED),
        of(
            "an acceptance without a published revision",
            offering(null).answers(CLASS, Verdict.COMPATIBLE),
            LabelRow.DOUBT),
        of(
            "an acceptance without a revision of its own",
            offering().answers(CLASS, Verdict.COMPATIBLE, null),
            LabelRow.DOUBT),
        of(
            "an answer that is on its way under another revision",
            offering(OTHER_REVISION).answers(CLASS, Verdict.UNKNOWN),
            LabelRow.DOUBT),
        // The driver says no.
        of("a refusal", offering().answers(CLASS, Verdict.INCOMPATIBLE), LabelRow.REFUSED),
        of("not supported", offering().answers(CLASS, Verdict.UNSUPPORTED), LabelRow.REFUSED),
        of(
            "a refusal, remembered",
            offering().unknown(CLASS, last(Verdict.INCOMPATIBLE)),
            LabelRow.REFUSED),
        of(
            "not supported, remembered",
            offering().unknown(CLASS, last(Verdict.UNSUPPORTED)),
            LabelRow.REFUSED),
        of(
            "a refusal, incomplete",
            offering().incomplete().answers(CLASS, Verdict.INCOMPATIBLE),
            LabelRow.REFUSED),
        of(
            "a refusal, long ago",
            offering().observed(TOO_LONG_AGO).answers(CLASS, Verdict.INCOMPATIBLE),
            LabelRow.REFUSED),
        of(
            "a refusal, and nobody seems to want it",
            offering().answers(CLASS, Verdict.INCOMPATIBLE),
            Wish.DROPPED,
            LabelRow.REFUSED),
        // The inventory says no, and nobody was asked.
        of("a type that cannot be asked about, no answer", unaskable(ENODEV), LabelRow.REFUSED),
        of(
            "a type that cannot be asked about, no answer, incomplete",
            unaskable(ENODEV).incomplete(),
            LabelRow.DOUBT),
        of("a type that cannot be read, no answer", unaskable(EIO), LabelRow.DOUBT),
        of(
            "a type that some parents can be asked about, no answer",
            unaskable(ENODEV).anotherGroup().offers(CLASS.type()),
            LabelRow.DOUBT),
        of(
            "a type that cannot be asked about, an answer from before",
            unaskable(ENODEV).unknown(CLASS, last(Verdict.COMPATIBLE)),
            LabelRow.DOUBT),
        // The driver says yes.
        of("an acceptance", accepting(), LabelRow.ACCEPTED),
        of("an acceptance, incomplete", accepting().incomplete(), LabelRow.DOUBT),
        of(
            "an acceptance 13 hours ago",
            accepting().observed(TOO_LONG_AGO.plusSeconds(1)),
            LabelRow.ACCEPTED),
        of("an acceptance longer ago", accepting().observed(TOO_LONG_AGO), LabelRow.DOUBT),
        of("an acceptance from a backup", accepting().restored(), LabelRow.DOUBT),
        of(
            "a refusal from a backup",
            offering().restored().answers(CLASS, Verdict.INCOMPATIBLE),
            LabelRow.REFUSED),
        of("an acceptance nobody knows when", accepting().observed(null), LabelRow.DOUBT),
        of(
            "an acceptance, remembered",
            offering().unknown(CLASS, last(Verdict.COMPATIBLE)),
            LabelRow.DOUBT),
        // Nothing.
        of("nothing stored", node("a"), Optional.empty(), Wish.WANTED, LabelRow.DOUBT),
        of("no answer yet", offering().answers(CLASS, Verdict.UNKNOWN), LabelRow.DOUBT));
  }

  private static LabelCase of(String says, Reports report, LabelRow row) {
    return of(says, report, Wish.WANTED, row);
  }

  private static LabelCase of(String says, Reports report, Wish wish, LabelRow row) {
    return of(says, node("a"), Optional.of(report), wish, row);
  }

  private static LabelCase of(
      String says, NodeFacts node, Optional<Reports> report, Wish wish, LabelRow row) {
    LabelFacts facts =
        new LabelFacts(
            node,
            report.map(Reports::report),
            Optional.of(NAMED),
            wish == Wish.WANTED || wish == Wish.WANTED_AGAIN,
            wish == Wish.CONFIRMED_UNWANTED || wish == Wish.WANTED_AGAIN,
            NOW);
    return new LabelCase(says, facts, row);
  }

  private static NodeFacts withoutBootID() {
    return new NodeFacts("a", "uid-a", Optional.empty(), Map.of());
  }

  private static Reports accepting() {
    return offering(REVISION).answers(CLASS, Verdict.COMPATIBLE);
  }

  private static Reports offering() {
    return offering(REVISION);
  }

  private static Reports offering(String revision) {
    return Reports.of("a").offers(CLASS.type(), revision);
  }

  private static Reports unaskable(Problem problem) {
    return Reports.of("a").offers(CLASS.type(), problem);
  }

  /** An answer about a type that is not offered. */
  private static Reports answering() {
    return Reports.of("a").answers(CLASS, Verdict.COMPATIBLE);
  }

  private static DefiniteVerdict last(Verdict verdict) {
    return new DefiniteVerdict(verdict, REVISION, NOW.toString());
  }
}
