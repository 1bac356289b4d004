package io.mdevmigration.e2e.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Passes the messages of one watch on, in order, late perhaps. */
final class WatchPump {
  private final ApiProxy proxy;
  private final Request watch;
  private final Message.Source source;
  private final BlockingQueue<Due> queue = new LinkedBlockingQueue<>();

  /** A message and when it is to be passed on; none at the end. */
  private record Due(Optional<Message> message, long at) {}

  /** Takes a message. */
  interface Sink {
    void take(Message message) throws IOException, InterruptedException;
  }

  WatchPump(ApiProxy proxy, Request watch, Message.Source source) {
    this.proxy = proxy;
    this.watch = watch;
    this.source = source;
  }

  /** Returns when the API server ends the watch, or a fault does. */
  void run(Sink sink) throws IOException, InterruptedException {
    proxy.fork(this::read);
    while (true) {
      Due due = queue.take();
      long wait = due.at() - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
      if (due.message().isEmpty()) {
        return;
      }
      Message message = due.message().get();
      if (message.event().isPresent() && proxy.draws(Fault.GONE, watch)) {
        sink.take(source.of(Fault.goneEvent()));
        return;
      }
      sink.take(message);
    }
  }

  private void read() {
    Optional<Message> next = Optional.empty();
    do {
      try {
        next = source.next();
      } catch (IOException | NumberFormatException e) {
        next = Optional.empty();
      }
      Duration late = proxy.faults().late();
      queue.add(new Due(next, System.nanoTime() + late.toNanos()));
    } while (next.isPresent());
  }
}
