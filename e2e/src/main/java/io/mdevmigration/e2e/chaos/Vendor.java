package io.mdevmigration.e2e.chaos;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.e2e.chaos.ModelType.Access;
import io.mdevmigration.e2e.chaos.ModelType.Mood;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.node.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The releases of a driver, drawn once for a run: which types each offers, what it publishes and
 * what it accepts. Acceptance follows no order: a newer release may refuse what an older one takes,
 * and its own version too.
 */
final class Vendor {
  /** The types of all releases. */
  static final List<String> TYPES = List.of("sample-A", "sample-B");

  private static final List<String> RELEASES = List.of("1.0", "1.1", "2.0");
  private static final int PARENTS = 3;

  private static final List<Integer> REFUSALS =
      List.of(
          Errno.EINVAL,
          Errno.EINVAL,
          Errno.EPERM,
          Errno.EACCES,
          Errno.ENOSPC,
          Errno.ENODEV,
          Errno.EOPNOTSUPP,
          Errno.ENOTSUPP);

  private final Draw draw;
  private final Map<String, Map<String, ModelType>> releases = new TreeMap<>();
  private Optional<Panic> panic = Optional.empty();

  /** A string that a release of the driver does not survive, whatever parent gets it. */
  private record Panic(String release, MdevClass mdevClass) {
    ModelType in(ModelType type) {
      return type.moody(mdevClass.version(), Mood.PANIC);
    }
  }

  Vendor(Draw draw) {
    this.draw = draw;
    for (String release : RELEASES) {
      Map<String, ModelType> types = new TreeMap<>();
      for (String type : TYPES) {
        if (draw.chance(0.9)) {
          types.put(type, type(type));
        }
      }
      releases.put(release, types);
    }
  }

  /**
   * From now on one release panics at a string that another one publishes, and so probably gets.
   *
   * @return the class; empty if no release has a type of which another publishes another version
   */
  Optional<MdevClass> panics(Draw lot) {
    List<Panic> possible = new ArrayList<>();
    for (Map.Entry<String, Map<String, ModelType>> release : releases.entrySet()) {
      release
          .getValue()
          .forEach(
              (type, own) ->
                  releases.values().stream()
                      .flatMap(others -> Optional.ofNullable(others.get(type)).stream())
                      .flatMap(other -> other.published().stream())
                      .filter(string -> own.access() == Access.WRITABLE)
                      .filter(string -> !string.equals(own.version()))
                      .map(string -> new Panic(release.getKey(), new MdevClass(type, string)))
                      .forEach(possible::add));
    }
    if (possible.isEmpty()) {
      return Optional.empty();
    }
    Panic drawn = lot.of(possible);
    MdevClass mdevClass = drawn.mdevClass();
    releases
        .get(drawn.release())
        .computeIfPresent(mdevClass.type(), (name, usual) -> drawn.in(usual));
    panic = Optional.of(drawn);
    return Optional.of(mdevClass);
  }

  /** The strings that drivers are asked about for a type. */
  static List<String> versions(String type) {
    return List.of(type + "-v1", type + "-v2", type + "-v3", type + "-elsewhere");
  }

  /** One that drivers publish. */
  String version(String type) {
    return draw.of(versions(type).subList(0, 3));
  }

  static List<String> parents() {
    return IntStream.range(0, PARENTS).mapToObj(SimulatedDriver::parentName).toList();
  }

  /** A driver of any release for a machine. */
  ModelDriver driver() {
    String release = draw.of(RELEASES);
    List<String> parents = parents().subList(0, draw.between(1, PARENTS));
    ModelDriver driver = new ModelDriver(release, parents, releases.get(release), Map.of());
    if (parents.size() > 1 && draw.chance(0.25)) {
      String type = draw.of(TYPES);
      if (driver.types().containsKey(type)) {
        String odd = draw.of(parents);
        ModelType usual = type(type);
        driver =
            driver.odd(
                odd,
                type,
                panic
                    .filter(p -> p.release().equals(release) && p.mdevClass().type().equals(type))
                    .map(p -> p.in(usual))
                    .orElse(usual));
      }
    }
    return driver;
  }

  /** Another accepting table for one of the driver's types. */
  ModelDriver acceptingOtherwise(ModelDriver driver) {
    String type = draw.of(TYPES);
    return driver.changed(type, t -> t.accepting(draw.some(versions(type), 0.6)));
  }

  /** The driver in a mood about one string. */
  ModelDriver moody(ModelDriver driver) {
    String type = draw.of(TYPES);
    String version = draw.of(versions(type));
    Mood mood = draw.of(Mood.BUSY, Mood.SLOW, Mood.HANG);
    return driver.changed(type, t -> t.moody(version, mood));
  }

  private ModelType type(String type) {
    double lot = draw.between(1, 100);
    Access access =
        lot <= 85
            ? Access.WRITABLE
            : lot <= 90 ? Access.READ_ONLY : lot <= 95 ? Access.ABSENT : Access.NO_MIGRATION;
    return new ModelType(
        version(type), access, draw.some(versions(type), 0.6), draw.of(REFUSALS), Map.of());
  }
}
