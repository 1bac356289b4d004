package io.mdevmigration.e2e.trust;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The repository's folder {@code deploy} in a cluster, and tokens as the kubelet would ask for
 * them: of the shipped ServiceAccounts, bound to a pod on a node. No kubelet runs; the pods only
 * have to be there.
 */
public final class Deployment {
  /** The namespace that is shipped. */
  public static final String NAMESPACE = "mdev-migration";

  /** The ServiceAccount of the daemons. */
  public static final String NODE_DAEMON = "mdev-node";

  /** The ServiceAccount of the operator. */
  public static final String OPERATOR = "mdev-operator";

  private static final Duration IN_FORCE = Duration.ofSeconds(30);

  /** Longer than anything here runs: no kubelet is there to renew a token. */
  private static final Duration TOKENS_LAST = Duration.ofHours(12);

  private final ControlPlane controlPlane;
  private final KubernetesClient admin;

  private Deployment(ControlPlane controlPlane, KubernetesClient admin) {
    this.controlPlane = requireNonNull(controlPlane, "controlPlane");
    this.admin = requireNonNull(admin, "admin");
  }

  /** The repository's folder {@code deploy}. */
  public static Path folder() {
    return Project.root().resolve("deploy");
  }

  /**
   * Applies the folder; the policies come into force a little later.
   *
   * @param admin who makes pods and tokens; stays open
   */
  public static Deployment apply(ControlPlane controlPlane, KubernetesClient admin) {
    controlPlane.kubectl("apply", "-f", folder() + "/").orThrow();
    return new Deployment(controlPlane, admin);
  }

  /** A token of the daemon on a node, bound to a pod there, which is made. */
  public String daemonToken(String node) {
    return token(NODE_DAEMON, pod(NODE_DAEMON, "mdev-node-" + node, node));
  }

  /** A token of the operator, bound to a pod on a node, which is made. */
  public String operatorToken(String node) {
    return token(OPERATOR, pod(OPERATOR, "mdev-operator-" + node, node));
  }

  /** A client configuration with a token, and with this user agent. */
  public Config config(String token, String userAgent) {
    return new ConfigBuilder(controlPlane.config(userAgent)).withOauthToken(token).build();
  }

  /**
   * A kubeconfig for use on this host with a token, in the control plane's directory.
   *
   * @param name of the file
   */
  public Path kubeconfig(String name, String token) {
    Path file = controlPlane.directory().resolve(name + ".kubeconfig");
    String adminToken = controlPlane.config("deployment").getOauthToken();
    try {
      Files.writeString(
          file, Files.readString(controlPlane.kubeconfig()).replace(adminToken, token));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  /**
   * What a container finds in its environment and its files, for a program that runs on this host:
   * the API server's address, its authority and a token, and no kubeconfig.
   *
   * @param name of the folder in the control plane's directory
   */
  public Map<String, String> podEnvironment(String name, String token) {
    Path folder = controlPlane.directory().resolve(name);
    Config admins = controlPlane.config("deployment");
    URI server = URI.create(admins.getMasterUrl());
    try {
      Files.createDirectories(folder);
      return Map.of(
          "KUBERNETES_SERVICE_HOST", server.getHost(),
          "KUBERNETES_SERVICE_PORT", Integer.toString(server.getPort()),
          "KUBERNETES_AUTH_TRYKUBECONFIG", "false",
          "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN",
              Files.writeString(folder.resolve("token"), token).toString(),
          "KUBERNETES_CERTS_CA_FILE",
              Files.write(
                      folder.resolve("ca.crt"), Base64.getDecoder().decode(admins.getCaCertData()))
                  .toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The pod of this name on a node; made if it is not there. */
  public Pod pod(String serviceAccount, String name, String node) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(NAMESPACE)
            .endMetadata()
            .withNewSpec()
            .withServiceAccountName(serviceAccount)
            .withNodeName(node)
            .addNewContainer()
            .withName("main")
            .withImage("none")
            .endContainer()
            .endSpec()
            .build();
    Pod there = admin.pods().inNamespace(NAMESPACE).withName(name).get();
    return there == null ? admin.resource(pod).create() : there;
  }

  /** A token that is bound to a pod, for twelve hours. */
  public String token(String serviceAccount, Pod pod) {
    return token(
        serviceAccount,
        new TokenRequestBuilder()
            .withNewSpec()
            .withExpirationSeconds(TOKENS_LAST.toSeconds())
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec()
            .build());
  }

  /** A token as a TokenRequest asks for it. */
  public String token(String serviceAccount, TokenRequest request) {
    return admin
        .serviceAccounts()
        .inNamespace(NAMESPACE)
        .withName(serviceAccount)
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }

  /**
   * Waits until the roles and policies are in force, a second or two after they were applied: until
   * the policy keeps a daemon from creating another node's object.
   *
   * @throws IllegalStateException if it does not within 30 s
   */
  public void awaitInForce() {
    MdevNodeState another = new MdevNodeState();
    another.setMetadata(new ObjectMetaBuilder().withName("another.invalid").build());
    Config daemon = config(daemonToken("none"), "deployment-test");
    Instant end = Instant.now().plus(IN_FORCE);
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(daemon).build()) {
      while (Instant.now().isBefore(end)) {
        try {
          client.resource(another).dryRun().create();
        } catch (KubernetesClientException e) {
          if (e.getMessage().contains("ValidatingAdmissionPolicy")) {
            return;
          }
        }
        TimeUnit.MILLISECONDS.sleep(200);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    throw new IllegalStateException("no policy after " + IN_FORCE);
  }
}
