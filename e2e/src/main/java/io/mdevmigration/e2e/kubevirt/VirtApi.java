package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.time.Patience;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * KubeVirt's virt-api: the defaults and checks of machines and migrations, and what becomes of the
 * eviction of a machine's pod. Its webhooks are registered as virt-operator does it, but for the
 * address: there is no service, so that they are asked at 127.0.0.1. Its own aggregated API, which
 * nothing here uses, is not registered.
 */
final class VirtApi implements AutoCloseable {
  private final OwnedProcess process;

  private VirtApi(OwnedProcess process) {
    this.process = process;
  }

  /**
   * Starts virt-api and returns once the API server asks it.
   *
   * @param program its path
   * @param configurations its webhook configurations as YAML
   */
  static VirtApi start(
      ControlPlane controlPlane,
      KubernetesClient client,
      Path program,
      String configurations,
      ServingCertificate certificate) {
    int port = Ports.free();
    VirtApi made =
        new VirtApi(
            OwnedProcess.start(
                "virt-api",
                List.of(
                    program.toString(),
                    "--kubeconfig=" + controlPlane.kubeconfig(KubeVirt.API_USER),
                    "--listen=127.0.0.1",
                    "--port=" + port,
                    "--tls-cert-file=" + certificate.certificate(),
                    "--tls-key-file=" + certificate.key(),
                    "--handler-cert-file=" + certificate.certificate(),
                    "--handler-key-file=" + certificate.key()),
                controlPlane.directory().resolve("virt-api.log")));
    for (HasMetadata configuration :
        client
            .load(new ByteArrayInputStream(configurations.getBytes(StandardCharsets.UTF_8)))
            .items()) {
      if (configuration instanceof MutatingWebhookConfiguration mutating) {
        mutating
            .getWebhooks()
            .forEach(hook -> hook.setClientConfig(at(port, hook.getClientConfig(), certificate)));
      } else if (configuration instanceof ValidatingWebhookConfiguration validating) {
        validating
            .getWebhooks()
            .forEach(hook -> hook.setClientConfig(at(port, hook.getClientConfig(), certificate)));
      }
      client.resource(configuration).create();
    }
    Patience.until("virt-api to answer", () -> made.answers(client), () -> "see virt-api.log");
    return made;
  }

  private static WebhookClientConfig at(
      int port, WebhookClientConfig service, ServingCertificate certificate) {
    return new WebhookClientConfigBuilder()
        .withUrl("https://127.0.0.1:" + port + service.getService().getPath())
        .withCaBundle(certificate.caBundle())
        .build();
  }

  private boolean answers(KubernetesClient client) {
    if (!process.isAlive()) {
      throw new IllegalStateException("virt-api has ended: see " + process.log());
    }
    return VirtualMachine.isMissed(client);
  }

  @Override
  public void close() {
    process.terminate(1, TimeUnit.SECONDS);
  }
}
