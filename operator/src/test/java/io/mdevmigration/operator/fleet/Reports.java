package io.mdevmigration.operator.fleet;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.Driver;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Builds nodes and what they report, as tests need them. */
public final class Reports {
  public static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  public static final String BOOT = "boot-1";
  public static final String REVISION = "aaaaaaaaaaaaaaaaaaaa";
  public static final String OTHER_REVISION = "bbbbbbbbbbbbbbbbbbbb";

  public static final String DRIVER = "cccccccccccccccccccc";

  private final String name;
  private String owner;
  private String bootID = BOOT;
  private String driver = DRIVER;
  private boolean complete = true;
  private boolean ready = true;
  private boolean restored;
  private Instant observed = NOW;
  private final List<Check> checks = new ArrayList<>();
  private final List<PublishedVersion> versions = new ArrayList<>();
  private final List<ParentGroup> groups = new ArrayList<>();
  private final List<ParentType> offers = new ArrayList<>();
  private final List<OfferedType> types = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();

  private Reports(String name) {
    this.name = name;
    this.owner = "uid-" + name;
  }

  public static NodeFacts node(String name, Map<String, String> labels) {
    return new NodeFacts(name, "uid-" + name, Optional.of(BOOT), labels);
  }

  public static NodeFacts node(String name) {
    return node(name, Map.of());
  }

  public static Reports of(String node) {
    return new Reports(node);
  }

  public Reports ownedBy(String uid) {
    owner = uid;
    return this;
  }

  public Reports boot(String id) {
    bootID = id;
    return this;
  }

  public Reports incomplete() {
    complete = false;
    return this;
  }

  public Reports observed(Instant at) {
    observed = at;
    return this;
  }

  public Reports asked(MdevClass mdevClass) {
    return asked(new Check(mdevClass.type(), mdevClass.version(), driver));
  }

  public Reports asked(Check check) {
    checks.add(check);
    return this;
  }

  /** Is asked, with this driver, before others are. */
  public Reports tries(MdevClass mdevClass) {
    return asked(new Check(mdevClass.type(), mdevClass.version(), driver).asTrial());
  }

  /** Has another driver than nodes have otherwise. To be called before anything that names it. */
  public Reports driver(String identity) {
    driver = identity;
    return this;
  }

  /** Is older than one that was known. */
  public Reports restored() {
    restored = true;
    return this;
  }

  public Reports notReady() {
    ready = false;
    return this;
  }

  /** A type that is offered, without a version. */
  public Reports offers(String type) {
    return offers(type, REVISION);
  }

  public Reports offers(String type, String revision) {
    types.add(new OfferedType(type, null, "vfio-pci", revision));
    offers.add(new ParentType(type, null, null));
    return this;
  }

  /** A type that is offered and about which something is wrong. */
  public Reports offers(String type, Problem problem) {
    types.add(new OfferedType(type, null, "vfio-pci", REVISION));
    offers.add(new ParentType(type, null, problem));
    return this;
  }

  /** What is offered from here on is offered by other parents, with the same driver. */
  public Reports anotherGroup() {
    groups.add(group());
    offers.clear();
    return this;
  }

  private ParentGroup group() {
    int first = 2 * groups.size();
    return new ParentGroup(
        List.of("0000:00:02." + first, "0000:00:02." + (first + 1)),
        new Driver("sample", "1.0", driver),
        offers);
  }

  public Reports publishes(MdevClass mdevClass) {
    versions.add(PublishedVersion.of(mdevClass));
    types.add(new OfferedType(mdevClass.type(), null, "vfio-pci", REVISION));
    offers.add(new ParentType(mdevClass.type(), mdevClass.digest(), null));
    return this;
  }

  /** What a lying daemon may publish. */
  public Reports publishesWrongly(PublishedVersion version) {
    versions.add(version);
    return this;
  }

  public Reports answers(MdevClass mdevClass, Verdict verdict) {
    return answers(mdevClass, verdict, REVISION);
  }

  public Reports answers(MdevClass mdevClass, Verdict verdict, String revision) {
    String reason =
        switch (verdict) {
          case COMPATIBLE -> Reason.ACCEPTED.toString();
          case INCOMPATIBLE -> Reason.REFUSED.toString();
          case UNSUPPORTED -> Reason.NOT_SUPPORTED.toString();
          case UNKNOWN -> Reason.TRANSIENT.toString();
        };
    return answers(mdevClass, verdict, reason, revision, null);
  }

  /** An answer that is none, with a reason of its own, given in a boot. */
  public Reports says(MdevClass mdevClass, Reason reason, String boot) {
    answers.add(
        new Answer(
            mdevClass.type(),
            mdevClass.digest(),
            Verdict.UNKNOWN,
            reason.toString(),
            null,
            null,
            null,
            List.of(),
            REVISION,
            NOW.toString(),
            null,
            null,
            boot,
            driver,
            null));
    return this;
  }

  public Reports unknown(MdevClass mdevClass, DefiniteVerdict last) {
    return answers(
        mdevClass, Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE.toString(), REVISION, last);
  }

  public Reports refuses(MdevClass mdevClass, int errno) {
    answers.add(
        new Answer(
            mdevClass.type(),
            mdevClass.digest(),
            Verdict.INCOMPATIBLE,
            Reason.REFUSED.toString(),
            errno,
            "E" + errno,
            null,
            List.of(),
            REVISION,
            NOW.toString(),
            null,
            null,
            null,
            null,
            null));
    return this;
  }

  private Reports answers(
      MdevClass mdevClass, Verdict verdict, String reason, String revision, DefiniteVerdict last) {
    boolean refused = verdict == Verdict.INCOMPATIBLE;
    answers.add(
        new Answer(
            mdevClass.type(),
            mdevClass.digest(),
            verdict,
            reason,
            refused ? 22 : null,
            refused ? "EINVAL" : null,
            null,
            List.of(),
            revision,
            NOW.toString(),
            null,
            null,
            null,
            null,
            last));
    return this;
  }

  public NodeReport report() {
    return NodeReport.of(state()).restored(restored);
  }

  public MdevNodeState state() {
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withGeneration(3L)
            .addToOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion("v1")
                    .withKind("Node")
                    .withName(name)
                    .withUid(owner)
                    .build())
            .build());
    state.setSpec(new MdevNodeStateSpec(checks, null, null));
    state.setStatus(
        new MdevNodeStateStatus(
            null,
            new Inventory(
                complete,
                bootID,
                "6.1.0",
                versions,
                Stream.concat(groups.stream(), Stream.of(group())).toList(),
                types),
            answers,
            observed == null ? null : observed.toString(),
            List.of(
                new ConditionBuilder()
                    .withType("Ready")
                    .withStatus(ready ? "True" : "False")
                    .build())));
    return state;
  }
}
