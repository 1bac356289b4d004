package io.mdevmigration.e2e.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.e2e.trust.Deployment;
import io.mdevmigration.node.publish.DaemonOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code deploy} and {@code deploy/kubevirt} as they are shipped: the roles, the policies, the
 * managed certificate, and the webhook behind its Service, with two replicas of the operator as
 * processes. Played is the controller that says where the replicas are.
 */
@Timeout(420)
class ShippedWebhookIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String OPERATOR_USER = "system:serviceaccount:mdev-migration:mdev-operator";
  private static final int MACHINES = 1_000;

  /** Longer than a certificate lives. */
  private static final Duration ROTATION = Duration.ofMinutes(3);

  private static final String FIRST = "first";
  private static final String SECOND = "second";

  private ControlPlane controlPlane;
  private KubernetesClient admin;
  private Deployment deployment;
  private AuditLog.Mark begin;
  private Fleet fleet;
  private final Map<String, OperatorProcess> replicas = new TreeMap<>();
  private final Map<String, Integer> ports = new TreeMap<>();
  private int migrated;

  /** A migration that was created, or was not. */
  private record Attempt(String name, boolean isSteered, String refusal) {}

  @BeforeEach
  void deploy() throws IOException {
    controlPlane =
        ControlPlane.start(
            // There is no kube-proxy: the API server finds a Service's endpoints by itself.
            new Options().apiServerArguments("--enable-aggregator-routing=true"));
    admin = controlPlane.client("webhook-test");
    CustomResources.install(controlPlane);
    Manifests.install().applyResources(controlPlane);
    deployment = Deployment.apply(controlPlane, admin);
    controlPlane.kubectl("apply", "-f", Deployment.folder() + "/kubevirt/").orThrow();
    deployment.awaitInForce();
    begin = controlPlane.auditLog().mark();
    fleet =
        Fleet.underPolicies(
            admin,
            node -> deployment.config(deployment.daemonToken(node), "mdev-node/test"),
            DaemonOptions.DEFAULTS);
    fleet.add("src", kernel("A-v1", "A-v1"));
    fleet.add("yes", kernel("A-v2", "A-v1", "A-v2"));
    fleet.add("no", kernel("A-v3", "A-v3"));
    permitAndAddMachines();
    startReplica(FIRST);
    awaitSteered();
    startReplica(SECOND);
  }

  @AfterEach
  void stop() {
    replicas.values().forEach(OperatorProcess::kill);
    fleet.close();
    admin.close();
    controlPlane.close();
  }

  private static SimulatedKernel kernel(String own, String... accepted) {
    return SimulatedKernel.with(
        SimulatedDriver.named("sample")
            .version("of-" + own)
            .type("sample-A", type -> type.version(own).accepts(accepted)));
  }

  private void permitAndAddMachines() {
    Shop.open(controlPlane);
    StringBuilder machines = new StringBuilder(Shop.machine("lost", "no"));
    for (int i = 0; i < MACHINES; i++) {
      machines.append(Shop.machine("till-" + i, "src"));
    }
    apply(machines.toString());
  }

  private void apply(String yaml) {
    controlPlane.kubectlWithInput(yaml, "apply", "-f", "-").orThrow();
  }

  /** Starts a replica with the rights of the operator's pod, and says where it is. */
  private void startReplica(String name) throws IOException {
    int port = Ports.free();
    int probes = Ports.free();
    ports.put(name, port);
    Path kubeconfig = controlPlane.directory().resolve(name + ".pod.kubeconfig");
    String adminToken = controlPlane.config("webhook-test").getOauthToken();
    Files.writeString(
        kubeconfig,
        Files.readString(controlPlane.kubeconfig())
            .replace(adminToken, deployment.operatorToken(name)));
    replicas.put(
        name,
        OperatorProcess.start(
            Map.of("KUBECONFIG", kubeconfig.toString(), "HOSTNAME", name),
            controlPlane.directory().resolve(name + ".log"),
            "--lease-namespace=" + Deployment.NAMESPACE,
            "--lease-duration=10s",
            "--lease-renew-deadline=7s",
            "--lease-retry-period=500ms",
            "--http-port=" + probes,
            "--webhook-namespace=" + Deployment.NAMESPACE,
            "--webhook-port=" + port,
            // Replaced within a minute, so that it happens while tests look.
            "--webhook-certificate-life=2m",
            "--webhook-certificate-renew=90s",
            "--webhook-certificate-settle=20s",
            "--kubevirt-mode=Steer"));
    apply(
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: %s
          namespace: mdev-migration
          labels: {kubernetes.io/service-name: mdev-operator-webhook}
        addressType: IPv4
        ports: [{name: webhook, port: %d}]
        endpoints: [{addresses: ["%s"]}]
        """
            .formatted(name, port, Ports.ownAddress()));
    await().atMost(SOON).ignoreExceptions().until(() -> isReady(probes));
  }

  /** By the page that a kubelet asks for before a Service names the pod. */
  private static boolean isReady(int port) throws IOException {
    URL readyz = URI.create("http://127.0.0.1:%d/readyz".formatted(port)).toURL();
    return ((HttpURLConnection) readyz.openConnection()).getResponseCode() == 200;
  }

  private void withdraw(String replica) {
    controlPlane.kubectl("delete", "endpointslice", replica, "-n", Deployment.NAMESPACE).orThrow();
  }

  private void awaitSteered() {
    await().atMost(SOON).until(() -> create("till-0", true).isSteered());
  }

  /** Creates a migration, or only tries. */
  private Attempt create(String machine, boolean dryRun) {
    String yaml =
        """
        apiVersion: kubevirt.io/v1
        kind: VirtualMachineInstanceMigration
        metadata: {generateName: load-, namespace: shop}
        spec: {vmiName: %s}
        """
            .formatted(machine);
    try {
      var wanted = admin.resource(yaml);
      var created = (GenericKubernetesResource) (dryRun ? wanted.dryRun() : wanted).create();
      Map<String, String> selector = created.get("spec", "addedNodeSelector");
      return new Attempt(created.getMetadata().getName(), selector != null, "");
    } catch (KubernetesClientException e) {
      return new Attempt("", false, e.getMessage());
    }
  }

  @Test
  void asShippedMigrationsAreSteeredAndRefusedUnderTheShippedRightsAlone() {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(create("lost", true).refusal())
                    .contains("no other node can take over the device of VMI shop/lost"));
    Secret secret =
        admin.secrets().inNamespace(Deployment.NAMESPACE).withName("mdev-operator-webhook").get();
    assertThat(secret.getData()).containsKeys("tls.crt", "tls.key", "ca.crt");
    assertThat(create("lost", false).refusal()).contains("2 Incompatible (Refused EINVAL)");
    await()
        .atMost(SOON)
        .until(
            () ->
                admin.v1().events().inNamespace("shop").list().getItems().stream()
                    .anyMatch(event -> "MigrationRefused".equals(event.getReason())));
    List<AuditEntry> refused =
        controlPlane
            .auditLog()
            .since(begin)
            .where(entry -> entry.user().equals(OPERATOR_USER))
            .where(entry -> entry.code() == 401 || entry.code() == 403)
            .list();
    assertThat(refused).isEmpty();
    assertThat(replicas.values()).allMatch(OperatorProcess::isAlive);
  }

  @Test
  void noMigrationIsRefusedWhileReplicasAreGoneAndThoseThatCamePastAreTold() throws Exception {
    Set<String> past = new TreeSet<>();
    createFor(Duration.ofSeconds(2), past);
    assertThat(past).as("while both are there").isEmpty();

    replicas.get(FIRST).kill();
    createFor(Duration.ofSeconds(2), past);
    withdraw(FIRST);
    createFor(Duration.ofSeconds(2), past);
    Set<String> withOneReplica = new TreeSet<>();
    createFor(Duration.ofSeconds(12), withOneReplica);
    assertThat(withOneReplica).as("once it is known who is gone").isEmpty();

    replicas.get(SECOND).kill();
    createFor(Duration.ofSeconds(1), past);
    assertThat(past).isNotEmpty();
    withdraw(SECOND);
    startReplica(FIRST);
    awaitSteered();
    await().atMost(SOON).untilAsserted(() -> assertThat(toldOf()).containsAll(past));
  }

  @Test
  void everyMigrationIsSteeredWhileTwoReplicasReplaceTheirCertificate() throws Exception {
    await()
        .atMost(SOON)
        .ignoreException(ConnectException.class)
        .until(() -> shownBy(SECOND).equals(shownBy(FIRST)));
    X509Certificate before = shownBy(FIRST);
    Set<String> past = new TreeSet<>();
    Instant end = Instant.now().plus(ROTATION);
    List<X509Certificate> trusted = trusted();
    while (shownBy(FIRST).equals(before) || shownBy(SECOND).equals(before)) {
      assertThat(Instant.now()).as("the certificate is replaced in time").isBefore(end);
      List<X509Certificate> trustedLate = trusted;
      createFor(Duration.ofSeconds(1), past);
      trusted = trusted();
      // The API server keeps connections, so that it would hardly notice by itself.
      for (String replica : List.of(FIRST, SECOND)) {
        X509Certificate shown = shownBy(replica);
        assertThat(issuers(shown, trusted)).as(replica + " by what is trusted").isPositive();
        assertThat(issuers(shown, trustedLate))
            .as(replica + " by an API server that is a second late")
            .isPositive();
      }
    }
    createFor(Duration.ofSeconds(5), past);
    assertThat(past).isEmpty();
    assertThat(replicas.values()).allMatch(OperatorProcess::isAlive);
  }

  /** The authorities in the caBundle. */
  private List<X509Certificate> trusted() throws CertificateException {
    String bundle =
        admin
            .admissionRegistration()
            .v1()
            .mutatingWebhookConfigurations()
            .withName("mdev-migration")
            .require()
            .getWebhooks()
            .get(0)
            .getClientConfig()
            .getCaBundle();
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(Base64.getDecoder().decode(bundle)))
        .stream()
        .map(X509Certificate.class::cast)
        .toList();
  }

  /** How many of these authorities have issued a certificate. */
  private static long issuers(X509Certificate certificate, List<X509Certificate> authorities) {
    return authorities.stream()
        .filter(
            authority -> {
              try {
                certificate.verify(authority.getPublicKey());
                return true;
              } catch (GeneralSecurityException e) {
                return false; // another's
              }
            })
        .count();
  }

  /** The certificate that a replica shows to those who connect now. */
  private X509Certificate shownBy(String replica) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", ports.get(replica))) {
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  /** Whether a certificate is the right one is what the API server looks at. */
  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** Creates migrations, and adds the names of those that came past; none may be refused. */
  private void createFor(Duration period, Set<String> past) throws InterruptedException {
    Instant end = Instant.now().plus(period);
    while (Instant.now().isBefore(end)) {
      migrated++;
      Attempt attempt = create("till-" + migrated, false);
      assertThat(attempt.refusal()).isEmpty();
      if (!attempt.isSteered()) {
        past.add(attempt.name());
      }
      Thread.sleep(100);
    }
  }

  private Set<String> toldOf() {
    return admin.v1().events().inNamespace("shop").list().getItems().stream()
        .filter(event -> "MigrationNotSteered".equals(event.getReason()))
        .map(event -> event.getInvolvedObject().getName())
        .collect(Collectors.toSet());
  }
}
