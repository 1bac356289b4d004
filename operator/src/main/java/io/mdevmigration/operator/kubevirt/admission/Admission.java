package io.mdevmigration.operator.kubevirt.admission;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.kubevirt.admission.Decision.Allow;
import io.mdevmigration.operator.kubevirt.admission.Decision.Pass;
import io.mdevmigration.operator.kubevirt.admission.Decision.Refuse;
import io.mdevmigration.operator.kubevirt.admission.Decision.Steer;
import io.mdevmigration.operator.kubevirt.need.Need;
import io.mdevmigration.operator.kubevirt.need.Vmi;
import io.mdevmigration.operator.source.Compatibilities;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides about a migration that is about to be created, from what is stored. Refuses on complete
 * evidence alone; whatever is not certain goes on as if this project were not there, with a warning
 * that says what is missing.
 *
 * @param mode what may be done
 * @param hasSelector whether the served schema of migrations has {@code addedNodeSelector}:
 *     KubeVirt 1.6 and later. The API server would drop the field otherwise.
 */
public record Admission(Mode mode, boolean hasSelector) {

  /**
   * Decides.
   *
   * @param migration what its creator wishes
   * @param vmi the VMI, if it is known
   * @param need what the VMI needs
   * @param fleet what is stored of the nodes
   * @param compatibilities what is asked of them
   * @param now the time
   */
  public Decision decide(
      Migration migration,
      Optional<Vmi> vmi,
      Need need,
      Fleet fleet,
      Compatibilities compatibilities,
      Instant now) {
    if (migration.crossesClusters()) {
      return new Pass();
    }
    if (need instanceof Need.Nothing) {
      return new Pass();
    }
    if (need instanceof Need.Unclear unclear) {
      return uncertain(
          Cause.of(unclear.why()),
          "cannot tell which nodes accept its device: " + unclear.message());
    }
    Need.Classes classes = (Need.Classes) need;
    Evidence evidence = Evidence.of(classes, fleet, now);
    if (classes.doubt().isEmpty() && evidence.rulesOutEveryNode()) {
      return refused(migration, classes, evidence);
    }
    List<String> notEvaluated =
        classes.classes().stream()
            .map(MdevClass::digest)
            .filter(digest -> !isEvaluated(digest, compatibilities))
            .toList();
    if (!notEvaluated.isEmpty()) {
      return uncertain(
          Cause.NOT_EVALUATED,
          "no MigrationCompatibility with labelNodes asks about %d class(es) of type %s that node"
                  .formatted(notEvaluated.size(), classes.type())
              + " %s publishes (%s)".formatted(classes.source(), notEvaluated.get(0)));
    }
    if (evidence.accepting().isEmpty()) {
      return uncertain(Cause.NOT_ACCEPTED_YET, nobodyYet(classes, evidence));
    }
    if (!hasSelector) {
      return uncertain(
          Cause.NO_SELECTOR,
          "%d node(s) accept its device, but this KubeVirt has no spec.addedNodeSelector: upgrade"
                  .formatted(evidence.accepting().size())
              + " KubeVirt to 1.6 or later");
    }
    return steered(migration, vmi, classes, evidence, fleet);
  }

  private Decision refused(Migration migration, Need.Classes need, Evidence evidence) {
    String head =
        "no other node can take over the device of VMI %s, of type %s on node %s: "
            .formatted(migration.vmi(), need.type(), need.source());
    String tail = "; see kubectl get migrationcompatibilities";
    String message =
        evidence.refusals() == 0
            ? head + "none offers the type"
            : head + evidence.counts(false) + tail;
    String named = evidence.refusals() == 0 ? message : head + evidence.counts(true) + tail;
    return mode == Mode.REPORT
        ? new Allow(Cause.NOBODY_ACCEPTS, List.of("would be refused: " + message))
        : new Refuse(Cause.NOBODY_ACCEPTS, message, named);
  }

  private Decision uncertain(Cause cause, String what) {
    return mode == Mode.STRICT
        ? new Refuse(cause, "in mode Strict a migration without a known target is refused: " + what)
        : new Allow(cause, List.of("not steered: " + what));
  }

  private static String nobodyYet(Need.Classes need, Evidence evidence) {
    List<String> parts = new ArrayList<>();
    if (evidence.partly() > 0) {
      parts.add(
          "%d accept some of the %d class(es) of node %s, or are not labelled yet"
              .formatted(evidence.partly(), need.classes().size(), need.source()));
    }
    if (evidence.open() > 0) {
      parts.add("%d have not answered".formatted(evidence.open()));
    }
    if (evidence.refusals() > 0) {
      parts.add(evidence.counts(false));
    }
    need.doubt().ifPresent(parts::add);
    return "no other node is known to accept its device of type %s: %s"
        .formatted(need.type(), String.join("; ", parts));
  }

  private Decision steered(
      Migration migration, Optional<Vmi> vmi, Need.Classes need, Evidence evidence, Fleet fleet) {
    Map<String, String> added = new HashMap<>();
    List<String> warnings = new ArrayList<>();
    for (String key : need.labelKeys()) {
      String present = migration.selector().get(key);
      if (present == null) {
        added.put(key, MdevClass.LABEL_VALUE);
      } else if (!present.equals(MdevClass.LABEL_VALUE)) {
        warnings.add(
            "spec.addedNodeSelector has %s=%s, which no node ever carries: leave it out"
                .formatted(key, present));
      }
    }
    Map<String, String> own = new HashMap<>(migration.selector());
    vmi.ifPresent(v -> own.putAll(v.nodeSelector()));
    if (evidence.accepting().stream()
        .flatMap(name -> fleet.node(name).stream())
        .noneMatch(node -> matches(node, own))) {
      warnings.add(
          "none of the %d node(s) that accept its device matches the node selectors of the VMI and"
                  .formatted(evidence.accepting().size())
              + " the migration");
    }
    need.doubt().ifPresent(doubt -> warnings.add("steered by what is known: " + doubt));
    if (mode == Mode.REPORT) {
      warnings.add(0, "would be steered to %d node(s)".formatted(evidence.accepting().size()));
      return new Allow(Cause.REPORT_ONLY, warnings);
    }
    return new Steer(added, evidence.accepting().size(), warnings);
  }

  private static boolean matches(NodeFacts node, Map<String, String> selector) {
    return selector.entrySet().stream()
        .allMatch(e -> e.getValue().equals(node.labels().get(e.getKey())));
  }

  /** Whether nodes that accept a class get its label. */
  private static boolean isEvaluated(String digest, Compatibilities compatibilities) {
    return compatibilities.all().stream()
        .anyMatch(asked -> asked.spec().labelNodes() && asked.asksAbout(digest));
  }
}
