package io.mdevmigration.operator.kubevirt.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.mdevmigration.operator.kubevirt.certificate.Serving;
import io.mdevmigration.operator.kubevirt.certificate.ShownCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the API server over HTTPS, at one path. Threads, what waits for them, the length of a
 * request and the time that it takes to come are bounded; beyond that a connection is closed, and
 * what the API server does then is the webhook's failurePolicy.
 */
public final class WebhookServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WebhookServer.class);

  /** Where admission reviews are sent. */
  public static final String PATH = "/migrations";

  /** Bytes of a request's body, at most; a migration has a few hundred. */
  static final int BODY_MAX = 1 << 20;

  private static final int THREADS = 32;
  private static final int WAITING_MAX = 256;
  private static final int BACKLOG = 128;

  static {
    // The JDK's server knows these limits as system properties alone, and nobody else in this
    // process uses it. In seconds, for a request to come in full and for an answer to be taken.
    preset("sun.net.httpserver.maxReqTime", "5");
    preset("sun.net.httpserver.maxRspTime", "10");
    preset("sun.net.httpserver.idleInterval", "60");
    // Without it an answer may wait 40 ms for the client's acknowledgement.
    preset("sun.net.httpserver.nodelay", "true");
  }

  private static void preset(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Answers reviews. */
  @FunctionalInterface
  public interface Reviewer {
    /**
     * Answers one.
     *
     * @return empty as long as what is stored is not known yet
     */
    Optional<byte[]> answer(Review review);
  }

  private final HttpsServer server;
  private final ThreadPoolExecutor threads;
  private final Reviewer reviewer;
  private final ShownCertificate shown;

  private WebhookServer(HttpsServer server, ShownCertificate shown, Reviewer reviewer) {
    this.server = server;
    this.shown = shown;
    this.reviewer = reviewer;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(WAITING_MAX),
            task -> {
              Thread thread = new Thread(task, "webhook");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Opens a port and serves it until it is closed.
   *
   * @param address where to listen; port 0 is any that is free
   * @param serving what it shows at first
   * @param reviewer who answers
   * @throws IOException if nobody can listen there
   * @throws GeneralSecurityException if the certificate is none
   */
  public static WebhookServer open(InetSocketAddress address, Serving serving, Reviewer reviewer)
      throws IOException, GeneralSecurityException {
    ShownCertificate shown = new ShownCertificate(serving);
    HttpsServer server = HttpsServer.create(address, BACKLOG);
    server.setHttpsConfigurator(new HttpsConfigurator(shown.context()));
    WebhookServer opened = new WebhookServer(server, shown, reviewer);
    server.setExecutor(opened.threads);
    server.createContext(PATH, opened::handle);
    server.start();
    return opened;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /**
   * Shows another certificate from the next connection on; connections that are open stay.
   *
   * @throws GeneralSecurityException if it is none; then the one before stays
   */
  public void show(Serving serving) throws GeneralSecurityException {
    shown.show(serving);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        refuse(exchange, 404, "there is nothing here");
      } else if (!exchange.getRequestMethod().equals("POST")) {
        refuse(exchange, 405, "POST alone");
      } else {
        byte[] body = exchange.getRequestBody().readNBytes(BODY_MAX + 1);
        if (body.length > BODY_MAX) {
          refuse(exchange, 413, "the request is too long");
        } else {
          review(exchange, body);
        }
      }
    }
  }

  private void review(HttpExchange exchange, byte[] body) throws IOException {
    try {
      Optional<byte[]> answer = reviewer.answer(Review.read(body));
      if (answer.isPresent()) {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        send(exchange, 200, answer.get());
      } else {
        refuse(exchange, 503, "this replica has not read everything yet");
      }
    } catch (Review.MalformedException e) {
      refuse(exchange, 400, e.getMessage());
    } catch (RuntimeException e) {
      // The failurePolicy decides about what this project has no answer to.
      log.error("a migration could not be reviewed", e);
      refuse(exchange, 500, "the migration could not be reviewed; see the operator's log");
    }
  }

  private static void refuse(HttpExchange exchange, int code, String why) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    send(exchange, code, (why + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int code, byte[] body) throws IOException {
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Takes no more requests; gives those that are being answered a second. */
  @Override
  public void close() {
    server.stop(1);
    threads.shutdownNow();
  }
}
