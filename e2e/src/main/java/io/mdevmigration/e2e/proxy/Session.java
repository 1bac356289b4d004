package io.mdevmigration.e2e.proxy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** One connection of a client, and the one to the API server behind it. */
final class Session implements Runnable {
  /** What belongs to one connection, or would lead away from plain HTTP/1.1. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "upgrade", "http2-settings", "accept-encoding", "keep-alive");

  private static final Set<String> OF_THE_BODY =
      Set.of("content-length", "transfer-encoding", "connection");

  private final ApiProxy proxy;
  private final Socket front;
  private volatile Optional<Socket> back = Optional.empty();
  private volatile boolean closed;
  private boolean hangs;
  private InputStream fromBack = InputStream.nullInputStream();

  Session(ApiProxy proxy, Socket front) {
    this.proxy = proxy;
    this.front = front;
  }

  @Override
  public void run() {
    try {
      front.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(front.getInputStream());
      boolean goesOn = true;
      while (goesOn) {
        Optional<Head> head = Head.read(in);
        goesOn = head.isPresent() && exchange(head.get(), in);
      }
    } catch (IOException | NumberFormatException e) {
      // A broken connection, or what is no HTTP: both end here.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    quietly(front);
    back.ifPresent(Session::quietly);
    proxy.ended(this);
  }

  synchronized void hang() {
    hangs = true;
  }

  /** Returns at once, or never while the session is open. */
  private synchronized void pass() throws IOException, InterruptedException {
    while (hangs && !closed) {
      wait();
    }
    if (closed) {
      throw new IOException("closed");
    }
  }

  private boolean exchange(Head head, InputStream in) throws IOException, InterruptedException {
    Request request = Request.of(proxy.sender(), head, Body.ofRequest(head, in));
    Optional<Fault> fault = proxy.draw(request);
    proxy.delay();
    pass();
    if (fault.equals(Optional.of(Fault.CUT_BEFORE))) {
      return false;
    }
    Optional<byte[]> answer = fault.flatMap(Fault::answer);
    if (answer.isPresent()) {
      write(front, answer.get());
      return true;
    }
    Head received = ask(request, head);
    if (received.status() == 101) {
      watch(request, received, in, Message.webSocket(fromBack));
      return false;
    }
    if (request.isWatch() && received.status() == 200 && Body.isChunked(received)) {
      watch(request, received, in, Message.lines(fromBack));
      return false;
    }
    byte[] body = Body.ofAnswer(received, fromBack);
    proxy.traffic().answered(request, received.status(), body);
    proxy.delay();
    if (fault.equals(Optional.of(Fault.CUT_AFTER))) {
      return false;
    }
    return answer(request, received, body, fault);
  }

  /** Sends a request on and reads the head of the answer. */
  private Head ask(Request request, Head head) throws IOException, InterruptedException {
    if (back.isEmpty()) {
      Socket socket = proxy.connect();
      back = Optional.of(socket);
      fromBack = new BufferedInputStream(socket.getInputStream());
      pass();
    }
    byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
    Head plain = head.without(OF_THE_CONNECTION).without(Set.of("transfer-encoding"));
    if (head.isWebSocket()) {
      plain = plain.with("Connection", "Upgrade").with("Upgrade", "websocket");
    } else if (Body.isChunked(head)) {
      plain = plain.with("Content-Length", Integer.toString(body.length));
    }
    proxy.traffic().sent(request);
    write(back.get(), plain.bytes(), body);
    while (true) {
      Head answer =
          Head.read(fromBack).orElseThrow(() -> new IOException("the API server has hung up"));
      if (answer.status() != 100) {
        return answer;
      }
    }
  }

  private boolean answer(Request request, Head head, byte[] body, Optional<Fault> fault)
      throws IOException, InterruptedException {
    pass();
    boolean last = head.has("Connection", "close");
    Head whole =
        head.without(OF_THE_BODY)
            .with("Content-Length", Integer.toString(body.length))
            .with("Connection", last ? "close" : "keep-alive");
    if (fault.equals(Optional.of(Fault.ENDLESS_LIST))) {
      write(front, whole.bytes(), Arrays.copyOf(body, body.length / 2));
      hang();
      pass();
    }
    proxy.traffic().delivered(request, head.status(), body);
    write(front, whole.bytes(), body);
    return !last;
  }

  private void watch(Request request, Head head, InputStream in, Message.Source events)
      throws IOException, InterruptedException {
    write(front, head.bytes());
    proxy.fork(() -> passOn(in));
    new WatchPump(proxy, request, events).run(message -> deliver(request, message));
  }

  private void deliver(Request watch, Message message) throws IOException, InterruptedException {
    pass();
    message.event().ifPresent(event -> proxy.traffic().event(watch, event));
    write(front, message.wire());
  }

  /** What the client says on a websocket: that it closes it, and little else. */
  private void passOn(InputStream in) {
    byte[] buffer = new byte[4096];
    try {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        pass();
        write(back.orElseThrow(), Arrays.copyOf(buffer, count));
      }
    } catch (IOException e) {
      // either end has gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  private static void write(Socket to, byte[]... parts) throws IOException {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    to.getOutputStream().write(all);
    to.getOutputStream().flush();
  }

  private static void quietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is closed
    }
  }
}
