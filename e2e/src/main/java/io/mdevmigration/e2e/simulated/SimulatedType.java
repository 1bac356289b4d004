package io.mdevmigration.e2e.simulated;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.Errno;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One mdev type as a driver offers it. Immutable: each method gives another type that differs in
 * one thing. A new type has the version {@code 1}, accepts nothing and refuses every string with
 * EINVAL; that it accepts its own version has to be said like anything else.
 */
public final class SimulatedType {
  /** Whether there is a version attribute, and with which permission bits. */
  enum Mode {
    ABSENT,
    READ_ONLY,
    WRITABLE
  }

  // Not final only because a copy is changed once, before anyone else sees it.
  private final String type;
  private Optional<String> name;
  private String deviceApi = "vfio-pci";
  private int instances = 4;
  private String attribute = "version";
  private Mode mode = Mode.WRITABLE;
  private Newline newline = Newline.OPTIONAL;
  private List<Response> reads = List.of(new Response.Give("1\n"));
  private Map<String, List<Response>> writes = Map.of();
  private Response otherwise = Response.fail(Errno.EINVAL);

  private SimulatedType(String type) {
    this.type = requireNonNull(type, "type");
    this.name = Optional.of(type.substring(type.indexOf('-') + 1));
  }

  private SimulatedType(SimulatedType other) {
    type = other.type;
    name = other.name;
    deviceApi = other.deviceApi;
    instances = other.instances;
    attribute = other.attribute;
    mode = other.mode;
    newline = other.newline;
    reads = other.reads;
    writes = other.writes;
    otherwise = other.otherwise;
  }

  /**
   * A type.
   *
   * @param type its full name, {@code <driver>-<name>}
   */
  static SimulatedType named(String type) {
    return new SimulatedType(type);
  }

  private SimulatedType with(Consumer<SimulatedType> change) {
    SimulatedType copy = new SimulatedType(this);
    change.accept(copy);
    return copy;
  }

  // ---- what it publishes

  /** Publishes this version, with a newline behind it as drivers do. */
  public SimulatedType version(String version) {
    return reads(new Response.Give(version + "\n"));
  }

  /** Publishes these versions in turn, another one with each read. */
  public SimulatedType unstable(String... versions) {
    return reads(
        Stream.of(versions).map(v -> new Response.Give(v + "\n")).toArray(Response[]::new));
  }

  /** Reading the version fails. */
  public SimulatedType readFails(int errno) {
    return reads(Response.fail(errno));
  }

  /** Reads do this, one after the other and then from the start again. */
  public SimulatedType reads(Response... responses) {
    if (responses.length == 0) {
      throw new IllegalArgumentException("no response to a read of " + type);
    }
    for (Response response : responses) {
      Response end = end(response);
      if (end instanceof Response.Accept || end instanceof Response.ShortCount) {
        throw new IllegalArgumentException("a read cannot end with " + end);
      }
    }
    return with(copy -> copy.reads = List.of(responses));
  }

  /** There is no version attribute. */
  public SimulatedType withoutVersion() {
    return with(copy -> copy.mode = Mode.ABSENT);
  }

  /** The version attribute has no write bit. */
  public SimulatedType readOnlyVersion() {
    return with(copy -> copy.mode = Mode.READ_ONLY);
  }

  /** The version attribute goes by this name; {@code version} otherwise. */
  public SimulatedType attribute(String fileName) {
    return with(copy -> copy.attribute = requireNonNull(fileName, "fileName"));
  }

  /** The content of {@code name}; what is behind the driver's name in the type otherwise. */
  public SimulatedType name(String text) {
    return with(copy -> copy.name = Optional.of(text));
  }

  /** There is no file {@code name}, as with i915 on 5.10. */
  public SimulatedType withoutName() {
    return with(copy -> copy.name = Optional.empty());
  }

  /** The content of {@code device_api}; vfio-pci otherwise. */
  public SimulatedType deviceApi(String api) {
    return with(copy -> copy.deviceApi = requireNonNull(api, "api"));
  }

  /** How many devices one parent has room for; 4 otherwise. */
  public SimulatedType instances(int count) {
    return with(copy -> copy.instances = count);
  }

  // ---- what it answers

  /** Writing any of these strings returns their length. */
  public SimulatedType accepts(String... versions) {
    SimulatedType changed = this;
    for (String version : versions) {
      changed = changed.answers(version, Response.accept());
    }
    return changed;
  }

  /** Writing this string fails with this error. */
  public SimulatedType refuses(String version, int errno) {
    return answers(version, Response.fail(errno));
  }

  /** Writing any string that nothing else is said about does this; it fails with EINVAL else. */
  public SimulatedType answersOthers(Response response) {
    checkWrite(response);
    return with(copy -> copy.otherwise = response);
  }

  /** Writing this string does these things, one each time it is written; the last one stays. */
  public SimulatedType answers(String version, Response... responses) {
    if (responses.length == 0) {
      throw new IllegalArgumentException("no response to " + version);
    }
    Stream.of(responses).forEach(SimulatedType::checkWrite);
    Map<String, List<Response>> changed = new HashMap<>(writes);
    changed.put(version, List.of(responses));
    return with(copy -> copy.writes = Map.copyOf(changed));
  }

  /** Writing this string takes so long and is accepted then. */
  public SimulatedType acceptsSlowly(String version, Duration time) {
    return answers(version, new Response.Slow(time, Response.accept()));
  }

  /** Writing this string does not return, and is accepted once hangs are released. */
  public SimulatedType hangsOn(String version) {
    return answers(version, new Response.Hang(Response.accept()));
  }

  /** Reading and writing fail with ENODEV: this type cannot migrate here. */
  public SimulatedType withoutMigration() {
    return readFails(Errno.ENODEV)
        .answersOthers(Response.fail(Errno.ENODEV))
        .with(copy -> copy.writes = Map.of());
  }

  /** What it thinks of a newline; {@link Newline#OPTIONAL} otherwise. */
  public SimulatedType newline(Newline wanted) {
    return with(copy -> copy.newline = requireNonNull(wanted, "wanted"));
  }

  // ---- for the kernel

  String type() {
    return type;
  }

  Optional<String> name() {
    return name;
  }

  String deviceApi() {
    return deviceApi;
  }

  int instances() {
    return instances;
  }

  String attribute() {
    return attribute;
  }

  Mode mode() {
    return mode;
  }

  Newline newline() {
    return newline;
  }

  /** What the n-th read since the driver was loaded does, from 0. */
  Response read(int n) {
    return reads.get(n % reads.size());
  }

  /** What the n-th write of this string since the driver was loaded does, from 0. */
  Response write(String version, int n) {
    List<Response> responses = writes.get(version);
    return responses == null ? otherwise : responses.get(Math.min(n, responses.size() - 1));
  }

  private static void checkWrite(Response response) {
    if (end(response) instanceof Response.Give give) {
      throw new IllegalArgumentException("a write cannot end with " + give);
    }
  }

  private static Response end(Response response) {
    if (response instanceof Response.Slow slow) {
      return end(slow.then());
    }
    return response instanceof Response.Hang hang ? end(hang.then()) : response;
  }
}
