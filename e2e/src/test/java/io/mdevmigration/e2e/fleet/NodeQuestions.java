package io.mdevmigration.e2e.fleet;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ThrowingRunnable;

/** What one node is asked, in the operator's place, and what is stored of its answers. */
final class NodeQuestions {
  /** Long enough for anything that should not happen to happen. */
  private static final Duration QUIET = Duration.ofMillis(1500);

  private final KubernetesClient client;
  private final SimulatedNode node;

  NodeQuestions(KubernetesClient client, SimulatedNode node) {
    this.client = requireNonNull(client, "client");
    this.node = requireNonNull(node, "node");
  }

  /** Asks this, and nothing else any more. */
  void ask(Check... checks) {
    patch(Map.of("checks", List.of(checks)));
  }

  void askAgain(String text) {
    patch(Map.of("askAgain", text));
  }

  private void patch(Map<String, Object> spec) {
    client
        .resources(MdevNodeState.class)
        .withName(node.name())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(Map.of("spec", spec)));
  }

  MdevNodeStateStatus status() {
    return node.state().orElseThrow().getStatus();
  }

  Condition ready() {
    return status().conditions().get(0);
  }

  Optional<Answer> find(Check check) {
    return status().answers().stream()
        .filter(answer -> answer.digest().equals(check.mdevClass().digest()))
        .findFirst();
  }

  Answer answer(Check check) {
    return find(check).orElseThrow();
  }

  /** Waits for the first inventory. */
  void awaitInventory() {
    eventually(() -> assertThat(status().inventory()).isNotNull());
  }

  /** Waits until so many questions are stored and none of them is only about to be asked. */
  void awaitAnswers(int count) {
    eventually(
        () ->
            assertThat(status().answers())
                .hasSize(count)
                .noneMatch(answer -> answer.is(Reason.ASKING)));
  }

  void awaitReason(Check check, Reason reason) {
    eventually(() -> assertThat(answer(check).reason()).isEqualTo(reason.toString()));
  }

  static void eventually(ThrowingRunnable holds) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(25))
        .ignoreExceptions()
        .untilAsserted(holds);
  }

  static void quiet() {
    try {
      Thread.sleep(QUIET.toMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
