package io.mdevmigration.node.publish;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** An API server in memory for one object. What is stored has been JSON in between. */
final class FakeStore implements StateStore {
  private final KubernetesSerialization json = new KubernetesSerialization();
  private Optional<String> stored = Optional.empty();
  private Optional<Listener> listener = Optional.empty();
  private int version = 1;
  private int uid = 1;
  private int writes;
  private int creations;
  private int watches;
  private boolean away;
  private Runnable beforeNextWrite = () -> {};
  private int attempts;

  /** What the API server says where the shipped policies are in force. */
  private Optional<Refusal> refusal =
      Optional.of(
          new Refusal(
              403,
              "ValidatingAdmissionPolicy 'p' with binding 'p' denied request: the daemon on node n"
                  + " may not write the MdevNodeState of another node, x"));

  private final List<MdevNodeStateStatus> history = new ArrayList<>();

  /** Every status that was written. */
  synchronized List<MdevNodeStateStatus> history() {
    return List.copyOf(history);
  }

  /** What happens while the next status write is on its way. */
  synchronized void beforeNextWrite(Runnable happens) {
    beforeNextWrite = happens;
  }

  /** Status writes and creations so far. */
  synchronized int writes() {
    return writes + creations;
  }

  /** Watches opened so far. */
  synchronized int watches() {
    return watches;
  }

  /** A change that the watch does not tell. */
  void changeSilently(UnaryOperator<MdevNodeStateSpec> change) {
    Optional<Listener> deaf;
    synchronized (this) {
      deaf = listener;
      listener = Optional.empty();
    }
    spec(change);
    synchronized (this) {
      listener = deaf;
    }
  }

  /** How the attempt to write for another node is refused from now on; empty: not at all. */
  synchronized void refuse(Optional<Refusal> now) {
    refusal = now;
  }

  /** Attempts to write for another node so far. */
  synchronized int attempts() {
    return attempts;
  }

  /** Whether it cannot be reached. */
  synchronized void away(boolean now) {
    away = now;
  }

  /** Ends the watch, as API servers do. */
  void endWatch() {
    Optional<Listener> ended;
    synchronized (this) {
      ended = listener;
      listener = Optional.empty();
    }
    ended.ifPresent(Listener::ended);
  }

  /** Sets the spec's checks, as the operator does. */
  void check(Check... checks) {
    spec(spec -> new MdevNodeStateSpec(List.of(checks), spec.recheck(), spec.askAgain()));
  }

  void spec(UnaryOperator<MdevNodeStateSpec> change) {
    change(
        state -> {
          state.getMetadata().setGeneration(state.getMetadata().getGeneration() + 1);
          state.setSpec(
              change.apply(
                  state.getSpec() == null
                      ? new MdevNodeStateSpec(null, null, null)
                      : state.getSpec()));
        });
  }

  /** Somebody writes a status by hand. */
  void tamper(MdevNodeStateStatus status) {
    change(state -> state.setStatus(status));
  }

  /** Somebody restores a backup: versions are counted from there, and the watch stays deaf. */
  synchronized void restore(MdevNodeState state) {
    stored = Optional.of(json.asJson(state));
    version = Integer.parseInt(state.getMetadata().getResourceVersion()) + 1;
    listener = Optional.empty();
  }

  /** Who watches. */
  synchronized Listener listener() {
    return listener.orElseThrow();
  }

  void delete() {
    Optional<Listener> heard;
    synchronized (this) {
      stored = Optional.empty();
      heard = listener;
    }
    heard.ifPresent(Listener::deleted);
  }

  synchronized MdevNodeStateStatus status() {
    return get(json, stored).map(MdevNodeState::getStatus).orElse(null);
  }

  private void change(Consumer<MdevNodeState> change) {
    Optional<Listener> heard;
    MdevNodeState state;
    synchronized (this) {
      state = get(json, stored).orElseGet(this::fresh);
      change.accept(state);
      keep(state);
      heard = listener;
    }
    heard.ifPresent(l -> l.changed(state));
  }

  private static Optional<MdevNodeState> get(
      KubernetesSerialization json, Optional<String> stored) {
    return stored.map(text -> json.unmarshal(text, MdevNodeState.class));
  }

  private MdevNodeState fresh() {
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(
        new ObjectMetaBuilder().withName("n").withUid("uid-" + uid++).withGeneration(1L).build());
    return state;
  }

  private void keep(MdevNodeState state) {
    state.getMetadata().setResourceVersion(Integer.toString(version++));
    stored = Optional.of(json.asJson(state));
  }

  private void reach() {
    if (away) {
      throw new StoreException(StoreException.Kind.FAILED, "the API server is away", null);
    }
  }

  @Override
  public synchronized Optional<MdevNodeState> get() {
    reach();
    return get(json, stored);
  }

  @Override
  public synchronized MdevNodeState create() {
    reach();
    creations++;
    keep(fresh());
    return get().orElseThrow();
  }

  @Override
  public MdevNodeState writeStatus(MdevNodeState seen, MdevNodeStateStatus status, Guard guard) {
    MdevNodeState state;
    Optional<Listener> heard;
    Runnable before;
    synchronized (this) {
      reach();
      before = beforeNextWrite;
      beforeNextWrite = () -> {};
    }
    before.run();
    synchronized (this) {
      reach();
      state = get().orElseThrow(() -> new StoreException(StoreException.Kind.GONE, "gone", null));
      if (!state.getMetadata().getUid().equals(seen.getMetadata().getUid())) {
        throw new StoreException(StoreException.Kind.CHANGED, "another object", null);
      }
      if (guard == Guard.SPEC
          && !state.getMetadata().getGeneration().equals(seen.getMetadata().getGeneration())) {
        throw new StoreException(StoreException.Kind.CHANGED, "another spec", null);
      }
      writes++;
      state.setStatus(status);
      keep(state);
      state = get().orElseThrow();
      history.add(state.getStatus());
      heard = listener;
    }
    MdevNodeState event = state;
    heard.ifPresent(l -> l.changed(event));
    return state;
  }

  @Override
  public synchronized Optional<Refusal> tryAsAnother() {
    reach();
    attempts++;
    return refusal;
  }

  @Override
  public AutoCloseable watch(Listener opened) {
    Optional<MdevNodeState> first;
    synchronized (this) {
      reach();
      listener = Optional.of(opened);
      watches++;
      first = get();
    }
    first.ifPresent(opened::changed);
    return () -> {
      synchronized (this) {
        listener = listener.filter(l -> l != opened);
      }
    };
  }
}
