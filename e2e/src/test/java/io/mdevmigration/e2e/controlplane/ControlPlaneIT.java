package io.mdevmigration.e2e.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControlPlaneIT {
  private static final int SUBJECT_ALTERNATIVE_IP = 7;

  @TempDir private Path directory;

  @Test
  void auditLogSeesEachRequestOnce() {
    try (ControlPlane controlPlane = ControlPlane.start();
        KubernetesClient client = controlPlane.client("audit-test/1.0")) {
      AuditLog.Mark before = controlPlane.auditLog().mark();
      client.resource(node("gpu-a")).create();
      AuditLog.Mark created = controlPlane.auditLog().mark();
      client.nodes().withName("gpu-a").get();
      client
          .nodes()
          .withName("gpu-a")
          .subresource("status")
          .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"phase\":\"Running\"}}");

      assertThat(controlPlane.auditLog().between(before, created).byUserAgent("audit-test"))
          .singleElement()
          .satisfies(
              entry -> {
                assertThat(entry.verb()).isEqualTo("create");
                assertThat(entry.resource()).isEqualTo("nodes");
                assertThat(entry.name()).isEqualTo("gpu-a");
                assertThat(entry.user()).isEqualTo(ControlPlane.ADMIN);
                assertThat(entry.code()).isEqualTo(201);
              });
      AuditEntries after =
          controlPlane.auditLog().since(created).byUserAgent("audit-test").of("nodes");
      // The client reads once more by itself to know what to patch.
      assertThat(after).extracting(AuditEntry::verb).containsExactly("get", "get", "patch");
      assertThat(after.writes())
          .extracting(AuditEntry::subresource, AuditEntry::code)
          .containsExactly(tuple("status", 200));
      assertThat(controlPlane.auditLog().since(before).byUserAgent("audit")).isEmpty();
    }
  }

  @Test
  void auditCountsAreExactForManyWriters() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.start();
        KubernetesClient client = controlPlane.client("many")) {
      AuditLog.Mark before = controlPlane.auditLog().mark();
      List<Thread> writers =
          IntStream.range(0, 8)
              .mapToObj(
                  writer ->
                      new Thread(
                          () -> {
                            for (int i = 0; i < 50; i++) {
                              client.resource(node("node-" + writer + "-" + i)).create();
                            }
                          }))
              .toList();
      writers.forEach(Thread::start);
      for (Thread writer : writers) {
        writer.join();
      }
      assertThat(controlPlane.auditLog().since(before).byUserAgent("many").writes()).hasSize(400);
    }
  }

  @Test
  void objectsOutliveKillsOfApiServerAndEtcd() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.start(new Options().workingDirectory(directory));
        KubernetesClient client = controlPlane.client("restart-test")) {
      Node created = client.resource(node("gpu-a")).create();
      byte[] certificate = Files.readAllBytes(controlPlane.apiServerCertificate());
      int audited = controlPlane.auditLog().entries().size();

      controlPlane.restartApiServer();
      assertThat(client.nodes().withName("gpu-a").get().getMetadata().getUid())
          .isEqualTo(created.getMetadata().getUid());
      assertThat(Files.readAllBytes(controlPlane.apiServerCertificate())).isEqualTo(certificate);
      assertThat(controlPlane.auditLog().entries().size()).isGreaterThan(audited);

      controlPlane.killEtcd();
      assertThat(controlPlane.processes())
          .extracting(OwnedProcess::name)
          .containsExactly("kube-apiserver");
      controlPlane.restartEtcd();
      assertThat(client.nodes().withName("gpu-a").get().getMetadata().getUid())
          .isEqualTo(created.getMetadata().getUid());
      client.resource(node("gpu-b")).create();
    }
    try (ControlPlane again = ControlPlane.start(new Options().workingDirectory(directory));
        KubernetesClient client = again.client("restart-test")) {
      assertThat(client.nodes().withName("gpu-b").get()).isNotNull();
    }
  }

  @Test
  void certificateNamesHostAndGuestsAndService() throws Exception {
    try (ControlPlane controlPlane = ControlPlane.start();
        InputStream in = Files.newInputStream(controlPlane.apiServerCertificate())) {
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      Set<Object> addresses =
          certificate.getSubjectAlternativeNames().stream()
              .filter(name -> name.get(0).equals(SUBJECT_ALTERNATIVE_IP))
              .map(name -> name.get(1))
              .collect(Collectors.toSet());
      assertThat(addresses).contains("127.0.0.1", ControlPlane.GUESTS_HOST, "10.0.0.1");
      assertThat(controlPlane.kubeconfigForGuests())
          .content()
          .contains("https://" + ControlPlane.GUESTS_HOST + ":" + controlPlane.port());
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(controlPlane.kubeconfigForGuests())))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void usersHaveTheRightsOfTheirGroups() {
    Options options = new Options().user("system:node:gpu-a", "system:nodes");
    try (ControlPlane controlPlane = ControlPlane.start(options);
        KubernetesClient admin = controlPlane.client("admin-test");
        KubernetesClient kubelet =
            new KubernetesClientBuilder()
                .withConfig(controlPlane.config("system:node:gpu-a", "kubelet-test"))
                .build()) {
      kubelet.resource(node("gpu-a")).create();
      assertThatThrownBy(() -> kubelet.resource(node("gpu-b")).create())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("gpu-b");
      assertThat(admin.nodes().list().getItems())
          .extracting(node -> node.getMetadata().getName())
          .containsExactly("gpu-a");
      assertThat(controlPlane.kubeconfig("system:node:gpu-a")).exists();
      assertThatThrownBy(() -> controlPlane.kubeconfig("nobody"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void controllersWorkAndKubectlSpeaks() {
    Options options =
        new Options().scheduler().controllerManager("--controllers=*,-node-lifecycle-controller");
    try (ControlPlane controlPlane = ControlPlane.start(options);
        KubernetesClient client = controlPlane.client("controllers-test")) {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(
                          client.serviceAccounts().inNamespace("default").withName("default").get())
                      .isNotNull());
      client
          .resource(
              node("gpu-a")
                  .edit()
                  .withNewStatus()
                  .addToAllocatable("cpu", new Quantity("4"))
                  .addToAllocatable("memory", new Quantity("1Gi"))
                  .addToAllocatable("pods", new Quantity("10"))
                  .endStatus()
                  .build())
          .create();
      String pod =
          """
          apiVersion: v1
          kind: Pod
          metadata: {name: waiting}
          spec:
            tolerations: [{operator: Exists}]
            containers: [{name: pause, image: pause}]
          """;
      assertThat(controlPlane.kubectlWithInput(pod, "apply", "-f", "-").orThrow().stdout())
          .contains("pod/waiting created");
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(
                          client.pods().inNamespace("default").withName("waiting").get().getSpec())
                      .extracting(spec -> spec.getNodeName())
                      .isEqualTo("gpu-a"));
      CommandResult missing = controlPlane.kubectl("get", "node", "gpu-z");
      assertThat(missing.exitCode()).isNotZero();
      assertThat(missing.stderr()).contains("gpu-z");
      assertThatThrownBy(missing::orThrow).isInstanceOf(ControlPlaneException.class);
    }
  }

  @Test
  void closeLeavesNeitherProcessNorDirectory() {
    Set<Long> pids;
    Path working;
    try (ControlPlane controlPlane =
        ControlPlane.start(new Options().scheduler().controllerManager())) {
      working = controlPlane.directory();
      pids = pids(controlPlane.processes());
      assertThat(pids).hasSize(4).allMatch(ControlPlaneIT::runs);
    }
    assertThat(pids).noneMatch(ControlPlaneIT::runs);
    assertThat(working).doesNotExist();
  }

  @Test
  void killedJvmLeavesNoProcess() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ControlPlaneMain.class.getName(),
                "--directory=" + directory,
                "--bare")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Set<Long> children;
    try (BufferedReader out = jvm.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("export KUBECONFIG=" + directory + "/admin.kubeconfig");
      children = jvm.children().map(ProcessHandle::pid).collect(Collectors.toSet());
      assertThat(children).hasSize(2);
    } finally {
      jvm.destroyForcibly().waitFor();
    }
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> assertThat(children).noneMatch(ControlPlaneIT::runs));
  }

  @Test
  void closeEndsAWaitingRestart() throws Exception {
    Set<Long> before = children();
    ControlPlane controlPlane = ControlPlane.start();
    controlPlane.killEtcd();
    CompletableFuture<Void> restart =
        CompletableFuture.runAsync(controlPlane::restartApiServer); // never ready without etcd
    TimeUnit.SECONDS.sleep(1);
    assertThat(restart).isNotDone();
    controlPlane.close();
    assertThatThrownBy(() -> restart.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ControlPlaneException.class);
    assertThat(controlPlane.processes()).isEmpty();
    assertThat(children()).isSubsetOf(before);
  }

  @Test
  void failedStartQuotesTheLogAndLeavesNoProcess() {
    Set<Long> before = children();
    assertThatThrownBy(
            () ->
                ControlPlane.start(
                    new Options()
                        .workingDirectory(directory)
                        .apiServerArguments("--no-such-flag-at-all")))
        .isInstanceOf(ControlPlaneException.class)
        .hasMessageContaining("kube-apiserver")
        .hasMessageContaining("no-such-flag-at-all");
    assertThat(children()).isSubsetOf(before);
  }

  @Test
  void auditLogSkipsWhatAKilledServerCutShort() throws IOException {
    try (ControlPlane controlPlane = ControlPlane.start(new Options().workingDirectory(directory));
        KubernetesClient client = controlPlane.client("cut-test")) {
      controlPlane.killApiServer();
      AuditLog.Mark mark = controlPlane.auditLog().mark();
      Files.writeString(
          directory.resolve("audit.log"), "{\"kind\":\"Ev", StandardOpenOption.APPEND);
      assertThat(controlPlane.auditLog().mark()).isEqualTo(mark);
      controlPlane.startApiServer();
      client
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName("after")
                  .withNamespace("default")
                  .endMetadata()
                  .build())
          .create();
      assertThat(controlPlane.auditLog().since(mark).byUserAgent("cut-test").writes()).hasSize(1);
      assertThat(controlPlane.auditLog().since(mark).list().get(0).userAgent()).isNotEmpty();
    }
  }

  private static Node node(String name) {
    return new NodeBuilder().withNewMetadata().withName(name).endMetadata().build();
  }

  private static Set<Long> pids(List<OwnedProcess> processes) {
    return processes.stream().map(OwnedProcess::pid).collect(Collectors.toSet());
  }

  private static Set<Long> children() {
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .map(ProcessHandle::pid)
        .collect(Collectors.toSet());
  }

  private static boolean runs(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
