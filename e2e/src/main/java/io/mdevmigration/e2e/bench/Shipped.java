package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.trust.Deployment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a program is started in production, as the shipped manifest has it.
 *
 * @param arguments of the program
 * @param environment without what a pod is told of itself
 * @param memory the limit of its memory in MiB, by which a JVM in a container sizes its heap
 */
record Shipped(List<String> arguments, Map<String, String> environment, long memory) {
  private static final long MIB = 1 << 20;

  Shipped {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /** The operator's. */
  static Shipped operator(KubernetesClient admin) {
    return of(
        admin
            .apps()
            .deployments()
            .inNamespace(Deployment.NAMESPACE)
            .withName(Deployment.OPERATOR)
            .get()
            .getSpec()
            .getTemplate()
            .getSpec()
            .getContainers()
            .get(0));
  }

  /** The daemon's. */
  static Shipped daemon(KubernetesClient admin) {
    return of(
        admin
            .apps()
            .daemonSets()
            .inNamespace(Deployment.NAMESPACE)
            .withName(Deployment.NODE_DAEMON)
            .get()
            .getSpec()
            .getTemplate()
            .getSpec()
            .getContainers()
            .get(0));
  }

  private static Shipped of(Container container) {
    Map<String, String> environment = new HashMap<>();
    for (EnvVar variable : container.getEnv()) {
      if (variable.getValue() != null) {
        environment.put(variable.getName(), variable.getValue());
      }
    }
    Quantity limit = container.getResources().getLimits().get("memory");
    return new Shipped(
        container.getArgs(), environment, limit.getNumericalAmount().longValueExact() / MIB);
  }

  /**
   * The environment for a process without a container: the JVM is told how much memory the
   * container would have, and where its classes are as the image has them.
   *
   * @param archive {@link ClassArchive}
   * @param more what is to be there besides
   */
  Map<String, String> environment(Path archive, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment);
    String tried = Optional.ofNullable(System.getenv("JAVA_OPTS")).orElse("");
    all.put(
        "JAVA_OPTS",
        "-XX:MaxRAM=%dm -XX:SharedArchiveFile=%s %s".formatted(memory, archive, tried).strip());
    all.putAll(more);
    return all;
  }
}
