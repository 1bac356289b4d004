package io.mdevmigration.e2e.change;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a node's driver is, and what it accepts. The same driver may accept otherwise after a
 * reload, as with another firmware.
 *
 * @param driver its version
 * @param accepts the versions that it accepts, one at least
 */
record Setup(String driver, Set<String> accepts) {
  static final String TYPE = "sample-A";

  /** So many devices of a node offer the type. */
  static final int PARENTS = 2;

  /** Every driver version there is. */
  static final List<String> DRIVERS = List.of("1.0", "2.0");

  /** Every setup there is: each driver with each choice of versions. */
  static final List<Setup> ALL =
      DRIVERS.stream()
          .flatMap(
              driver ->
                  Stream.of(Set.of("A-v1"), Set.of("A-v2"), Set.of("A-v1", "A-v2"))
                      .map(accepts -> new Setup(driver, accepts)))
          .toList();

  Setup {
    accepts = Set.copyOf(accepts);
  }

  /** What every driver of this version publishes as its own. */
  static String version(String driver) {
    return "A-v" + driver.charAt(0);
  }

  /** The driver as a simulated kernel loads it. */
  SimulatedDriver simulate() {
    return SimulatedDriver.named("sample")
        .version(driver)
        .parents(PARENTS)
        .type(TYPE, type -> type.version(version(driver)).accepts(accepts.toArray(String[]::new)));
  }

  /** The keys of the labels that a node with it has to carry in a fleet with every driver. */
  Set<String> labels() {
    return accepts.stream()
        .map(version -> new MdevClass(TYPE, version).labelKey())
        .collect(toUnmodifiableSet());
  }

  @Override
  public String toString() {
    return "driver %s that accepts %s".formatted(driver, accepts.stream().sorted().toList());
  }
}
