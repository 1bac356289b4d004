package io.mdevmigration.operator.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher.Action;
import io.mdevmigration.crds.ApiFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows all objects of one kind: a list, then a watch that starts where the list ends. Everything
 * is listed afresh at regular intervals, after each end of a watch and when somebody asks for it; a
 * watch that works goes on meanwhile. Keeps the objects' names and nothing more of them.
 *
 * <p>What the listener is told is true in the end, whatever breaks: connections that are cut, or
 * half-open (nothing heard for too long), versions that the API server has forgotten (410), error
 * events, restarts, and an etcd that was restored from a snapshot: its versions start again from a
 * smaller number, so that a watch from the last version seen would stay deaf. A list that fails or
 * never ends takes nothing away.
 *
 * @param <T> the kind
 */
public final class Follower<T extends HasMetadata> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Follower.class);
  private static final long PAGE = 500;

  /** A list may take as long as so many pages that are just in time. */
  private static final int SLOW_PAGES = 10;

  /**
   * Who is told. The methods are called one at a time; they must not wait for the follower.
   *
   * @param <T> the kind
   */
  public interface Listener<T> {
    /**
     * A fresh list has this object, known before or not.
     *
     * @param began when the listing began: the list is not older than that
     */
    void listed(T object, Instant began);

    /** The watch tells of an object that is new or has changed. */
    void told(T object);

    /**
     * An object that was known is gone.
     *
     * @param name its name, behind its namespace and a slash if it has one
     */
    void removed(String name);

    /**
     * A fresh list has been told in full.
     *
     * @param watchEnded whether it was read because the watch had ended; false for the first list
     */
    default void complete(boolean watchEnded) {}
  }

  private final String what;
  private final Resources<T> resources;
  private final Rhythm rhythm;
  private final InstantSource clock;
  private final Followed<T> followed;
  private final BoundedRequests requests;
  private final Thread thread;
  private final Troubles troubles = new Troubles();
  private final BlockingQueue<CompletableFuture<Void>> asked = new LinkedBlockingQueue<>();
  private final Semaphore wake = new Semaphore(0);
  private final CompletableFuture<String> failed = new CompletableFuture<>();
  private volatile boolean closed;

  /**
   * A follower that does nothing until it is started.
   *
   * @param what the objects' plural, for messages
   * @param resources where they are
   * @param listener who is told
   * @param rhythm how often and how long
   * @param clock the time, which should never be set back
   */
  public Follower(
      String what,
      Resources<T> resources,
      Listener<T> listener,
      Rhythm rhythm,
      InstantSource clock) {
    this.what = what;
    this.resources = resources;
    this.rhythm = rhythm;
    this.clock = clock;
    this.followed = new Followed<>(listener);
    this.requests = new BoundedRequests(rhythm.page(), "read-" + what);
    this.thread = new Thread(this::run, "follow-" + what);
    this.thread.setDaemon(true);
  }

  /** Begins; completes when everything has been told once. */
  public CompletableFuture<Void> start() {
    CompletableFuture<Void> first = refresh();
    thread.start();
    return first;
  }

  /**
   * Has everything listed afresh. Completes when all of a list that began after this call has been
   * told, however often it takes to get one; is cancelled when the follower is closed.
   */
  public CompletableFuture<Void> refresh() {
    CompletableFuture<Void> fresh = new CompletableFuture<>();
    asked.add(fresh);
    if (closed) {
      fresh.cancel(false);
    }
    wake.release();
    return fresh;
  }

  /** Completes with what happened if the follower ends by itself: that is a mistake in it. */
  public CompletionStage<String> failed() {
    return failed;
  }

  /** How many objects there are. */
  public int size() {
    return followed.size();
  }

  private void run() {
    List<CompletableFuture<Void>> waiting = new ArrayList<>();
    try {
      BackOff backOff = new BackOff(rhythm.backOff(), ThreadLocalRandom.current());
      boolean watchEnded = false;
      while (true) {
        asked.drainTo(waiting);
        try {
          String version = list(watchEnded);
          waiting.forEach(fresh -> fresh.complete(null));
          waiting.clear();
          WatchSession<T> next = watch(version);
          watchEnded = awaitNeedForList(followed.current().orElse(next), backOff);
        } catch (KubernetesClientException | TimeoutException e) {
          Duration pause = backOff.next();
          if (troubles.failed(clock.instant())) {
            log.warn(
                "{}: cannot be read: {}; what is known stays, trying again and again",
                what,
                ApiFailure.reason(e));
          }
          Thread.sleep(pause.toMillis());
          watchEnded |= !followed.isWatched();
        }
      }
    } catch (InterruptedException e) {
      log.trace("{}: closed", what, e);
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      waiting.forEach(fresh -> fresh.cancel(false));
    }
  }

  private void fail(Throwable mistake) {
    if (!closed) {
      log.error("{}: cannot be followed any more", what, mistake);
      failed.complete("following " + what + " ended: " + mistake);
    }
  }

  /** Reads everything and tells it; the version of the list. */
  private String list(boolean watchEnded) throws InterruptedException, TimeoutException {
    Instant began = clock.instant();
    Instant deadline = began.plus(rhythm.page().multipliedBy(SLOW_PAGES));
    followed.listBegins();
    String version = "";
    String next = null;
    do {
      if (clock.instant().isAfter(deadline)) {
        throw new TimeoutException("a list of ever more pages");
      }
      var options = new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build();
      KubernetesResourceList<T> page = requests.call("a list", () -> resources.list(options));
      // All pages show the same moment, that of the first.
      version = next == null ? page.getMetadata().getResourceVersion() : version;
      followed.listed(page.getItems(), version, began);
      next = page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty());
    if (followed.listEnds(version, watchEnded) == Known.History.WENT_BACK) {
      log.warn(
          "{}: the API server has gone back to an older state, version {}: etcd was restored from"
              + " a snapshot; what it has now is believed",
          what,
          version);
    }
    troubles
        .over(clock.instant())
        .ifPresent(
            lasted ->
                log.info(
                    "{}: read again after {} ms, {} object(s)", what, lasted.toMillis(), size()));
    return version;
  }

  private WatchSession<T> watch(String version) throws InterruptedException, TimeoutException {
    WatchSession<T> next = new WatchSession<>(new Owner(), clock);
    // The server ends what this side may have lost sight of.
    long atMost = rhythm.relist().multipliedBy(2).plus(rhythm.silence()).toSeconds();
    var options =
        new ListOptionsBuilder()
            .withResourceVersion(version)
            .withAllowWatchBookmarks(true)
            .withTimeoutSeconds(atMost)
            .build();
    try {
      followed.takeOver(
          requests.call("a watch", () -> next.opened(resources.watch(options, next))));
      return next;
    } catch (KubernetesClientException | TimeoutException | InterruptedException e) {
      next.end("it could not be opened");
      throw e;
    }
  }

  private final class Owner implements WatchSession.Owner<T> {
    @Override
    public void heard(WatchSession<T> session, Action action, T object) {
      try {
        followed.heard(session, action, object);
      } catch (RuntimeException e) {
        fail(e);
      }
    }

    @Override
    public void ended(WatchSession<T> session) {
      wake.release();
    }
  }

  /** Waits until everything has to be listed again; whether because the watch has ended. */
  private boolean awaitNeedForList(WatchSession<T> session, BackOff backOff)
      throws InterruptedException {
    Instant begin = clock.instant();
    Instant due = begin.plus(jittered(rhythm.relist()));
    while (session.end().isEmpty()) {
      Instant now = clock.instant();
      Instant deaf = session.heard().plus(rhythm.silence());
      if (!asked.isEmpty() || !now.isBefore(due)) {
        return false;
      }
      if (!now.isBefore(deaf)) {
        session.end("nothing was heard for " + rhythm.silence().toSeconds() + " s");
      } else {
        Duration wait = Duration.between(now, deaf.isBefore(due) ? deaf : due);
        wake.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
        wake.drainPermits();
      }
    }
    if (closed) {
      throw new InterruptedException();
    }
    log.info(
        "{}: the watch has ended ({}); everything is listed anew",
        what,
        session.end().orElseThrow());
    if (begin.plus(rhythm.backOff()).isBefore(clock.instant())) {
      backOff.reset();
    }
    Thread.sleep(backOff.next().toMillis());
    return true;
  }

  private static Duration jittered(Duration interval) {
    return interval.multipliedBy(ThreadLocalRandom.current().nextLong(900, 1101)).dividedBy(1000);
  }

  /** Ends; nobody is told anything from then on. */
  @Override
  public void close() {
    closed = true;
    followed.close();
    thread.interrupt();
    followed.current().ifPresent(session -> session.end("closed"));
    requests.close();
    asked.forEach(fresh -> fresh.cancel(false));
  }
}
