package io.mdevmigration.operator.watch;

import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * One watch from its opening to its end, which is for good.
 *
 * @param <T> what is watched
 */
final class WatchSession<T> implements Watcher<T> {
  /** Who is told; by threads of the client, one event after the other. */
  interface Owner<T> {
    /** Something has come over a watch, a bookmark maybe. */
    void heard(WatchSession<T> session, Action action, T object);

    /** A watch has ended. */
    void ended(WatchSession<T> session);
  }

  private final Owner<T> owner;
  private final InstantSource clock;
  private volatile Instant heard;
  private Optional<Watch> watch = Optional.empty();
  private Optional<String> end = Optional.empty();

  WatchSession(Owner<T> owner, InstantSource clock) {
    this.owner = owner;
    this.clock = clock;
    this.heard = clock.instant();
  }

  /** The watch is open now. If the session has ended meanwhile, it is closed at once. */
  WatchSession<T> opened(Watch opened) {
    boolean tooLate;
    synchronized (this) {
      tooLate = end.isPresent();
      watch = tooLate ? Optional.empty() : Optional.of(opened);
    }
    if (tooLate) {
      opened.close();
    }
    return this;
  }

  /** When something was heard last; at first, when the session began. */
  Instant heard() {
    return heard;
  }

  /** Why the session has ended; empty while it goes on. */
  synchronized Optional<String> end() {
    return end;
  }

  /** Ends the session and closes the watch; nothing that still comes over it is told. */
  void end(String why) {
    Optional<Watch> open;
    synchronized (this) {
      if (end.isPresent()) {
        return;
      }
      end = Optional.of(why);
      open = watch;
      watch = Optional.empty();
    }
    open.ifPresent(Watch::close);
    owner.ended(this);
  }

  @Override
  public void eventReceived(Action action, T object) {
    heard = clock.instant();
    owner.heard(this, action, object);
  }

  @Override
  public void onClose(WatcherException cause) {
    end(cause.getMessage());
  }

  @Override
  public void onClose() {
    end("the client has closed it");
  }
}
