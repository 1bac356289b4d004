package io.mdevmigration.e2e.chaos;

import static java.util.stream.Collectors.toCollection;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.e2e.chaos.Wanted.Publisher;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The fleet on paper. Knows from the hardware and the specs alone which labels every Node has to
 * have once all is quiet: nothing of the operator's code is used. Not thread-safe.
 */
final class Model implements Stage {
  private final Map<String, Machine> machines = new TreeMap<>();
  private final Map<String, MigrationCompatibilitySpec> specs = new TreeMap<>();

  /**
   * A machine.
   *
   * @param labels the Node's, without the project's own
   * @param driver what is loaded
   */
  record Machine(Map<String, String> labels, ModelDriver driver) {
    Machine {
      labels = Map.copyOf(labels);
    }

    Machine with(ModelDriver other) {
      return new Machine(labels, other);
    }
  }

  /** The machines, by name. */
  Map<String, Machine> machines() {
    return machines;
  }

  /** The MigrationCompatibility objects, by name. */
  Map<String, MigrationCompatibilitySpec> specs() {
    return specs;
  }

  /** The keys of the labels that each Node has to have, no more and no less. */
  Map<String, Set<String>> expected() {
    List<Publisher> publishers =
        machines.entrySet().stream()
            .map(
                machine ->
                    new Publisher(
                        machine.getKey(),
                        machine.getValue().labels(),
                        machine.getValue().driver().published()))
            .toList();
    Map<String, Set<String>> expected = new TreeMap<>();
    machines.forEach(
        (name, machine) ->
            expected.put(
                name,
                Wanted.classes(specs.values(), publishers, machine.labels()).stream()
                    .filter(c -> machine.driver().takes(c.type(), c.version()))
                    .map(MdevClass::labelKey)
                    .collect(toCollection(TreeSet::new))));
    return expected;
  }

  /** Whether the machine's drivers take a class. */
  boolean takes(String node, MdevClass mdevClass) {
    return Optional.ofNullable(machines.get(node))
        .filter(machine -> machine.driver().takes(mdevClass.type(), mdevClass.version()))
        .isPresent();
  }

  @Override
  public void join(String node, Map<String, String> labels, ModelDriver driver) {
    machines.put(node, new Machine(labels, driver));
  }

  @Override
  public void leave(String node) {
    machines.remove(node);
  }

  @Override
  public void recreate(String node, Map<String, String> labels) {
    machines.computeIfPresent(node, (name, machine) -> new Machine(labels, machine.driver()));
  }

  @Override
  public void reload(String node, ModelDriver driver) {
    drive(node, driver);
  }

  @Override
  public void unload(String node) {
    drive(node, ModelDriver.NONE);
  }

  @Override
  public void change(String node, ModelDriver driver) {
    drive(node, driver);
  }

  @Override
  public void changeAndAskAgain(String node, ModelDriver driver) {
    drive(node, driver);
  }

  @Override
  public void plug(String node, String parent) {
    machines.computeIfPresent(
        node, (name, machine) -> machine.with(machine.driver().plusParent(parent)));
  }

  @Override
  public void unplug(String node, String parent) {
    machines.computeIfPresent(
        node, (name, machine) -> machine.with(machine.driver().minusParent(parent)));
  }

  @Override
  public void reboot(String node, ModelDriver driver, BootOrder order) {
    drive(node, driver);
  }

  @Override
  public void release(String node) {
    // What a hanging driver says in the end is on paper already.
  }

  @Override
  public void ask(String name, MigrationCompatibilitySpec spec) {
    specs.put(name, spec);
  }

  @Override
  public void dropAsk(String name) {
    specs.remove(name);
  }

  @Override
  public void label(String node, String key, Optional<String> value) {
    if (MdevClass.isOwnLabel(key)) {
      return; // It comes back, or goes again.
    }
    machines.computeIfPresent(
        node,
        (name, machine) -> {
          Map<String, String> labels = new HashMap<>(machine.labels());
          labels.remove(key);
          value.ifPresent(v -> labels.put(key, v));
          return new Machine(labels, machine.driver());
        });
  }

  private void drive(String node, ModelDriver driver) {
    machines.computeIfPresent(node, (name, machine) -> machine.with(driver));
  }
}
