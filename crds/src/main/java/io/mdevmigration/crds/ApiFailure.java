package io.mdevmigration.crds;

import static java.util.function.Predicate.not;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Why a request to the API server failed. */
public final class ApiFailure {
  private static final int UNPROCESSABLE = 422;

  /** What the API server says where it has nothing to say. */
  private static final String GENERIC =
      "the server rejected our request due to an error in our request";

  private ApiFailure() {}

  /**
   * The reason, for a log: what the API server said where it said something, otherwise the
   * failure's message and what it came from. The client's own message repeats the request and the
   * whole answer.
   */
  public static String reason(Throwable failure) {
    return causes(failure)
        .filter(KubernetesClientException.class::isInstance)
        .map(KubernetesClientException.class::cast)
        .flatMap(refused -> said(refused).stream())
        .findFirst()
        .orElseGet(() -> withRoot(failure));
  }

  /**
   * Whether a JSON patch did not fit its object, one of its {@code test} operations for example:
   * the object is not what it was taken for. The API server names no cause then; it does where the
   * object that comes out is invalid (apiserver, {@code endpoints/handlers/patch.go}).
   */
  public static boolean isUnfitPatch(KubernetesClientException refused) {
    return refused.getCode() == UNPROCESSABLE
        && Optional.ofNullable(refused.getStatus())
            .map(Status::getDetails)
            .map(details -> Optional.ofNullable(details.getCauses()).orElse(List.of()))
            .filter(not(List::isEmpty))
            .isEmpty();
  }

  /** The failure itself, what caused it, what caused that, and so on. */
  public static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
  }

  /** The last of them. */
  public static Throwable root(Throwable failure) {
    return causes(failure).reduce(failure, (outer, inner) -> inner);
  }

  private static Optional<String> said(KubernetesClientException refused) {
    return Optional.ofNullable(refused.getStatus())
        .map(Status::getMessage)
        .filter(not(String::isBlank))
        .map(
            message ->
                message.equals(GENERIC) && isUnfitPatch(refused)
                    ? "the object is not what it was when it was last read"
                    : message)
        .map(message -> "%s (HTTP %d)".formatted(message, refused.getCode()));
  }

  /** The client says "an error has occurred" where its root cause says which. */
  private static String withRoot(Throwable failure) {
    String said = Optional.ofNullable(failure.getMessage()).orElseGet(failure::toString);
    Throwable root = root(failure);
    String more = Optional.ofNullable(root.getMessage()).orElseGet(root::toString);
    return said.contains(more) ? said : "%s (%s)".formatted(said, root);
  }
}
