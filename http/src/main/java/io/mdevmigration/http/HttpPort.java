package io.mdevmigration.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port with a few fixed pages. One thread serves all clients and waits for none of them, so that
 * a slow one takes nobody's place; connections, what each may send and how long it may last are
 * bounded. A connection is for one request.
 *
 * <p>The JDK's own server is not used: on Java 17 it reads a request line of any length, waits for
 * slow clients on the threads that serve the others, and has its time limits in system properties
 * of the whole process.
 */
public final class HttpPort implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpPort.class);
  private static final int BACKLOG = 32;
  private static final long PAUSE_MILLIS = 100;

  private final ServerSocketChannel server;
  private final Selector selector;
  private final InetSocketAddress address;
  private final Pages pages;
  private final Limits limits;

  /** The oldest first. In the port's thread only. */
  private final Set<SelectionKey> connections = new LinkedHashSet<>();

  private HttpPort(
      ServerSocketChannel server,
      Selector selector,
      InetSocketAddress address,
      Pages pages,
      Limits limits) {
    this.server = server;
    this.selector = selector;
    this.address = address;
    this.pages = pages;
    this.limits = limits;
  }

  /**
   * Opens a port and serves it, in the background, until it is closed.
   *
   * @param address where to listen; port 0 is any that is free
   * @param pages what each path shows, a path being what stands before any question mark
   * @throws IOException if nobody can listen there
   */
  public static HttpPort open(InetSocketAddress address, Map<String, Page> pages, Limits limits)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    try {
      server.bind(address, BACKLOG);
      server.configureBlocking(false);
      Selector selector = Selector.open();
      server.register(selector, SelectionKey.OP_ACCEPT);
      HttpPort port =
          new HttpPort(
              server,
              selector,
              (InetSocketAddress) server.getLocalAddress(),
              new Pages(pages),
              limits);
      Thread thread = new Thread(port::serve, "http-port");
      thread.setDaemon(true);
      thread.start();
      return port;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  private void serve() {
    try {
      while (server.isOpen()) {
        selector.select(untilNextEnd());
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.channel() == server) {
            accept();
          } else if (key.isValid()) {
            goOn(key);
          }
        }
        selector.selectedKeys().clear();
        endOverdue();
      }
    } catch (ClosedSelectorException e) {
      log.trace("closed", e);
    } catch (IOException | RuntimeException e) {
      // Nobody answers the probes any more, and so the process is started anew.
      log.error("the HTTP port {} cannot be served any more", address, e);
    } finally {
      List.copyOf(connections).forEach(this::end);
      close();
    }
  }

  private void accept() throws IOException {
    try {
      SocketChannel channel = server.accept();
      if (channel != null) {
        begin(channel);
      }
    } catch (IOException e) {
      // Out of file descriptors, most likely: the client stays in line, nobody is busy with it.
      log.warn("no connection to the HTTP port could be taken: {}", e.getMessage());
      pause();
    }
  }

  private void begin(SocketChannel channel) throws IOException {
    if (connections.size() >= limits.connections()) {
      end(connections.iterator().next());
    }
    channel.configureBlocking(false);
    long end = System.nanoTime() + limits.time().toNanos();
    Connection connection = new Connection(channel, pages, limits.requestBytes(), end);
    connections.add(channel.register(selector, SelectionKey.OP_READ, connection));
  }

  private void goOn(SelectionKey key) {
    try {
      Optional<Integer> next = connection(key).goOn();
      next.ifPresentOrElse(key::interestOps, () -> end(key));
    } catch (IOException e) {
      log.trace("a client is gone", e);
      end(key);
    }
  }

  private void endOverdue() {
    long now = System.nanoTime();
    List.copyOf(connections).stream()
        .filter(key -> connection(key).left(now) <= 0)
        .forEach(this::end);
  }

  /** In milliseconds; 0 is for ever. */
  private long untilNextEnd() {
    long now = System.nanoTime();
    return connections.stream()
        .mapToLong(key -> Math.max(1, connection(key).left(now) / 1_000_000 + 1))
        .min()
        .orElse(0);
  }

  private void end(SelectionKey key) {
    connections.remove(key);
    key.cancel();
    connection(key).close();
  }

  private static Connection connection(SelectionKey key) {
    return (Connection) key.attachment();
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Listens no more and ends all connections. */
  @Override
  public void close() {
    try {
      server.close();
      selector.close();
    } catch (IOException e) {
      log.debug("closing the HTTP port {}", address, e);
    }
  }
}
