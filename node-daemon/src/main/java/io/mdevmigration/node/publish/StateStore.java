package io.mdevmigration.node.publish;

import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import java.util.Optional;

/** Where the node's own MdevNodeState lives. Every call may throw {@link StoreException}. */
interface StateStore {
  /** The object as it is now; empty if there is none. */
  Optional<MdevNodeState> get();

  /** Creates the object, without spec and status; gives the one that is there if there is one. */
  MdevNodeState create();

  /**
   * Writes the whole status, unless what is guarded has changed.
   *
   * @param seen the object as it was last seen
   * @return the object after the write
   */
  MdevNodeState writeStatus(MdevNodeState seen, MdevNodeStateStatus status, Guard guard);

  /**
   * Tries, as a dry run that changes nothing, to create the object of another node, which the
   * admission policies forbid.
   *
   * @return how it was refused; empty if it would have been done
   */
  Optional<Refusal> tryAsAnother();

  /** What must still be as it was seen for a status to be written. */
  enum Guard {
    /** The object is not another one of the same name. */
    OBJECT,
    /** The object's spec as well: what follows from it must not be written once it is withdrawn. */
    SPEC
  }

  /** Begins to watch the object; what it is now comes first. */
  AutoCloseable watch(Listener listener);

  /** Hears of changes, on any thread. */
  interface Listener {
    /** The object was created or changed. */
    void changed(MdevNodeState state);

    /** The object was deleted. */
    void deleted();

    /** The watch has ended and has to be opened again. */
    void ended();
  }
}
