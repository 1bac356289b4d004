package io.mdevmigration.node.posix;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Makes calls on the thread that asks for them: for kernels in memory, whose drivers return. */
public final class DirectCalls extends AbstractExecutorService {
  private DirectCalls() {}

  /** A guard whose calls return at once. */
  public static Deadline deadline() {
    return new Deadline(new DirectCalls(), Duration.ofSeconds(10), () -> {});
  }

  @Override
  public void execute(Runnable call) {
    call.run();
  }

  @Override
  public void shutdown() {
    // has no threads
  }

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long time, TimeUnit unit) {
    return true;
  }
}
