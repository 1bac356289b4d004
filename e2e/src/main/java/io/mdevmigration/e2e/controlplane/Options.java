package io.mdevmigration.e2e.controlplane;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link ControlPlane} is to consist of. Without further ado: etcd and kube-apiserver with
 * the audit log, in a temporary directory that is deleted on close. Not thread-safe; read once, at
 * the start.
 */
public final class Options {
  private Path workingDirectory;
  private Path installScript;
  private boolean scheduler;
  private boolean controllerManager;
  private boolean audit = true;
  private Duration timeout = Duration.ofMinutes(2);
  private final Map<String, List<String>> users = new LinkedHashMap<>();
  private final List<String> etcdArguments = new ArrayList<>();
  private final List<String> apiServerArguments = new ArrayList<>();
  private final List<String> schedulerArguments = new ArrayList<>();
  private final List<String> controllerManagerArguments = new ArrayList<>();

  /** Works in this directory, made if absent, and leaves everything there on close. */
  public Options workingDirectory(Path directory) {
    workingDirectory = directory;
    return this;
  }

  /** Takes the binaries from this script rather than from e2e/control-plane/install. */
  public Options installScript(Path script) {
    installScript = script;
    return this;
  }

  /** Runs kube-scheduler, with these arguments added. */
  public Options scheduler(String... arguments) {
    scheduler = true;
    schedulerArguments.addAll(List.of(arguments));
    return this;
  }

  /**
   * Runs kube-controller-manager, with these arguments added. Its node life-cycle controller taints
   * nodes that no kubelet keeps alive; {@code --controllers=*,-node-lifecycle-controller} leaves it
   * out.
   */
  public Options controllerManager(String... arguments) {
    controllerManager = true;
    controllerManagerArguments.addAll(List.of(arguments));
    return this;
  }

  /** Adds arguments of etcd; of two for one flag the later one counts. */
  public Options etcdArguments(String... arguments) {
    etcdArguments.addAll(List.of(arguments));
    return this;
  }

  /** Adds arguments of kube-apiserver; of two for one flag the later one counts. */
  public Options apiServerArguments(String... arguments) {
    apiServerArguments.addAll(List.of(arguments));
    return this;
  }

  /** Leaves out the audit log, for measurements; {@link ControlPlane#auditLog()} then throws. */
  public Options withoutAudit() {
    audit = false;
    return this;
  }

  /**
   * Adds a user with a random token and kubeconfigs of its own, for example {@code
   * system:node:gpu-a} in {@code system:nodes}.
   */
  public Options user(String name, String... groups) {
    if (name.isEmpty() || name.contains("\"") || String.join("", groups).contains("\"")) {
      throw new IllegalArgumentException("a user needs a name, and quotation marks in none");
    }
    users.put(name, List.of(groups));
    return this;
  }

  /** How long each of the processes may take until it is ready; 2 minutes otherwise. */
  public Options timeout(Duration perProcess) {
    timeout = perProcess;
    return this;
  }

  Optional<Path> workingDirectory() {
    return Optional.ofNullable(workingDirectory);
  }

  Optional<Path> installScript() {
    return Optional.ofNullable(installScript);
  }

  boolean hasScheduler() {
    return scheduler;
  }

  boolean hasControllerManager() {
    return controllerManager;
  }

  boolean hasAudit() {
    return audit;
  }

  Duration timeout() {
    return timeout;
  }

  Map<String, List<String>> users() {
    return users;
  }

  List<String> etcdArguments() {
    return etcdArguments;
  }

  List<String> apiServerArguments() {
    return apiServerArguments;
  }

  List<String> schedulerArguments() {
    return schedulerArguments;
  }

  List<String> controllerManagerArguments() {
    return controllerManagerArguments;
  }
}
