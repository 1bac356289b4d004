package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A store whose reads arrive late, and whose writes are never seen by their writer. */
final class LaggingStore implements StateStore {
  private final FakeStore store;
  private final AtomicInteger lost = new AtomicInteger();
  private Runnable meanwhile = () -> {};

  LaggingStore(FakeStore store) {
    this.store = requireNonNull(store, "store");
  }

  /** What happens while the next read is under way. */
  void meanwhile(Runnable happens) {
    meanwhile = happens;
  }

  /** Status writes so far. */
  int lost() {
    return lost.get();
  }

  @Override
  public Optional<MdevNodeState> get() {
    Optional<MdevNodeState> found = store.get();
    Runnable happens = meanwhile;
    meanwhile = () -> {};
    happens.run();
    return found;
  }

  @Override
  public MdevNodeState create() {
    return store.create();
  }

  @Override
  public MdevNodeState writeStatus(MdevNodeState seen, MdevNodeStateStatus status, Guard guard) {
    lost.incrementAndGet();
    return seen;
  }

  @Override
  public Optional<Refusal> tryAsAnother() {
    return store.tryAsAnother();
  }

  @Override
  public AutoCloseable watch(Listener listener) {
    return store.watch(listener);
  }
}
