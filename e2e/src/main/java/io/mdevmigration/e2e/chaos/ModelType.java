package io.mdevmigration.e2e.chaos;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.e2e.simulated.Response;
import io.mdevmigration.e2e.simulated.SimulatedType;
import io.mdevmigration.node.posix.Errno;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a driver says about one type, on paper.
 *
 * @param version what it publishes
 * @param access what can be done with the version attribute
 * @param accepts the strings that it takes
 * @param refusal the errno of all others
 * @param moods strings with which it takes its time at first; then it says what it says
 */
record ModelType(
    String version, Access access, Set<String> accepts, int refusal, Map<String, Mood> moods) {

  /** What can be done with the version attribute. */
  enum Access {
    WRITABLE,
    READ_ONLY,
    ABSENT,
    /** Reading gives ENODEV. */
    NO_MIGRATION,
    /** Reading gives EIO, for a while only. */
    BROKEN
  }

  /** How the first write of a string goes, or each. */
  enum Mood {
    /** EBUSY. */
    BUSY,
    /** Longer than the daemon waits. */
    SLOW,
    /** Not before hangs are released. */
    HANG,
    /** Each time, the kernel panics. It does not pass. */
    PANIC;

    List<Response> then(Response then) {
      return switch (this) {
        case BUSY -> List.of(Response.fail(Errno.EBUSY), then);
        case SLOW -> List.of(new Response.Slow(Duration.ofMillis(700), then), then);
        case HANG -> List.of(new Response.Hang(then), then);
        case PANIC -> List.of(new Response.Panic());
      };
    }
  }

  ModelType {
    requireNonNull(version, "version");
    accepts = Set.copyOf(accepts);
    moods = Map.copyOf(moods);
  }

  /** What the node's daemon can publish of it. */
  Optional<String> published() {
    return switch (access) {
      case WRITABLE, READ_ONLY -> Optional.of(version);
      case ABSENT, NO_MIGRATION, BROKEN -> Optional.empty();
    };
  }

  boolean takes(String string) {
    return access == Access.WRITABLE && accepts.contains(string) && moods.get(string) != Mood.PANIC;
  }

  ModelType with(Access other) {
    return new ModelType(version, other, accepts, refusal, moods);
  }

  ModelType publishing(String other) {
    return new ModelType(other, access, accepts, refusal, moods);
  }

  ModelType accepting(Set<String> others) {
    return new ModelType(version, access, others, refusal, moods);
  }

  ModelType moody(String string, Mood mood) {
    Map<String, Mood> more = new HashMap<>(moods);
    more.putIfAbsent(string, mood);
    return new ModelType(version, access, accepts, refusal, more);
  }

  ModelType broken() {
    return access == Access.WRITABLE ? with(Access.BROKEN) : this;
  }

  /** Without moods that pass, and repaired if it is broken. */
  ModelType calm() {
    Access calm = access == Access.BROKEN ? Access.WRITABLE : access;
    Map<String, Mood> lasting = new HashMap<>(moods);
    lasting.values().removeIf(mood -> mood != Mood.PANIC);
    return new ModelType(version, calm, accepts, refusal, lasting);
  }

  SimulatedType simulate(SimulatedType type) {
    SimulatedType told = type.version(version).answersOthers(Response.fail(refusal));
    for (String string : accepts) {
      told = told.accepts(string);
    }
    for (Map.Entry<String, Mood> mood : moods.entrySet()) {
      Response then = accepts.contains(mood.getKey()) ? Response.accept() : Response.fail(refusal);
      told = told.answers(mood.getKey(), mood.getValue().then(then).toArray(Response[]::new));
    }
    return switch (access) {
      case WRITABLE -> told;
      case READ_ONLY -> told.readOnlyVersion();
      case ABSENT -> told.withoutVersion();
      case NO_MIGRATION -> told.withoutMigration();
      case BROKEN -> told.readFails(Errno.EIO);
    };
  }
}
