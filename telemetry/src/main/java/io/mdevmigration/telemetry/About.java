package io.mdevmigration.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.MDC;

/**
 * What a line of the log is about, for who searches them: members of its JSON object. The sentence
 * itself says it, too; as text there is nothing else.
 */
public final class About {
  private final Map<String, String> facts = new LinkedHashMap<>();

  private About() {}

  /** About a node. */
  public static About node(String name) {
    return new About().and("node", name);
  }

  /** About something else. */
  public static About the(String what, String name) {
    return new About().and(what, name);
  }

  /** About this as well. */
  public About and(String what, String name) {
    facts.put(what, name);
    return this;
  }

  /** Logs something about it: whatever is logged by {@code say}, on this thread. */
  public void say(Runnable say) {
    facts.forEach(MDC::put);
    try {
      say.run();
    } finally {
      facts.keySet().forEach(MDC::remove);
    }
  }
}
