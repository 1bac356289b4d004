package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.node.inventory.Offer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What to do about one class. */
public sealed interface Decision {
  /** The class. */
  MdevClass mdevClass();

  /**
   * Nothing: the stored answer holds.
   *
   * @param answer the stored answer
   * @param due when it is asked again; empty: not by time alone
   */
  record Keep(MdevClass mdevClass, Answer answer, Optional<Instant> due) implements Decision {
    public Keep {
      requireNonNull(answer, "answer");
      requireNonNull(due, "due");
    }
  }

  /**
   * The answer is known without asking.
   *
   * @param answer it
   */
  record Settle(MdevClass mdevClass, Answer answer) implements Decision {
    public Settle {
      requireNonNull(answer, "answer");
    }
  }

  /**
   * Parents have to be asked, but not before it is stored that they are about to be.
   *
   * @param known what is known of the others
   * @param toAsk whom to ask then, sorted by parent, all askable, at least one
   * @param asking what to store
   * @param trial whether the class is new to the driver. It is then stored while no other question
   *     is: should the node go down, it is known which question it was
   */
  record Announce(
      MdevClass mdevClass,
      List<ParentOutcome> known,
      List<Offer> toAsk,
      Answer asking,
      boolean trial)
      implements Decision {
    public Announce {
      known = List.copyOf(known);
      toAsk = List.copyOf(toAsk);
      requireNonNull(asking, "asking");
    }
  }

  /**
   * Parents have to be asked.
   *
   * @param known what is known of the others
   * @param toAsk whom to ask, sorted by parent, all askable, at least one
   */
  record Ask(MdevClass mdevClass, List<ParentOutcome> known, List<Offer> toAsk)
      implements Decision {
    public Ask {
      known = List.copyOf(known);
      toAsk = List.copyOf(toAsk);
    }
  }
}
