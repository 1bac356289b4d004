package io.mdevmigration.operator.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Watcher.Action;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What lists and watches tell of one kind of object, put in order and passed on. Two watches may be
 * open for a moment, while one takes over from the other; one alone is believed.
 *
 * @param <T> the kind
 */
final class Followed<T extends HasMetadata> {
  private final Follower.Listener<T> listener;
  private final Known known = new Known();
  private Optional<WatchSession<T>> current = Optional.empty();
  private long replayedUpTo;
  private boolean closed;

  Followed(Follower.Listener<T> listener) {
    this.listener = listener;
  }

  /** A listing begins; the one before, if it has not ended, never will. */
  synchronized void listBegins() {
    known.listBegins();
  }

  /**
   * Some of the objects of a list.
   *
   * @param version the version of the list's picture
   * @param began when the listing began
   */
  synchronized void listed(List<T> objects, String version, Instant began) {
    for (T object : objects) {
      if (known.inList(key(object), version) && !closed) {
        listener.listed(object, began);
      }
    }
  }

  /**
   * The list is complete.
   *
   * @return how it fits to what was told before
   */
  synchronized Known.History listEnds(String version, boolean watchEnded) {
    Set<String> gone = known.listEnds(version);
    if (!closed) {
      gone.forEach(listener::removed);
      listener.complete(watchEnded);
    }
    return known.history(version);
  }

  /**
   * Goes on with this watch instead of the one before. It starts at the last list: what the one
   * before has told since then comes once more, and is old.
   */
  synchronized void takeOver(WatchSession<T> next) {
    if (!isCurrent(next) && next.end().isEmpty()) {
      Optional<WatchSession<T>> former = current;
      current = Optional.of(next);
      replayedUpTo = known.toldMeanwhile();
      former.ifPresent(session -> session.end("another one goes on"));
    }
  }

  /** Something has come over a watch. The first word of a new one makes it the one that counts. */
  synchronized void heard(WatchSession<T> session, Action action, T object) {
    takeOver(session);
    if (closed || !isCurrent(session) || session.end().isPresent()) {
      return;
    }
    String name = key(object);
    String version = object.getMetadata().getResourceVersion();
    if (replayedUpTo > 0 && Known.number(version) <= replayedUpTo) {
      return;
    }
    switch (action) {
      case ADDED, MODIFIED -> {
        known.told(name, version);
        listener.told(object);
      }
      case DELETED -> {
        if (known.deleted(name, version)) {
          listener.removed(name);
        }
      }
      case BOOKMARK -> known.cameTo(version);
      case ERROR -> session.end("an error event");
    }
  }

  /** The watch that counts; empty before the first one. */
  synchronized Optional<WatchSession<T>> current() {
    return current;
  }

  /** Whether the watch that counts goes on. */
  synchronized boolean isWatched() {
    return current.filter(session -> session.end().isEmpty()).isPresent();
  }

  /** How many objects there are. */
  synchronized int size() {
    return known.size();
  }

  /** Nobody is told anything from now on. */
  synchronized void close() {
    closed = true;
  }

  /** The object's name, behind its namespace if it has one. */
  private static String key(HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    String name = object.getMetadata().getName();
    return namespace == null ? name : namespace + "/" + name;
  }

  private boolean isCurrent(WatchSession<T> session) {
    return current.filter(session::equals).isPresent();
  }
}
