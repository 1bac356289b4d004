package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.sysfs.AttributeNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * How a daemon does its work. Start from {@link #DEFAULTS} and change what differs.
 *
 * @param sysfs the root of sysfs
 * @param attributes how the version attribute is called
 * @param withoutNewline drivers that are asked without a newline behind the string
 * @param rescan how long after a scan the next one begins, 100 ms at least
 * @param deadline how long a read or a write may take before its parent is left alone, 10 ms at
 *     least
 * @param debounce how long an event waits for others to come, so that they cost one write together
 * @param settle how long the kernel must have told of no further change before the tree is read
 * @param settleAtMost how long after the first change that it tells of the tree is read all the
 *     same, {@code settle} at least
 * @param relist how long after the node's object was looked up it is looked up again, and its watch
 *     opened anew, whatever the watch tells; a second at least
 * @param policies whether it needs the admission policies to ask questions
 */
public record DaemonOptions(
    Path sysfs,
    AttributeNames attributes,
    Set<String> withoutNewline,
    Duration rescan,
    Duration deadline,
    Duration debounce,
    Duration settle,
    Duration settleAtMost,
    Duration relist,
    AdmissionPolicies policies) {
  /** A real kernel, as on any node. */
  public static final DaemonOptions DEFAULTS =
      new DaemonOptions(
          Path.of("/sys"),
          AttributeNames.DEFAULT,
          Set.of(),
          Duration.ofSeconds(60),
          Duration.ofSeconds(5),
          Duration.ofMillis(20),
          Duration.ofMillis(100),
          Duration.ofMillis(700),
          Duration.ofMinutes(10),
          AdmissionPolicies.REQUIRED);

  /**
   * Options.
   *
   * @throws IllegalArgumentException if a duration is too short
   */
  public DaemonOptions {
    requireNonNull(sysfs, "sysfs");
    requireNonNull(attributes, "attributes");
    withoutNewline = Set.copyOf(withoutNewline);
    atLeast("rescan interval", rescan, Duration.ofMillis(100));
    atLeast("deadline", deadline, Duration.ofMillis(10));
    atLeast("debounce", debounce, Duration.ZERO);
    atLeast("time to settle", settle, Duration.ZERO);
    atLeast("longest time to settle", settleAtMost, settle);
    atLeast("relist interval", relist, Duration.ofSeconds(1));
    requireNonNull(policies, "policies");
  }

  /** These options with another root of sysfs. */
  public DaemonOptions withSysfs(Path other) {
    return new DaemonOptions(
        other,
        attributes,
        withoutNewline,
        rescan,
        deadline,
        debounce,
        settle,
        settleAtMost,
        relist,
        policies);
  }

  /** These options with other names for the version attribute. */
  public DaemonOptions withAttributes(AttributeNames other) {
    return new DaemonOptions(
        sysfs,
        other,
        withoutNewline,
        rescan,
        deadline,
        debounce,
        settle,
        settleAtMost,
        relist,
        policies);
  }

  /** These options with other drivers that are asked without a newline. */
  public DaemonOptions withWithoutNewline(Set<String> other) {
    return new DaemonOptions(
        sysfs,
        attributes,
        other,
        rescan,
        deadline,
        debounce,
        settle,
        settleAtMost,
        relist,
        policies);
  }

  /** These options with another rescan interval. */
  public DaemonOptions withRescan(Duration other) {
    return new DaemonOptions(
        sysfs,
        attributes,
        withoutNewline,
        other,
        deadline,
        debounce,
        settle,
        settleAtMost,
        relist,
        policies);
  }

  /** These options with another deadline. */
  public DaemonOptions withDeadline(Duration other) {
    return new DaemonOptions(
        sysfs,
        attributes,
        withoutNewline,
        rescan,
        other,
        debounce,
        settle,
        settleAtMost,
        relist,
        policies);
  }

  /** These options with another debounce. */
  public DaemonOptions withDebounce(Duration other) {
    return new DaemonOptions(
        sysfs,
        attributes,
        withoutNewline,
        rescan,
        deadline,
        other,
        settle,
        settleAtMost,
        relist,
        policies);
  }

  /** These options with other times for the kernel to settle. */
  public DaemonOptions withSettle(Duration quiet, Duration atMost) {
    return new DaemonOptions(
        sysfs,
        attributes,
        withoutNewline,
        rescan,
        deadline,
        debounce,
        quiet,
        atMost,
        relist,
        policies);
  }

  /** These options with another relist interval. */
  public DaemonOptions withRelist(Duration other) {
    return new DaemonOptions(
        sysfs,
        attributes,
        withoutNewline,
        rescan,
        deadline,
        debounce,
        settle,
        settleAtMost,
        other,
        policies);
  }

  /** These options with or without a need for the admission policies. */
  public DaemonOptions withPolicies(AdmissionPolicies other) {
    return new DaemonOptions(
        sysfs,
        attributes,
        withoutNewline,
        rescan,
        deadline,
        debounce,
        settle,
        settleAtMost,
        relist,
        other);
  }

  private static void atLeast(String what, Duration value, Duration least) {
    if (requireNonNull(value, what).compareTo(least) < 0) {
      throw new IllegalArgumentException(
          "the %s is %s: it must be %s or more".formatted(what, value, least));
    }
  }
}
