package io.mdevmigration.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Driver;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.e2e.chaos.Journal.Entry;
import io.mdevmigration.e2e.chaos.Journal.Listed;
import io.mdevmigration.e2e.chaos.Journal.Saw;
import io.mdevmigration.e2e.chaos.Journal.Sent;
import io.mdevmigration.e2e.chaos.Violation.Promise;
import io.mdevmigration.e2e.proxy.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which patches of a Node are justified by what their sender had been sent. */
class PatchCheckTest {
  private static final MdevClass CLASS = new MdevClass("sample-A", "v1");
  private static final String KEY = CLASS.labelKey();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final String R1 = "11111111111111111111";
  private static final String R2 = "22222222222222222222";

  private final List<Entry> entries = new ArrayList<>();
  private long now;
  private long version;

  @Test
  void anAnswerThatWasSeenAddsAndARefusalRemoves() {
    see("a", asked(), node("u", "b"), state("u", "b", R1, accepted(R1)));
    later();
    patch("a", "u", "\"true\"");
    assertThat(promises()).isEmpty();
    see("a", state("u", "b", R1, answer(R1, Verdict.INCOMPATIBLE)));
    later();
    patch("a", "u", "null");
    assertThat(promises()).isEmpty();
  }

  @Test
  void nothingIsAddedOnAnAnswerThatAPublicationSeenSinceHasOutdated() {
    see("a", asked(), node("u", "b"), state("u", "b", R1, accepted(R1)));
    see("a", state("u", "b", R2, accepted(R1)));
    later();
    patch("a", "u", "\"true\"");
    assertThat(promises()).containsExactly(Promise.NOTHING_ADDED_ON_OLD_ANSWERS);
  }

  @Test
  void whatWasSentAMomentBeforeMayNotHaveBeenSeenYet() {
    see("a", asked(), node("u", "b"), state("u", "b", R1, accepted(R1)));
    later();
    see("a", state("u", "b", R2, accepted(R1)));
    now += SECOND / 10;
    patch("a", "u", "\"true\"");
    assertThat(promises()).isEmpty();
  }

  @Test
  void anOlderStateThatComesLateIsNoExcuse() {
    Saw older = saw("a", state("u", "b", R1, accepted(R1)));
    see("a", asked(), node("u", "b"), state("u", "b", R2, accepted(R1)));
    later();
    entries.add(new Saw("a", now, older.resource(), older.name(), older.version(), older.object()));
    now += SECOND / 10;
    patch("a", "u", "\"true\"");
    assertThat(promises()).containsExactly(Promise.NOTHING_ADDED_ON_OLD_ANSWERS);
  }

  @Test
  void whatAnotherInstanceHasSeenCountsForNothing() {
    see("a", asked(), node("u", "b"), state("u", "b", R1, accepted(R1)));
    later();
    patch("b", "u", "\"true\"");
    assertThat(promises()).containsExactly(Promise.NOTHING_ADDED_ON_OLD_ANSWERS);
  }

  @Test
  void doubtRemovesNothing() {
    see("a", asked(), node("u", "b"));
    later();
    patch("a", "u", "null");
    assertThat(promises()).containsExactly(Promise.NOTHING_VANISHES_WITHOUT_A_ROW);
  }

  @Test
  void aTypeThatNoParentCanBeAskedAboutRemovesWithoutAnAnswer() {
    see("a", asked(), node("u", "b"), state("u", "b", offering("NotSupported", "ReadFailed")));
    later();
    patch("a", "u", "null");
    assertThat(promises()).isEmpty();
    see("a", state("u", "b", offering("NotSupported", "Unstable")));
    later();
    patch("a", "u", "null");
    see("a", state("u", "b", offering("ReadFailed")));
    later();
    patch("a", "u", "null");
    assertThat(promises())
        .containsExactly(
            Promise.NOTHING_VANISHES_WITHOUT_A_ROW, Promise.NOTHING_VANISHES_WITHOUT_A_ROW);
  }

  @Test
  void aStateThatWasDeletedIsDoubt() {
    see("a", asked(), node("u", "b"), state("u", "b", R1, answer(R1, Verdict.INCOMPATIBLE)));
    entries.add(new Listed("a", now, "mdevnodestates", Set.of(), 1_000));
    later();
    patch("a", "u", "null");
    assertThat(promises()).containsExactly(Promise.NOTHING_VANISHES_WITHOUT_A_ROW);
  }

  @Test
  void theStateOfAFormerNodeRemovesNothingAndAddsNothing() {
    see("a", asked(), node("u", "b"), state("former", "b", R1, accepted(R1)));
    later();
    patch("a", "u", "\"true\"");
    assertThat(promises()).containsExactly(Promise.NOTHING_ADDED_ON_OLD_ANSWERS);
    see("a", state("former", "other", R1, answer(R1, Verdict.INCOMPATIBLE)));
    later();
    patch("a", "u", "null");
    assertThat(promises())
        .containsExactly(
            Promise.NOTHING_ADDED_ON_OLD_ANSWERS, Promise.NOTHING_VANISHES_WITHOUT_A_ROW);
  }

