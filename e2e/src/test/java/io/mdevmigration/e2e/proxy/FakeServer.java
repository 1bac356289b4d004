package io.mdevmigration.e2e.proxy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Just enough of an API server: answers with what it was asked, and sends events to watches. */
final class FakeServer implements AutoCloseable {
  private static final String WEB_SOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final ServerSocket listener;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<Watch> watches = new CopyOnWriteArrayList<>();

  private record Watch(Socket socket, boolean webSocket) {}

  private FakeServer(ServerSocket listener) {
    this.listener = listener;
  }

  static FakeServer start() {
    try {
      FakeServer server = new FakeServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      server.fork(server::accept);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** What was asked: method, path and body. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  int watches() {
    return watches.size();
  }

  /** Sends an event to all that watch. */
  void event(String json) {
    synchronized (watches) {
      watches.forEach(watch -> send(watch, json));
    }
  }

  private static void send(Watch watch, String json) {
    try {
      Message.Source form =
          watch.webSocket()
              ? Message.webSocket(InputStream.nullInputStream())
              : Message.lines(InputStream.nullInputStream());
      watch.socket().getOutputStream().write(form.of(json).wire());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fork(Runnable task) {
    Thread thread = new Thread(task, "fake-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        fork(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        Head head = Head.read(in).orElseThrow(() -> new IOException("end"));
        Request request = Request.of("", head, Body.ofRequest(head, in));
        String what = request.method() + " " + request.uri() + " " + request.body();
        asked.add(what.strip());
        if (request.isWatch()) {
          watch(socket, head);
        } else {
          answer(socket.getOutputStream(), "answer to " + what.strip());
        }
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  /** In two chunks, to be put together. */
  private static void answer(OutputStream out, String text) throws IOException {
    String first = text.substring(0, 3);
    String second = text.substring(3);
    String wire =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n"
            .formatted(first.length(), first, second.length(), second);
    out.write(wire.getBytes(StandardCharsets.US_ASCII));
  }

  private void watch(Socket socket, Head asked) throws IOException {
    String head =
        asked.isWebSocket()
            ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: %s\r\n\r\n"
                    .formatted(accept(asked.field("Sec-WebSocket-Key").orElseThrow()))
            : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    // An event that is sent as soon as the client has the head must find the watch.
    synchronized (watches) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      watches.add(new Watch(socket, asked.isWebSocket()));
    }
  }

  private static String accept(String key) {
    try {
      byte[] bytes = (key + WEB_SOCKET_GUID).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
