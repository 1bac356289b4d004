package io.mdevmigration.e2e.simulated;

import io.mdevmigration.e2e.simulated.Machine.Loaded;
import io.mdevmigration.node.posix.Errno;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** Reads and writes that have reached a driver: counts them and does what the test wants. */
final class DriverCalls implements Tree.Driver {
  private final SimulatedKernel kernel;
  private final Questions asked = new Questions();

  /** Starts again when behaviour changes: a sequence of answers begins with its first. */
  private volatile Questions sinceChange = new Questions();

  private final Object waiting = new Object();
  private int releases;
  private int boots;
  private boolean panicked;

  DriverCalls(SimulatedKernel kernel) {
    this.kernel = kernel;
  }

  Questions asked() {
    return asked;
  }

  void forget() {
    sinceChange = new Questions();
  }

  void reboot() {
    forget();
    synchronized (waiting) {
      boots++;
      panicked = false;
      waiting.notifyAll();
    }
  }

  void releaseHangs() {
    synchronized (waiting) {
      releases++;
      waiting.notifyAll();
    }
  }

  /** Whether the kernel has panicked and was not rebooted since. */
  boolean hasPanicked() {
    synchronized (waiting) {
      return panicked;
    }
  }

  /**
   * Returns unless the kernel has panicked.
   *
   * @throws ErrnoException EIO after the reboot, for a caller that should have died with the kernel
   */
  void awaitNoPanic() throws ErrnoException {
    synchronized (waiting) {
      if (panicked) {
        awaitReboot();
      }
    }
  }

  @Override
  public byte[] readVersion(Loaded opened, String parent, SimulatedType type)
      throws ErrnoException {
    SimulatedType now = stillThere(opened, parent, type);
    asked.read(parent, type.type());
    Response response = now.read(sinceChange.read(parent, type.type()));
    return give(response, parent).getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public int writeVersion(Loaded opened, String parent, SimulatedType type, byte[] bytes)
      throws ErrnoException {
    SimulatedType now = stillThere(opened, parent, type);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int nul = text.indexOf('\0');
    text = nul < 0 ? text : text.substring(0, nul); // a C string ends there
    Question question = new Question(parent, type.type(), Newline.OPTIONAL.stringIn(text));
    asked.written(question);
    Response response = now.write(now.newline().stringIn(text), sinceChange.written(question));
    asked.begin(parent);
    try {
      return take(response, parent, bytes.length);
    } finally {
      asked.end(parent);
    }
  }

  @Override
  public void create(String parent, SimulatedType type, UUID uuid) throws ErrnoException {
    kernel.createDevice(parent, type.type(), uuid);
  }

  /** The type as it is now, or ENODEV where the file that was opened is no more. */
  private SimulatedType stillThere(Loaded opened, String parent, SimulatedType type)
      throws ErrnoException {
    Optional<Loaded> serving = kernel.machine().serving(parent);
    if (serving.isEmpty()
        || !serving.get().parents().get(parent).equals(opened.parents().get(parent))) {
      throw new ErrnoException(Errno.ENODEV);
    }
    return serving
        .get()
        .driver()
        .type(parent, type.type())
        .orElseThrow(() -> new ErrnoException(Errno.ENODEV));
  }

  private String give(Response response, String parent) throws ErrnoException {
    if (response instanceof Response.Give give) {
      return give.text();
    }
    return give(step(response, parent), parent);
  }

  private int take(Response response, String parent, int length) throws ErrnoException {
    if (response instanceof Response.Accept) {
      return length;
    }
    if (response instanceof Response.ShortCount cut) {
      return Math.min(cut.count(), length);
    }
    return take(step(response, parent), parent, length);
  }

  /** Does what reads and writes have in common, and says what comes then. */
  private Response step(Response response, String parent) throws ErrnoException {
    if (response instanceof Response.Fail fail) {
      throw new ErrnoException(fail.errno());
    }
    if (response instanceof Response.Slow slow) {
      sleep(slow.time());
      return slow.then();
    }
    if (response instanceof Response.Hang hang) {
      awaitRelease();
      return hang.then();
    }
    if (response instanceof Response.Vanish) {
      kernel.removeParent(parent);
      throw new ErrnoException(Errno.ENODEV);
    }
    if (response instanceof Response.Panic) {
      synchronized (waiting) {
        panicked = true;
        awaitReboot();
      }
    }
    throw new IllegalStateException("no way to " + response);
  }

  private void sleep(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    boolean interrupted = false;
    long left;
    while ((left = end - System.nanoTime()) > 0) {
      try {
        Thread.sleep(Duration.ofNanos(left).toMillis() + 1);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    restore(interrupted);
  }

  private void awaitRelease() throws ErrnoException {
    synchronized (waiting) {
      int boot = boots;
      int release = releases;
      waitWhile(() -> boots == boot && releases == release);
      if (boots != boot) {
        throw new ErrnoException(Errno.EIO);
      }
    }
  }

  private void awaitReboot() throws ErrnoException {
    synchronized (waiting) {
      int boot = boots;
      waitWhile(() -> boots == boot);
    }
    throw new ErrnoException(Errno.EIO);
  }

  private void waitWhile(BooleanSupplier condition) {
    boolean interrupted = false;
    synchronized (waiting) {
      while (condition.getAsBoolean()) {
        try {
          waiting.wait();
        } catch (InterruptedException e) {
          interrupted = true; // as a thread in the kernel, it cannot be
        }
      }
    }
    restore(interrupted);
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
