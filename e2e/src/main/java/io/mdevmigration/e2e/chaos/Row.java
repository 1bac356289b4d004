package io.mdevmigration.e2e.chaos;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.Verdict;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The table of section 5 of the design, once more and without the operator's code: what may become
 * of a label by what is stored.
 */
enum Row {
  ADD,
  REMOVE,
  KEEP;

  private static final Set<String> UNSUPPORTED =
      Set.of("NoVersionAttribute", "NotWritable", "NotSupported");

  /** Types with these are not asked about: it is known, or it cannot be known, without. */
  private static final Set<String> NEVER_ASKED =
      Set.of(
          "NoVersionAttribute", "NotWritable", "NotSupported", "ReadFailed", "DriverUnresponsive");

  /** How much a class is wanted on a node. */
  enum Wish {
    WANTED,
    UNWANTED,
    /** It seems unwanted, but a Node with labels lacks its complete inventory. */
    DOUBTFUL
  }

  /**
   * What may become of a label.
   *
   * @param node the Node
   * @param state its MdevNodeState, if there is one
   * @param key the label's key
   * @param wanted the class, where it is among the wanted ones
   * @param wish how much it is wanted
   */
  static Row of(
      Node node, Optional<MdevNodeState> state, String key, Optional<MdevClass> wanted, Wish wish) {
    if (state.isPresent()) {
      if (!owners(state.get()).contains(node.getMetadata().getUid())) {
        return KEEP;
      }
      Optional<String> boot = inventory(state).map(Inventory::bootID);
      Optional<String> nodeBoot =
          Optional.ofNullable(node.getStatus())
              .map(s -> s.getNodeInfo())
              .map(info -> info.getBootID());
      if (boot.isPresent() && nodeBoot.isPresent() && !boot.equals(nodeBoot)) {
        return REMOVE;
      }
    }
    if (wish == Wish.UNWANTED) {
      return REMOVE;
    }
    return state.map(s -> stored(s, key, wanted)).orElse(KEEP);
  }

  private static Row stored(MdevNodeState state, String key, Optional<MdevClass> wanted) {
    Optional<Answer> answer =
        status(state).map(MdevNodeStateStatus::answers).orElse(List.of()).stream()
            .filter(a -> MdevClass.labelKey(a.type(), a.digest()).equals(key))
            .findFirst();
    Optional<Inventory> inventory = inventory(Optional.of(state));
    boolean complete = inventory.map(Inventory::complete).orElse(false);
    Optional<String> type = wanted.map(MdevClass::type).or(() -> answer.map(Answer::type));
    Optional<OfferedType> offered = type.flatMap(t -> inventory.flatMap(i -> i.type(t)));
    if (type.isPresent() && complete && offered.isEmpty()) {
      return REMOVE;
    }
    Optional<String> revision = offered.map(OfferedType::revision);
    Optional<DefiniteVerdict> definite = answer.flatMap(Answer::definite);
    if (definite.isPresent()
        && revision.isPresent()
        && !Objects.equals(definite.get().revision(), revision.get())) {
      return REMOVE;
    }
    if (definite.isPresent() && definite.get().verdict() != Verdict.COMPATIBLE) {
      return REMOVE;
    }
    if (answer.isEmpty()
        && complete
        && revision.isPresent()
        && type.filter(t -> cannotBeAsked(inventory.get(), t)).isPresent()) {
      return REMOVE;
    }
    boolean accepted = answer.filter(a -> a.verdict() == Verdict.COMPATIBLE).isPresent();
    return accepted && revision.isPresent() && wanted.isPresent() && complete ? ADD : KEEP;
  }

  /** Whether the inventory alone says that the type cannot migrate to the node. */
  private static boolean cannotBeAsked(Inventory inventory, String type) {
    List<String> problems =
        inventory.parentGroups().stream()
            .flatMap(group -> group.types().stream())
            .filter(offer -> offer.type().equals(type))
            .map(offer -> offer.problem() == null ? "" : offer.problem().reason())
            .toList();
    return NEVER_ASKED.containsAll(problems) && !Collections.disjoint(UNSUPPORTED, problems);
  }

  private static List<String> owners(MdevNodeState state) {
    return Optional.ofNullable(state.getMetadata().getOwnerReferences()).orElse(List.of()).stream()
        .map(OwnerReference::getUid)
        .toList();
  }

  private static Optional<MdevNodeStateStatus> status(MdevNodeState state) {
    return Optional.ofNullable(state.getStatus());
  }

  static Optional<Inventory> inventory(Optional<MdevNodeState> state) {
    return state.flatMap(Row::status).map(MdevNodeStateStatus::inventory);
  }
}
