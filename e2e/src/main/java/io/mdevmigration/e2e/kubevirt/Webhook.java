package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.time.Patience;

/**
 * The operator's webhook. Whether the API server asks it is decided here, so that what happens
 * without it can be seen as well.
 */
public final class Webhook {
  private static final String NAME = "mdev-migration";
  private static final int TIMEOUT_SECONDS = 5;

  private final KubernetesClient client;
  private final ServingCertificate certificate;
  private final int port;

  Webhook(KubernetesClient client, ServingCertificate certificate, int port) {
    this.client = client;
    this.certificate = certificate;
    this.port = port;
  }

  /** How the operator is started that serves it, in a mode. */
  String[] operatorArguments(String mode) {
    return new String[] {
      "--unwanted-grace=2s",
      "--kubevirt-mode=" + mode,
      "--webhook-port=" + port,
      "--webhook-certificate=" + certificate.certificate(),
      "--webhook-key=" + certificate.key()
    };
  }

  /** Has the API server ask it from now on; returns once it is asked and answers. */
  public void register() {
    client.resource(configuration(port, "Fail")).create();
    Patience.until(
        "the operator's webhook to answer",
        () -> VirtualMachine.isMissed(client),
        () -> "see operator.log");
  }

  /** Has the API server ask where nobody answers, and go on without an answer. */
  public void registerUnreachable() {
    client.resource(configuration(Ports.free(), "Ignore")).create();
  }

  private MutatingWebhookConfiguration configuration(int askedPort, String failurePolicy) {
    return new MutatingWebhookConfigurationBuilder()
        .withNewMetadata()
        .withName(NAME)
        .endMetadata()
        .addNewWebhook()
        .withName("migrations.mdevmigration.io")
        .withNewClientConfig()
        .withUrl("https://127.0.0.1:" + askedPort + "/migrations")
        .withCaBundle(certificate.caBundle())
        .endClientConfig()
        .addNewRule()
        .withApiGroups(KubeVirtResources.GROUP)
        .withApiVersions("v1", "v1alpha3")
        .withOperations("CREATE")
        .withResources("virtualmachineinstancemigrations")
        .endRule()
        .withAdmissionReviewVersions("v1")
        .withSideEffects("NoneOnDryRun")
        .withTimeoutSeconds(TIMEOUT_SECONDS)
        .withFailurePolicy(failurePolicy)
        .endWebhook()
        .build();
  }

  /** Has the API server ask it no more; nothing if it does not. */
  public void unregister() {
    client.admissionRegistration().v1().mutatingWebhookConfigurations().withName(NAME).delete();
  }
}
