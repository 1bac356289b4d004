package io.mdevmigration.operator.node;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.source.Compatibilities;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when what a node carries is certainly wanted by nobody any more: it has to be unwanted for
 * a while, and then by a live LIST as well, in which no labelled Node lacks its MdevNodeState. The
 * while is memory: a restart only delays.
 */
public final class Unwanted {
  private static final Logger log = LoggerFactory.getLogger(Unwanted.class);

  /** The fleet as the API server has it at this moment. */
  @FunctionalInterface
  public interface LiveView {
    /**
     * Reads everything from the API server.
     *
     * @throws KubernetesClientException if it does not answer: then everything stays
     */
    Live read();
  }

  /**
   * What a live LIST gave.
   *
   * @param fleet the nodes and reports
   * @param compatibilities what is asked
   */
  public record Live(Fleet fleet, Compatibilities compatibilities) {}

  private final Duration grace;
  private final InstantSource clock;
  private final LiveView live;
  private final BiFunction<Compatibilities, NodeFacts, Map<String, MdevClass>> wanted;
  private final Map<String, Map<String, Instant>> since = new ConcurrentHashMap<>();

  /**
   * A memory of what is unwanted.
   *
   * @param grace how long something has to be unwanted
   * @param clock the time
   * @param live the live LIST
   * @param wanted what a node is wanted to carry, by label key
   */
  public Unwanted(
      Duration grace,
      InstantSource clock,
      LiveView live,
      BiFunction<Compatibilities, NodeFacts, Map<String, MdevClass>> wanted) {
    this.grace = grace;
    this.clock = clock;
    this.live = live;
    this.wanted = wanted;
  }

  /**
   * What is certainly unwanted.
   *
   * @param confirmed label keys that may go
   * @param lookAgain when to ask again about the others; empty if there are none
   */
  public record Finding(Set<String> confirmed, Optional<Duration> lookAgain) {}

  /**
   * Looks at what a node carries but is not wanted to, by what is cached.
   *
   * @param node the node
   * @param unwanted label keys of that
   */
  public Finding look(NodeFacts node, Set<String> unwanted) {
    if (unwanted.isEmpty()) {
      since.remove(node.name());
      return new Finding(Set.of(), Optional.empty());
    }
    Instant now = clock.instant();
    Map<String, Instant> known = since.getOrDefault(node.name(), Map.of());
    Map<String, Instant> times = new HashMap<>();
    unwanted.forEach(key -> times.put(key, known.getOrDefault(key, now)));
    since.put(node.name(), times);
    Set<String> due = new HashSet<>(unwanted);
    due.removeIf(key -> times.get(key).plus(grace).isAfter(now));
    Set<String> confirmed = due.isEmpty() ? Set.of() : confirmed(node, due);
    return new Finding(
        confirmed, confirmed.equals(unwanted) ? Optional.empty() : Optional.of(wait(due)));
  }

  /** Forgets a node that is gone. */
  public void forget(String node) {
    since.remove(node);
  }

  private Duration wait(Set<String> due) {
    // What is due but not confirmed is in doubt: look again when the doubt may have gone.
    return due.isEmpty() ? grace.plusMillis(1) : grace.dividedBy(4).plusMillis(1);
  }

  private Set<String> confirmed(NodeFacts node, Set<String> due) {
    Live view;
    try {
      view = live.read();
    } catch (KubernetesClientException e) {
      log.warn(
          "node {}: nothing is taken away, because a LIST failed: {}",
          node.name(),
          ApiFailure.reason(e));
      return Set.of();
    }
    Optional<NodeFacts> there =
        view.fleet().node(node.name()).filter(liveNode -> liveNode.uid().equals(node.uid()));
    if (there.isEmpty() || view.fleet().hasLabelledNodeWithoutReport()) {
      return Set.of();
    }
    Set<String> confirmed = new HashSet<>(due);
    confirmed.removeAll(wanted.apply(view.compatibilities(), there.get()).keySet());
    return confirmed;
  }
}