  @Test
  void aBootRemovesAndWhatWasAnsweredBeforeItAddsNothing() {
    see("a", asked(), node("u", "new"), state("u", "old", R1, accepted(R1)));
    later();
    patch("a", "u", "null");
    assertThat(promises()).isEmpty();
    patch("a", "u", "\"true\"");
    assertThat(promises()).containsExactly(Promise.NOTHING_ADDED_ON_OLD_ANSWERS);
  }

  @Test
  void whatNobodyWantsGoesUnlessALabelledNodeIsSilent() {
    see("a", node("u", "b"), state("u", "b", R1, accepted(R1)));
    later();
    patch("a", "u", "null");
    assertThat(promises()).isEmpty();
    see("a", labelled(node("w", "b"), "other"));
    later();
    patch("a", "u", "null");
    assertThat(promises()).containsExactly(Promise.NOTHING_VANISHES_WITHOUT_A_ROW);
  }

  @Test
  void foreignKeysOtherValuesAndPatchesWithoutAUidAreNotForTheOperator() {
    see("a", asked(), node("u", "b"), state("u", "b", R1, accepted(R1)));
    later();
    send("a", "{\"metadata\":{\"uid\":\"u\",\"labels\":{\"example.com/x\":\"true\"}}}");
    send("a", "{\"metadata\":{\"uid\":\"u\",\"labels\":{\"%s\":\"false\"}}}".formatted(KEY));
    send("a", "{\"metadata\":{\"labels\":{\"%s\":\"true\"}}}".formatted(KEY));
    assertThat(promises())
        .containsExactly(Promise.ONLY_OWN_KEYS, Promise.ONLY_OWN_KEYS, Promise.ONLY_OWN_KEYS);
  }

  // ---- what happens

  private void later() {
    now += 10 * SECOND;
  }

  private List<Promise> promises() {
    return PatchCheck.of(entries, 0).stream().map(Violation::promise).toList();
  }

  private void see(String sender, Object... objects) {
    for (Object object : objects) {
      entries.add(saw(sender, object));
    }
  }

  private Saw saw(String sender, Object object) {
    now++;
    String resource =
        object instanceof Node
            ? "nodes"
            : object instanceof MdevNodeState ? "mdevnodestates" : "migrationcompatibilities";
    var typed = (HasMetadata) object;
    return new Saw(
        sender, now, resource, typed.getMetadata().getName(), ++version, Optional.of(typed));
  }

  private void patch(String sender, String uid, String value) {
    send(
        sender,
        "{\"metadata\":{\"uid\":\"%s\",\"labels\":{\"%s\":%s}}}".formatted(uid, KEY, value));
  }

  private void send(String sender, String body) {
    entries.add(new Sent(new Request(sender, now, "PATCH", "/api/v1/nodes/gpu", body)));
  }

  // ---- objects

  private static MigrationCompatibility asked() {
    MigrationCompatibility asked = new MigrationCompatibility();
    asked.setMetadata(new ObjectMetaBuilder().withName("fleet").build());
    asked.setSpec(
        new MigrationCompatibilitySpec(
            CLASS.type(), new Source(null, null, CLASS.version()), null, true, List.of()));
    return asked;
  }

  private static Node node(String uid, String boot) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName("gpu")
        .withUid(uid)
        .endMetadata()
        .withNewStatus()
        .withNewNodeInfo()
        .withBootID(boot)
        .endNodeInfo()
        .endStatus()
        .build();
  }

  private static Node labelled(Node node, String name) {
    return new NodeBuilder(node)
        .editMetadata()
        .withName(name)
        .withLabels(Map.of(KEY, "true"))
        .endMetadata()
        .build();
  }

  private static MdevNodeState state(String owner, String boot, String revision, Answer answer) {
    return state(owner, boot, revision, List.of(), List.of(answer));
  }

  private static MdevNodeState state(String owner, String boot, List<ParentGroup> groups) {
    return state(owner, boot, R1, groups, List.of());
  }

  /** Groups of parents of which each has a problem with the type. */
  private static List<ParentGroup> offering(String... reasons) {
    return List.of(reasons).stream()
        .map(
            reason ->
                new ParentGroup(
                    List.of("of-" + reason),
                    new Driver("sample", null, "cccccccccccccccccccc"),
                    List.of(new ParentType(CLASS.type(), null, new Problem(reason, null, null)))))
        .toList();
  }

  private static MdevNodeState state(
      String owner, String boot, String revision, List<ParentGroup> groups, List<Answer> answers) {
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(
        new ObjectMetaBuilder()
            .withName("gpu")
            .addNewOwnerReference()
            .withKind("Node")
            .withUid(owner)
            .endOwnerReference()
            .build());
    Inventory inventory =
        new Inventory(
            true,
            boot,
            null,
            List.of(),
            groups,
            List.of(new OfferedType(CLASS.type(), "A", "vfio-pci", revision)));
    state.setStatus(
        new MdevNodeStateStatus(null, inventory, answers, "2026-01-01T00:00:00Z", List.of()));
    return state;
  }

  private static Answer accepted(String revision) {
    return answer(revision, Verdict.COMPATIBLE);
  }

  private static Answer answer(String revision, Verdict verdict) {
    return Serialization.unmarshal(
        """
        {"type":"%s","digest":"%s","verdict":"%s","reason":"Any","revision":"%s",\
        "time":"2026-01-01T00:00:00Z"}"""
            .formatted(CLASS.type(), CLASS.digest(), verdict, revision),
        Answer.class);
  }
}
