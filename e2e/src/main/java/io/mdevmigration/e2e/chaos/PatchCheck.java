package io.mdevmigration.e2e.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.e2e.chaos.Journal.Entry;
import io.mdevmigration.e2e.chaos.Journal.Sent;
import io.mdevmigration.e2e.chaos.Sight.Wanting;
import io.mdevmigration.e2e.chaos.Violation.Promise;
import io.mdevmigration.e2e.proxy.Request;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at every patch of a Node that an operator has sent: is each label in it justified by what
 * that instance had been sent before?
 */
final class PatchCheck {
  /** How long an operator may take from being sent something to acting on it, when it is busy. */
  static final Duration SLACK = Duration.ofMillis(1_500);

  private final ObjectMapper json = new ObjectMapper();
  private final List<Entry> entries;
  private final long begin;
  private final Map<String, Sight> sights = new HashMap<>();
  private final List<Violation> violations = new ArrayList<>();

  private PatchCheck(List<Entry> entries, long begin) {
    this.entries = entries;
    this.begin = begin;
  }

  /**
   * The violations of a run.
   *
   * @param entries what passed the operators' proxies
   * @param begin {@link System#nanoTime()} when the run began, for messages
   */
  static List<Violation> of(List<Entry> entries, long begin) {
    PatchCheck check = new PatchCheck(entries, begin);
    for (Entry entry : entries) {
      if (entry instanceof Sent sent && sent.request().resource().equals("nodes")) {
        check.patch(sent.request());
      }
    }
    return check.violations;
  }

  private void patch(Request request) {
    String node = request.name();
    JsonNode body = parse(request.body());
    JsonNode metadata = body.path("metadata");
    boolean labelsAlone =
        body.size() == 1 && metadata.path("labels").size() > 0 && metadata.size() == 2;
    if (!labelsAlone || metadata.path("uid").asText().isEmpty()) {
      add(Promise.ONLY_OWN_KEYS, node, request, "", List.of());
    }
    for (Map.Entry<String, JsonNode> label : metadata.path("labels").properties()) {
      label(request, node, label.getKey(), label.getValue());
    }
  }

  private void label(Request request, String node, String key, JsonNode value) {
    boolean adds = value.asText().equals(MdevClass.LABEL_VALUE);
    if (!MdevClass.isOwnLabel(key) || !(adds || value.isNull())) {
      add(Promise.ONLY_OWN_KEYS, node, request, key, List.of());
      return;
    }
    Sight sight = sights.computeIfAbsent(request.sender(), s -> new Sight(s, entries));
    long slack = SLACK.toNanos();
    List<Optional<MdevNodeState>> states = sight.states(node, request.received(), slack);
    List<Node> nodes = sight.nodes(node, request.received(), slack);
    List<Wanting> wantings = sight.wanting(node, key, request.received(), slack);
    Row needed = adds ? Row.ADD : Row.REMOVE;
    for (Node n : nodes) {
      for (Optional<MdevNodeState> state : states) {
        for (Wanting wanting : wantings) {
          if (Row.of(n, state, key, wanting.mdevClass(), wanting.wish()) == needed) {
            return;
          }
        }
      }
    }
    List<Object> objects = new ArrayList<>(nodes);
    states.forEach(state -> objects.add(state.<Object>map(s -> s).orElse("no MdevNodeState")));
    objects.add("wanted: " + wantings);
    add(
        adds ? Promise.NOTHING_ADDED_ON_OLD_ANSWERS : Promise.NOTHING_VANISHES_WITHOUT_A_ROW,
        node,
        request,
        key,
        objects);
  }

  private void add(
      Promise promise, String node, Request request, String key, List<Object> objects) {
    StringBuilder text = new StringBuilder();
    text.append("at +%d ms, label %s%n".formatted((request.received() - begin) / 1_000_000, key));
    text.append("the patch: " + request + "\n");
    text.append("what its sender had been sent, one of:\n");
    for (Object object : objects) {
      text.append(object instanceof String line ? line + "\n" : Serialization.asYaml(object));
    }
    violations.add(new Violation(promise, node, text.toString()));
  }

  private JsonNode parse(String body) {
    try {
      return json.readTree(body);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
