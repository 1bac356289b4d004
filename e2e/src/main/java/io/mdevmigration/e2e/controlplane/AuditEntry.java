package io.mdevmigration.e2e.controlplane;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Set;

/**
 * One request that the API server has answered.
 *
 * @param verb Kubernetes' verb: get, list, watch, create, update, patch, delete, deletecollection
 * @param group API group, "" for the core group
 * @param resource plural, such as "nodes"; "" for a path that is no resource
 * @param subresource such as "status", or ""
 * @param namespace or ""
 * @param name or "" where the request names no object
 * @param userAgent as the client sent it, or ""
 * @param user who sent the request
 * @param impersonated as whom, or ""
 * @param code HTTP status of the answer; 0 if there was none
 * @param uri the path and query
 * @param received when the request arrived
 * @param completed when it was answered
 */
public record AuditEntry(
    String verb,
    String group,
    String resource,
    String subresource,
    String namespace,
    String name,
    String userAgent,
    String user,
    String impersonated,
    int code,
    String uri,
    Instant received,
    Instant completed) {
  private static final Set<String> WRITES =
      Set.of("create", "update", "patch", "delete", "deletecollection");

  static AuditEntry of(JsonNode event) {
    JsonNode object = event.path("objectRef");
    return new AuditEntry(
        event.path("verb").asText(),
        object.path("apiGroup").asText(),
        object.path("resource").asText(),
        object.path("subresource").asText(),
        object.path("namespace").asText(),
        object.path("name").asText(),
        event.path("userAgent").asText(),
        event.path("user").path("username").asText(),
        event.path("impersonatedUser").path("username").asText(),
        event.path("responseStatus").path("code").asInt(),
        event.path("requestURI").asText(),
        Instant.parse(event.path("requestReceivedTimestamp").asText()),
        Instant.parse(event.path("stageTimestamp").asText()));
  }

  /** Whether the request asked for a change, granted or not; dry runs count. */
  public boolean isWrite() {
    return WRITES.contains(verb);
  }

  /** Whether it is about an Event of either group. */
  public boolean isEvent() {
    return resource.equals("events") && (group.isEmpty() || group.equals("events.k8s.io"));
  }

  /** Whether it is about a Lease. */
  public boolean isLease() {
    return resource.equals("leases") && group.equals("coordination.k8s.io");
  }

  /**
   * Whether the user agent is this product: the name alone or followed by a version or a comment.
   */
  public boolean isBy(String product) {
    return userAgent.equals(product)
        || userAgent.startsWith(product + "/")
        || userAgent.startsWith(product + " ");
  }
}
