package io.mdevmigration.operator.kubevirt.admission;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes of a migration. */
public sealed interface Decision {

  /** What the creator is told, in sentences; also where nothing is changed. */
  List<String> warnings();

  /** Why it is not steered, in one word. */
  default Cause cause() {
    return Cause.NONE;
  }

  /** It is none of this project's business. */
  record Pass() implements Decision {
    @Override
    public List<String> warnings() {
      return List.of();
    }
  }

  /**
   * It goes on as it is, because nothing certain can be said or because nothing may be changed.
   *
   * @param cause why
   * @param warnings what is missing, at least one sentence
   */
  record Allow(Cause cause, List<String> warnings) implements Decision {
    public Allow {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * It goes to a node whose driver has accepted.
   *
   * @param added the labels to add to its node selector; empty if it has them all
   * @param targets how many other nodes carry them
   * @param warnings what may still be wrong
   */
  record Steer(Map<String, String> added, int targets, List<String> warnings) implements Decision {
    public Steer {
      added = Map.copyOf(added);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * It is not created.
   *
   * @param cause why, in one word
   * @param message why, for everybody
   * @param named the same with names of nodes, for those who may see them
   */
  record Refuse(Cause cause, String message, String named) implements Decision {
    /** A refusal that names no node. */
    public Refuse(Cause cause, String message) {
      this(cause, message, message);
    }

    @Override
    public List<String> warnings() {
      return List.of();
    }
  }

  /** Whether it is refused, and why. */
  default Optional<String> refusal() {
    return this instanceof Refuse refuse ? Optional.of(refuse.message()) : Optional.empty();
  }
}
