package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.node.check.Asker;
import io.mdevmigration.node.posix.Deadline;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.publish.DaemonMetrics.PublicationReason;
import io.mdevmigration.node.selfcheck.Surroundings;
import io.mdevmigration.node.sysfs.AttributeWriter;
import io.mdevmigration.node.sysfs.MdevTree;
import io.mdevmigration.node.uevent.KernelChange;
import io.mdevmigration.telemetry.Meters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One node's daemon: keeps the node's MdevNodeState from {@link #start()} to {@link #close()}. All
 * its work is done in steps, one at a time; events only say that a step is due.
 */
public final class NodeDaemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeDaemon.class);

  private static final Duration CLOSING = Duration.ofSeconds(5);

  /**
   * How long, a deadline of the drivers apart, the loop may go on with one part of a step. The
   * longest other part is a request to the API server, which is given up after seconds.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final String nodeName;
  private final Clock clock;
  private final DaemonMetrics metrics;
  private final Optional<DaemonThreads> ownThreads;
  private final Executor calls;
  private final Duration patience;
  private final NodeWork work;
  private final Stored stored;
  private final PolicyWatch policies;
  private final Loop loop;
  private final ScanSchedule scans;
  private final AtomicBoolean returned = new AtomicBoolean();
  private final BackOff writing;
  private final BackOff failing;

  /** Whether what was found has been stored once. */
  private volatile boolean published;

  /** In steps only. */
  private boolean trusted;

  /** Whether the last write failed because the object had changed. */
  private boolean outdated;

  /**
   * A daemon with threads of its own.
   *
   * @param posix the node's kernel
   * @param client as whom the API server is asked; stays open when the daemon is closed
   * @param nodeName the Node's, and so the MdevNodeState's, name
   * @param options how it works
   * @param clock what the time is
   * @param metrics where it is counted
   */
  public NodeDaemon(
      Posix posix,
      KubernetesClient client,
      String nodeName,
      DaemonOptions options,
      Clock clock,
      DaemonMetrics metrics) {
    this(posix, client, nodeName, options, clock, DaemonThreads.create(1), true, metrics);
  }

  /** A daemon on shared threads, which stay when it is closed, and whose work nobody counts. */
  public NodeDaemon(
      Posix posix,
      KubernetesClient client,
      String nodeName,
      DaemonOptions options,
      Clock clock,
      DaemonThreads threads) {
    this(posix, client, nodeName, options, clock, threads, false, new DaemonMetrics(Meters.none()));
  }

  private NodeDaemon(
      Posix posix,
      KubernetesClient client,
      String nodeName,
      DaemonOptions options,
      Clock clock,
      DaemonThreads threads,
      boolean ownsThreads,
      DaemonMetrics metrics) {
    this(
        posix,
        new ApiStateStore(client, nodeName, threads.calls()),
        nodeName,
        options,
        clock,
        threads,
        ownsThreads,
        metrics);
  }

  /** A daemon over any store. */
  NodeDaemon(
      Posix posix,
      StateStore store,
      String nodeName,
      DaemonOptions options,
      Clock clock,
      DaemonThreads threads,
      boolean ownsThreads,
      DaemonMetrics metrics) {
    requireNonNull(posix, "posix");
    this.nodeName = requireNonNull(nodeName, "nodeName");
    this.clock = requireNonNull(clock, "clock");
    this.metrics = requireNonNull(metrics, "metrics");
    // A fleet's daemons lose the API server together, and shall not come back together.
    double apart = Jitter.of(nodeName, "back-off");
    this.writing = new BackOff(apart);
    this.failing = new BackOff(apart);
    this.scans = new ScanSchedule(options.rescan(), options.settle(), options.settleAtMost());
    this.ownThreads = ownsThreads ? Optional.of(threads) : Optional.empty();
    this.loop = new Loop(threads.loop(), options.debounce(), this::step);
    Deadline deadline = new Deadline(this::call, options.deadline(), this::driverReturned);
    this.calls = threads.calls();
    this.patience = PATIENCE.plus(options.deadline());
    this.work =
        new NodeWork(
            new MdevTree(posix, deadline, options.sysfs(), options.attributes()),
            new Asker(
                new AttributeWriter(posix, options.sysfs()), deadline, options.withoutNewline()),
            new Surroundings(posix, options.sysfs()),
            deadline,
            nodeName,
            clock,
            loop::wake,
            metrics);
    metrics.stuck(deadline::stuck);
    this.stored =
        new Stored(store, options.relist(), Jitter.of(nodeName, "relist"), clock, loop::wake);
    this.policies = new PolicyWatch(store, options.policies(), nodeName, clock);
  }

  /** Begins to work, in the background. */
  public void start() {
    LOG.info("node={} begins", nodeName);
    loop.wake();
  }

  /** Has the mdev tree read again now, in the background. */
  public void rescan() {
    scans.ask();
    loop.wake();
  }

  /** Takes up what the kernel tells: the mdev tree is read as soon as it has settled. */
  public void changed(KernelChange change) {
    loop.wakeWithin(scans.changed(change, clock.instant()));
  }

  /**
   * What only a new start of the daemon would mend: its work stands still. Drivers that hang, a
   * sysfs that cannot be read and an API server that does not answer are not the daemon's own.
   */
  public Optional<String> stuck() {
    return Optional.of(standsStill())
        .filter(still -> still.compareTo(patience) > 0)
        .map(still -> "the daemon has not gone on for %d s".formatted(still.toSeconds()));
  }

  /** For how long nothing has gone on although something should. */
  Duration standsStill() {
    return loop.standsStill();
  }

  /** Why the daemon does not do its job yet; empty once what it found has been stored. */
  public Optional<String> unready() {
    return published ? Optional.empty() : Optional.of("nothing has been published yet");
  }

  /** Ends the work and waits a few seconds for a step; the MdevNodeState stays as it is. */
  @Override
  public void close() {
    loop.close(CLOSING);
    stored.close();
    ownThreads.ifPresent(DaemonThreads::shutdown);
  }

  /** Each call to a driver, in time or not, is a sign that the loop goes on. */
  private void call(Runnable work) {
    loop.getsOn();
    calls.execute(work);
  }

  private void driverReturned() {
    returned.set(true);
    rescan();
  }

  /** One step; gives how long to wait for the next. Nothing that it meets ends the daemon. */
  private Duration step() {
    try {
      Duration next = work();
      failing.reset();
      return next;
    } catch (RuntimeException | Error e) {
      Duration wait = failing.next();
      metrics.stepFailed();
      LOG.error("node={} a step failed; again in {} s", nodeName, wait.toSeconds(), e);
      return wait;
    }
  }

  private Duration work() {
    Optional<MdevNodeState> seen = stored.seen();
    Optional<MdevNodeStateStatus> status = seen.map(MdevNodeState::getStatus);
    if (!trusted && seen.isPresent()) {
      status.ifPresent(work::trust);
      status.ifPresent(metrics::stored);
      trusted = true;
    }
    if (!trusted) {
      // What is stored decides what need not be asked: nothing is done before it has been seen.
      return until(stored.lookDue());
    }
    if (scans.isSettling(clock.instant())) {
      return until(scans.due(clock.instant()));
    }
    scanIfDue(status);
    MdevNodeStateSpec spec =
        seen.map(MdevNodeState::getSpec).orElseGet(() -> new MdevNodeStateSpec(null, null, null));
    Permission permission = policies.permission(stored.looks());
    // Without its object the daemon does not know what it is asked, and without a look at the
    // policies not whether it may ask: the answers stay as they are.
    NodeWork.Progress progress =
        seen.isPresent() && !(permission instanceof Permission.Undecided)
            ? work.answer(spec, status, permission)
            : new NodeWork.Progress(Optional.empty(), false, false);
    if (progress.rescan()) {
      scans.askSoon(clock.instant());
    }
    Instant writeDue =
        seen.map(state -> write(state, status, permission)).orElseGet(() -> refreshDue(status));
    if (progress.more()) {
      return Duration.ZERO;
    }
    Instant next =
        Stream.of(
                Optional.of(scans.due(clock.instant())),
                progress.due(),
                Optional.of(writeDue),
                policies.due(),
                Optional.of(stored.lookDue()))
            .flatMap(Optional::stream)
            .min(Instant::compareTo)
            .orElseThrow();
    return until(next);
  }

  private Duration until(Instant moment) {
    Duration wait = Duration.between(clock.instant(), moment);
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private void scanIfDue(Optional<MdevNodeStateStatus> status) {
    boolean due = scans.isDue(clock.instant());
    if (returned.getAndSet(false)) {
      work.driverReturned();
    }
    if (due) {
      scans.begins(clock.instant());
      scans.ends(clock.instant(), work.scan(status));
    }
  }

  /** Writes what has changed; gives when the next write is due, were nothing to change. */
  private Instant write(
      MdevNodeState seen, Optional<MdevNodeStateStatus> status, Permission permission) {
    MdevNodeStateStatus draft = work.status(status, permission);
    metrics.stands(draft);
    Instant refresh = refreshDue(status);
    if (clock.instant().isBefore(refresh) && !StatusDraft.isChanged(draft, status)) {
      published = true;
      return refresh;
    }
    if (writing.isWaiting(clock.instant())) {
      return writing.until().orElseThrow();
    }
    try {
      stored.write(seen, draft);
      metrics.written(reason(draft, status), draft);
      published = true;
      writing.reset();
      outdated = false;
      LOG.info(
          "node={} published parents={} types={} versions={} complete={} asked={} accepted={}",
          nodeName,
          draft.summary().parents(),
          draft.summary().types(),
          draft.summary().versions(),
          draft.inventory().complete(),
          draft.summary().asked(),
          draft.summary().accepted());
      // Of what was written, not of what came back: a store that loses it is not written at once.
      return refreshDue(Optional.of(draft));
    } catch (StoreException e) {
      metrics.notWritten(e);
      if (e.kind() == StoreException.Kind.CHANGED && !outdated) {
        // What was acted on is not what is there: looked up and tried once more at once.
        outdated = true;
        return clock.instant();
      }
      // The operator writes to the same object: that it was quicker, twice, is nothing to report.
      boolean harmless = e.kind() == StoreException.Kind.CHANGED && writing.until().isEmpty();
      Instant again = writing.failed(clock.instant());
      LOG.atLevel(harmless ? Level.INFO : Level.WARN)
          .log("node={} {}; tried again at {}", nodeName, e.getMessage(), again);
      return again;
    }
  }

  private static PublicationReason reason(
      MdevNodeStateStatus draft, Optional<MdevNodeStateStatus> before) {
    if (StatusDraft.announces(draft, before)) {
      return PublicationReason.ANNOUNCED;
    }
    return StatusDraft.isChanged(draft, before)
        ? PublicationReason.CHANGED
        : PublicationReason.REFRESHED;
  }

  private Instant refreshDue(Optional<MdevNodeStateStatus> status) {
    return StatusDraft.refreshDue(status, Jitter.of(nodeName, "observed"), clock.instant());
  }
}
