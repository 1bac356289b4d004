package io.mdevmigration.e2e.simulated;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.e2e.simulated.Machine.Device;
import io.mdevmigration.e2e.simulated.Machine.Loaded;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** What the kernel tells of changes: messages as they come over netlink, byte for byte. */
final class Uevents {
  private static final String DEVICES = "/devices/" + Tree.BUS + "/";

  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong sequence = new AtomicLong();

  void add(Consumer<String> listener) {
    listeners.add(requireNonNull(listener, "listener"));
  }

  /** Tells of all that is different between two states, on this thread. */
  void tell(Machine before, Machine after) {
    between(before, after)
        .forEach(
            message -> {
              String numbered = message + "SEQNUM=" + sequence.incrementAndGet() + "\0";
              listeners.forEach(listener -> listener.accept(numbered));
            });
  }

  /** In the order in which drivers go and come. */
  private static List<String> between(Machine before, Machine after) {
    List<String> messages = new ArrayList<>();
    for (Device device : before.devices().values()) {
      if (!after.devices().containsKey(device.uuid().toString())) {
        messages.add(device("remove", device));
      }
    }
    parents(before).entrySet().stream()
        .filter(parent -> !parents(after).entrySet().contains(parent))
        .forEach(parent -> messages.add(parent(parent.getKey(), "unregistered")));
    before.drivers().keySet().stream()
        .filter(driver -> isAnother(driver, before, after))
        .forEach(driver -> messages.add(module("remove", driver)));
    after.drivers().keySet().stream()
        .filter(driver -> isAnother(driver, before, after))
        .forEach(driver -> messages.add(module("add", driver)));
    parents(after).entrySet().stream()
        .filter(parent -> !parents(before).entrySet().contains(parent))
        .forEach(parent -> messages.add(parent(parent.getKey(), "registered")));
    for (Device device : after.devices().values()) {
      if (!before.devices().containsKey(device.uuid().toString())) {
        messages.add(device("add", device));
      }
    }
    return messages;
  }

  /** Each parent with the inode number of its directory, a new one after each reload. */
  private static Map<String, Long> parents(Machine machine) {
    Map<String, Long> parents = new TreeMap<>();
    machine.drivers().values().forEach(loaded -> parents.putAll(loaded.parents()));
    return parents;
  }

  /** Whether a module was loaded anew, or is there on one side only. */
  private static boolean isAnother(String driver, Machine before, Machine after) {
    Optional<Loaded> was = Optional.ofNullable(before.drivers().get(driver));
    Optional<Loaded> is = Optional.ofNullable(after.drivers().get(driver));
    if (was.isEmpty() || is.isEmpty()) {
      return true;
    }
    Map<String, Long> old = was.orElseThrow().parents();
    Map<String, Long> now = is.orElseThrow().parents();
    return !old.isEmpty() && !now.isEmpty() && Collections.disjoint(old.entrySet(), now.entrySet());
  }

  private static String parent(String name, String state) {
    return message("change", DEVICES + name, "pci", "MDEV_STATE=" + state);
  }

  private static String device(String action, Device device) {
    return message(action, DEVICES + device.parent() + "/" + device.uuid(), "mdev");
  }

  private static String module(String action, String name) {
    return message(action, "/module/" + name, "module");
  }

  private static String message(
      String action, String devpath, String subsystem, String... properties) {
    StringBuilder message =
        new StringBuilder(action + "@" + devpath + "\0ACTION=" + action + "\0")
            .append("DEVPATH=" + devpath + "\0SUBSYSTEM=" + subsystem + "\0");
    for (String property : properties) {
      message.append(property).append('\0');
    }
    return message.toString();
  }
}
