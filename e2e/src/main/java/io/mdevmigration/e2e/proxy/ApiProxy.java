package io.mdevmigration.e2e.proxy;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;

/**
 * The way of one client to the API server. Each instance of a component has one of its own, so that
 * it can be hurt or cut off alone. Methods may be called from any thread.
 */
public final class ApiProxy implements AutoCloseable {
  private final String sender;
  private final Upstream upstream;
  private final Traffic traffic;
  private final RandomGenerator random;
  private final ServerSocket listener;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "api-proxy");
            thread.setDaemon(true);
            return thread;
          });
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private volatile Faults faults = Faults.NONE;
  private volatile Link link = Link.UP;
  private volatile boolean closed;

  private ApiProxy(
      String sender,
      Upstream upstream,
      Traffic traffic,
      RandomGenerator random,
      ServerSocket listener) {
    this.sender = requireNonNull(sender, "sender");
    this.upstream = requireNonNull(upstream, "upstream");
    this.traffic = requireNonNull(traffic, "traffic");
    this.random = requireNonNull(random, "random");
    this.listener = listener;
  }

  /**
   * Starts a proxy on a free port of 127.0.0.1.
   *
   * @param sender how its client is called in what is told of it
   * @param upstream the API server
   * @param traffic is told what passes
   * @param random decides which requests are hurt; used by one thread at a time
   */
  public static ApiProxy start(
      String sender, Upstream upstream, Traffic traffic, RandomGenerator random) {
    try {
      ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
      ApiProxy proxy = new ApiProxy(sender, upstream, traffic, random, listener);
      proxy.threads.execute(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("no port for the proxy of " + sender, e);
    }
  }

  /** How its client is called. */
  public String sender() {
    return sender;
  }

  /** Where its client finds the API server. */
  public String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Hurts single requests from now on, in place of what happened so far. */
  public void faults(Faults from) {
    faults = requireNonNull(from, "from");
  }

  /** Changes the fate of connections. */
  public void link(Link to) {
    link = requireNonNull(to, "to");
    settle();
  }

  /** Breaks the open connections once; new ones are welcome. */
  public void cut() {
    sessions.forEach(Session::close);
  }

  /** Has the open connections pass nothing from now on, without closing them. */
  public void hang() {
    sessions.forEach(Session::hang);
  }

  /** Closes everything: nothing of the client reaches the API server any more, nor the reverse. */
  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
    } catch (IOException e) {
      // it is closed
    }
    settle();
    threads.shutdownNow();
  }

  private void settle() {
    if (closed || link == Link.BROKEN) {
      cut();
    } else if (link == Link.SILENT) {
      hang();
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Session session = new Session(this, listener.accept());
        sessions.add(session);
        settleNew(session);
        threads.execute(session);
      } catch (IOException | RejectedExecutionException e) {
        if (!closed) {
          traffic.hurt(sender, "the proxy cannot take a connection: " + e);
        }
      }
    }
    settle();
  }

  /** Looked at after it was added, as whoever changes the link looks at all that were added. */
  private void settleNew(Session session) {
    if (closed || link == Link.BROKEN) {
      session.close();
    } else if (link == Link.SILENT) {
      session.hang();
    }
  }

  // ---- for sessions

  void ended(Session session) {
    sessions.remove(session);
  }

  Socket connect() throws IOException {
    return upstream.connect();
  }

  void fork(Runnable task) {
    threads.execute(task);
  }

  Faults faults() {
    return faults;
  }

  Traffic traffic() {
    return traffic;
  }

  Optional<Fault> draw(Request request) {
    Optional<Fault> drawn;
    synchronized (random) {
      drawn = faults.draw(request, random);
    }
    drawn.ifPresent(fault -> traffic.hurt(sender, fault + " " + request.method()));
    return drawn;
  }

  /** Whether this fault happens to this request once more, in the middle of it. */
  boolean draws(Fault fault, Request request) {
    double odd = faults.odds().getOrDefault(fault, 0.0);
    boolean drawn;
    synchronized (random) {
      drawn = odd > 0 && random.nextDouble() < odd;
    }
    if (drawn) {
      traffic.hurt(sender, fault + " " + request.method());
    }
    return drawn;
  }

  void delay() throws InterruptedException {
    long millis;
    synchronized (random) {
      millis = faults.delay(random).toMillis();
    }
    if (millis > 0) {
      Thread.sleep(millis);
    }
  }
}
