package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * The operator's webhook. Whether the API server asks it is decided here, so that what happens
 * without it can be seen as well.
 */
public final class Webhook {
  private static final String NAME = "mdev-migration";
  private static final int TIMEOUT_SECONDS = 5;

  /** What the API server does with a migration while the webhook cannot be asked. */
  public enum FailurePolicy {
    IGNORE("Ignore"),
    FAIL("Fail");

    private final String word;

    FailurePolicy(String word) {
      this.word = word;
    }
  }

  private final KubernetesClient client;
  private final ServingCertificate certificate;
  private final int port;

  Webhook(KubernetesClient client, ServingCertificate certificate, int port) {
    this.client = client;
    this.certificate = certificate;
    this.port = port;
  }

  /** How the operator is started that serves it. */
  String[] operatorArguments() {
    return new String[] {
      "--unwanted-grace=2s",
      "--kubevirt-mode=Steer",
      "--webhook-port=" + port,
      "--webhook-certificate=" + certificate.certificate(),
      "--webhook-key=" + certificate.key()
    };
  }

  /** Has the API server ask it from now on; returns once it is asked and answers. */
  public void register(FailurePolicy policy) {
    MutatingWebhookConfiguration configuration =
        new MutatingWebhookConfigurationBuilder()
            .withNewMetadata()
            .withName(NAME)
            .endMetadata()
            .addNewWebhook()
            .withName("migrations.mdevmigration.io")
            .withNewClientConfig()
            .withUrl("https://127.0.0.1:" + port + "/migrations")
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
            .withFailurePolicy(FailurePolicy.FAIL.word)
            .endWebhook()
            .build();
    client.resource(configuration).create();
    Patience.until(
        "the operator's webhook to answer",
        () -> VirtualMachine.isMissed(client),
        () -> "see operator.log");
    if (policy != FailurePolicy.FAIL) {
      client
          .admissionRegistration()
          .v1()
          .mutatingWebhookConfigurations()
          .withName(NAME)
          .edit(
              found -> {
                found.getWebhooks().get(0).setFailurePolicy(policy.word);
                return found;
              });
    }
  }

  /** Has the API server ask it no more; nothing if it does not. */
  public void unregister() {
    client.admissionRegistration().v1().mutatingWebhookConfigurations().withName(NAME).delete();
  }
}
