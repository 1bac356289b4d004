package io.mdevmigration.e2e.chaos;

import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.e2e.proxy.Faults;
import io.mdevmigration.e2e.proxy.Link;
import java.util.Map;
import java.util.Optional;

/**
 * Where a schedule is played. What does nothing on one stage, has no body here: network and
 * processes mean nothing on paper.
 */
interface Stage {
  // ---- nodes and their hardware

  /** A machine joins: a kernel with this driver, the Node, the daemon. */
  void join(String node, Map<String, String> labels, ModelDriver driver);

  /** A machine leaves, with its Node. */
  void leave(String node);

  /** The Node is deleted and created again, without its labels; the machine notices nothing. */
  void recreate(String node, Map<String, String> labels);

  /** The driver is unloaded, and this one loaded. */
  void reload(String node, ModelDriver driver);

  /** The driver is unloaded. */
  void unload(String node);

  /** The driver behaves otherwise from now on, which no event tells; same parents and types. */
  void change(String node, ModelDriver driver);

  /** The same, and an admin has everything asked again because of it. */
  void changeAndAskAgain(String node, ModelDriver driver);

  /** A parent appears. */
  void plug(String node, String parent);

  /** A parent goes away. */
  void unplug(String node, String parent);

  /** The machine boots with this driver. */
  void reboot(String node, ModelDriver driver, BootOrder order);

  /** Calls that hang in a driver go on. */
  void release(String node);

  /** Who is first after a boot. */
  enum BootOrder {
    KUBELET_FIRST,
    DAEMON_FIRST
  }

  // ---- what people do

  /** A MigrationCompatibility is created or replaced. */
  void ask(String name, MigrationCompatibilitySpec spec);

  /** A MigrationCompatibility is deleted. */
  void dropAsk(String name);

  /** A label of a Node is set, or removed where there is no value. */
  void label(String node, String key, Optional<String> value);

  /** A MdevNodeState is deleted. */
  default void deleteState(String node) {}

  /** Someone empties a node's checks. */
  default void emptyChecks(String node) {}

  // ---- network and processes; a part is "operator" or a node's name, whose daemon is meant

  /** Requests of a part are hurt. */
  default void faults(String part, Faults faults) {}

  /** The connections of a part. */
  default void link(String part, Link link) {}

  /** The open connections of a part become half-open. */
  default void hang(String part) {}

  /** The open connections of a part break. */
  default void cut(String part) {}

  /** SIGKILL of a part. */
  default void kill(String part) {}

  /** A part in good order down and up again. */
  default void restart(String part) {}

  /** Start of a part that was killed. */
  default void start(String part) {}

  /** SIGKILL of kube-apiserver, and its next start. */
  default void killApiServer() {}

  /** SIGKILL of etcd, and its next start. */
  default void killEtcd() {}
}
