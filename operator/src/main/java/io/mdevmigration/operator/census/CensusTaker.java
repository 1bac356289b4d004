package io.mdevmigration.operator.census;

import io.mdevmigration.operator.census.Census.Doubt;
import io.mdevmigration.operator.census.Census.TrialState;
import io.mdevmigration.telemetry.Label;
import io.mdevmigration.telemetry.Meters;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts anew every 15 s, as long as somebody reads it: with thousands of nodes that takes a
 * moment, and who reads does not wait. Before the first count the gauges show that nothing is known
 * (NaN).
 */
public final class CensusTaker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CensusTaker.class);
  private static final Duration PERIOD = Duration.ofSeconds(15);

  private final Supplier<Census> count;
  private final AtomicBoolean read = new AtomicBoolean(true);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "census");
            made.setDaemon(true);
            return made;
          });
  private volatile Optional<Census> last = Optional.empty();

  /**
   * Counts nothing before it is started.
   *
   * @param meters where it shows
   * @param count how it is counted
   */
  public CensusTaker(Meters meters, Supplier<Census> count) {
    this.count = count;
    for (Figure figure : Figure.values()) {
      meters.gauge(figure.metric(), figure.help(), () -> value(figure));
    }
    meters.gauge(
        "labels.in.doubt",
        "Labels that only doubt keeps.",
        new Label<>("reason", Doubt.class),
        this::value);
    meters.gauge(
        "trials",
        "Pairs of class and driver under trial.",
        new Label<>("state", TrialState.class),
        this::value);
  }

  /** Counts from now on: everything is known. */
  public void start() {
    var unused =
        thread.scheduleWithFixedDelay(this::look, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (read.getAndSet(false)) {
      try {
        last = Optional.of(count.get());
      } catch (RuntimeException e) {
        log.warn("what is stored could not be counted; its metrics stay as they were", e);
      }
    }
  }

  private double value(Enum<?> what) {
    read.set(true);
    return last.map(census -> (double) census.of(what)).orElse(Double.NaN);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
