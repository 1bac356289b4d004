package io.mdevmigration.operator.kubevirt.certificate;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.ApiFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate that the operator keeps by itself: in a Secret that the replicas share and that the
 * installation creates empty. The leader writes it, and tells the API server whom to trust, in the
 * {@code caBundle} of the webhook configuration and nowhere else.
 */
public final class ManagedCertificate implements CertificateSource {
  private static final Logger log = LoggerFactory.getLogger(ManagedCertificate.class);

  /**
   * How a certificate is kept.
   *
   * @param namespace of the Secret and of the Service
   * @param secret the Secret
   * @param service by whose name the API server calls
   * @param webhook the MutatingWebhookConfiguration
   * @param life how long a certificate lasts; longer than {@code renew} by the settling at least
   * @param renew how long before its end the next one is made; at least twice the settling
   * @param settle how long the next one is trusted before it is shown: longer than any API server
   *     takes to learn of it
   */
  public record Terms(
      String namespace,
      String secret,
      String service,
      String webhook,
      Duration life,
      Duration renew,
      Duration settle) {
    /**
     * Terms.
     *
     * @throws IllegalArgumentException if the times do not fit together
     */
    public Terms {
      if (settle.isNegative()
          || settle.isZero()
          || renew.compareTo(settle.multipliedBy(2)) < 0
          || life.compareTo(renew.plus(settle)) < 0) {
        throw new IllegalArgumentException(
            ("a certificate cannot last %s, be renewed %s before its end and trusted %s before it"
                    + " is shown: the second must be at least twice the third, and the first at"
                    + " least as long as both")
                .formatted(text(life), text(renew), text(settle)));
      }
    }

    private static String text(Duration duration) {
      return duration.toSeconds() + " s";
    }

    private List<String> dnsNames() {
      String name = service + "." + namespace;
      return List.of(name + ".svc", name + ".svc.cluster.local", name, service);
    }
  }

  private final KubernetesClient client;
  private final Terms terms;
  private final InstantSource clock;
  private final Issuer issuer;
  private Optional<Serving> shown = Optional.empty();

  /**
   * A certificate.
   *
   * @param client who reads and writes
   * @param terms how it is kept
   * @param clock the time
   */
  public ManagedCertificate(KubernetesClient client, Terms terms, InstantSource clock) {
    this.client = client;
    this.terms = terms;
    this.clock = clock;
    this.issuer = new Issuer(terms.dnsNames(), terms.life());
  }

  @Override
  public synchronized Optional<Serving> look(boolean leading) {
    try {
      rotation(leading).map(r -> r.current().serving()).ifPresent(s -> shown = Optional.of(s));
    } catch (KubernetesClientException e) {
      log.warn(
          "the webhook's certificate in Secret {}/{} cannot be kept: {}",
          terms.namespace(),
          terms.secret(),
          ApiFailure.reason(e));
    }
    return shown;
  }

  private Optional<Rotation> rotation(boolean leading) {
    Secret secret = client.secrets().inNamespace(terms.namespace()).withName(terms.secret()).get();
    if (secret == null) {
      log.warn(
          "there is no Secret {}/{} for the webhook's certificate: kubectl apply -f deploy/kubevirt/",
          terms.namespace(),
          terms.secret());
      return Optional.empty();
    }
    Optional<Rotation> stored = Rotation.read(decoded(secret));
    if (!leading) {
      return stored;
    }
    if (stored.isPresent() && !isTrusted(stored.get())) {
      // What nobody trusts yet must not be shown, and what comes next must not be begun.
      return stored;
    }
    Rotation due =
        stored
            .map(s -> s.at(clock.instant(), times(), issuer::issue))
            .orElseGet(() -> Rotation.first(issuer.issue(clock.instant())));
    if (!stored.equals(Optional.of(due))) {
      write(secret, due);
      log.info("the webhook's certificate has been {}", what(stored, due));
      isTrusted(due);
    }
    return Optional.of(due);
  }

  private static String what(Optional<Rotation> before, Rotation after) {
    if (before.filter(b -> b.current().equals(after.current())).isPresent()) {
      return "followed by the next, which is not shown yet";
    }
    return before.isEmpty() ? "made" : "replaced by the next";
  }

  private Rotation.Times times() {
    return new Rotation.Times(terms.renew(), terms.settle());
  }

  /** Has the API server trust all of these; whether it does, or will as soon as it has learned. */
  private boolean isTrusted(Rotation rotation) {
    MutatingWebhookConfiguration configuration =
        client
            .admissionRegistration()
            .v1()
            .mutatingWebhookConfigurations()
            .withName(terms.webhook())
            .get();
    if (configuration == null) {
      log.warn(
          "there is no MutatingWebhookConfiguration {}, so that no migration is steered: kubectl"
              + " apply -f deploy/kubevirt/",
          terms.webhook());
      return false;
    }
    String bundle = encoded(rotation.bundle());
    ArrayNode patch = patch(configuration, bundle);
    if (patch.size() > 1) {
      client
          .admissionRegistration()
          .v1()
          .mutatingWebhookConfigurations()
          .withName(terms.webhook())
          .patch(PatchContext.of(PatchType.JSON), patch.toString());
      log.info("MutatingWebhookConfiguration {}: caBundle set", terms.webhook());
    }
    return true;
  }

  /** Besides the test of the version, one entry for each webhook that has another bundle. */
  private static ArrayNode patch(MutatingWebhookConfiguration configuration, String bundle) {
    ArrayNode patch = JsonNodeFactory.instance.arrayNode();
    patch
        .addObject()
        .put("op", "test")
        .put("path", "/metadata/resourceVersion")
        .put("value", configuration.getMetadata().getResourceVersion());
    List<MutatingWebhook> webhooks = configuration.getWebhooks();
    for (int i = 0; i < webhooks.size(); i++) {
      if (!Objects.equals(webhooks.get(i).getClientConfig().getCaBundle(), bundle)) {
        patch
            .addObject()
            .put("op", "add")
            .put("path", "/webhooks/" + i + "/clientConfig/caBundle")
            .put("value", bundle);
      }
    }
    return patch;
  }

  /** Fails if somebody has written it since it was read. */
  private void write(Secret read, Rotation rotation) {
    Secret written =
        new SecretBuilder(read)
            .withData(
                rotation.write().entrySet().stream()
                    .collect(toMap(Map.Entry::getKey, e -> encoded(e.getValue()))))
            .build();
    client.secrets().inNamespace(terms.namespace()).resource(written).update();
  }

  private static Map<String, String> decoded(Secret secret) {
    return Optional.ofNullable(secret.getData()).orElse(Map.of()).entrySet().stream()
        .collect(
            toMap(
                Map.Entry::getKey,
                e ->
                    new String(
                        Base64.getDecoder().decode(e.getValue()), StandardCharsets.US_ASCII)));
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}
