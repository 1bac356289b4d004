package io.mdevmigration.e2e.proxy;

/** Is told what passes a proxy; on any thread, which waits meanwhile. */
public interface Traffic {
  /** Takes no interest. */
  Traffic IGNORED = new Traffic() {};

  /** The request is about to be sent on to the API server. */
  default void sent(Request request) {}

  /** The API server has answered; the client may never hear of it. */
  default void answered(Request request, int status, byte[] body) {}

  /** The client is about to be given the API server's whole answer. */
  default void delivered(Request request, int status, byte[] body) {}

  /** The client is about to be given an event of a watch, as JSON. */
  default void event(Request watch, String json) {}

  /** A fault was injected. */
  default void hurt(String sender, String what) {}
}
