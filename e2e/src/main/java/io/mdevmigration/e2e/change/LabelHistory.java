package io.mdevmigration.e2e.change;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mdevmigration.crds.MdevClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The own labels of all nodes, as a watch has shown them and when. Thread-safe. */
public final class LabelHistory implements AutoCloseable {
  /**
   * A node's own labels from a moment on.
   *
   * @param nanos of {@link System#nanoTime}
   * @param keys of those with the value true
   */
  private record Seen(long nanos, Set<String> keys) {}

  private final Map<String, List<Seen>> nodes = new HashMap<>();
  private final SharedIndexInformer<Node> informer;

  /** Begins to watch. */
  public LabelHistory(KubernetesClient client) {
    informer = client.nodes().inform(new Handler());
  }

  private final class Handler implements ResourceEventHandler<Node> {
    @Override
    public void onAdd(Node node) {
      see(node);
    }

    @Override
    public void onUpdate(Node before, Node node) {
      see(node);
    }

    @Override
    public void onDelete(Node node, boolean unknown) {
      // No node leaves while it is watched.
    }
  }

  private synchronized void see(Node node) {
    Set<String> keys =
        node.getMetadata().getLabels().entrySet().stream()
            .filter(label -> label.getValue().equals(MdevClass.LABEL_VALUE))
            .map(Map.Entry::getKey)
            .filter(MdevClass::isOwnLabel)
            .collect(toUnmodifiableSet());
    List<Seen> seen =
        nodes.computeIfAbsent(node.getMetadata().getName(), name -> new ArrayList<>());
    // A heartbeat changes no label.
    if (seen.isEmpty() || !seen.get(seen.size() - 1).keys().equals(keys)) {
      seen.add(new Seen(System.nanoTime(), keys));
      notifyAll();
    }
  }

  /** Whether the watch is open: changes are seen when they happen. */
  public boolean isWatching() {
    return informer.isWatching();
  }

  /** Waits until a node carries exactly these labels; whether it did in time. */
  public synchronized boolean await(String node, Set<String> keys, Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    while (!last(node).filter(keys::equals).isPresent()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    return true;
  }

  /**
   * How long after a moment a node's labels became as they are to be, and stayed so until now.
   *
   * @param since of {@link System#nanoTime}
   * @return empty if they are not so now; zero if they were so at that moment already
   */
  public synchronized Optional<Duration> after(
      long since, String node, Predicate<Set<String>> holds) {
    Optional<Duration> began = Optional.empty();
    for (Seen seen : nodes.getOrDefault(node, List.of())) {
      if (!holds.test(seen.keys())) {
        began = Optional.empty();
      } else if (began.isEmpty()) {
        began = Optional.of(Duration.ofNanos(Math.max(0, seen.nanos() - since)));
      }
    }
    return began;
  }

  private Optional<Set<String>> last(String node) {
    List<Seen> seen = nodes.getOrDefault(node, List.of());
    return seen.isEmpty() ? Optional.empty() : Optional.of(seen.get(seen.size() - 1).keys());
  }

  @Override
  public void close() {
    informer.close();
  }
}
