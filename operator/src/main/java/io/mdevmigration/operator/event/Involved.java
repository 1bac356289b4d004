package io.mdevmigration.operator.event;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Api;
import io.mdevmigration.operator.fleet.NodeFacts;
import java.util.Optional;

/**
 * The object that an event is about.
 *
 * @param apiVersion its group and version
 * @param kind its kind
 * @param name its name
 * @param uid tells it from a later one of the same name
 * @param namespace its namespace; empty for a cluster-scoped object
 */
public record Involved(
    String apiVersion, String kind, String name, String uid, Optional<String> namespace) {
  public Involved {
    requireNonNull(namespace, "namespace");
    requireNonNull(apiVersion, "apiVersion");
    requireNonNull(kind, "kind");
    requireNonNull(name, "name");
    requireNonNull(uid, "uid");
  }

  /** A cluster-scoped object. */
  public Involved(String apiVersion, String kind, String name, String uid) {
    this(apiVersion, kind, name, uid, Optional.empty());
  }

  /** A Node. */
  public static Involved node(NodeFacts node) {
    return new Involved("v1", "Node", node.name(), node.uid());
  }

  /** A MigrationCompatibility. */
  public static Involved compatibility(String name, String uid) {
    return new Involved(Api.GROUP + "/" + Api.VERSION, "MigrationCompatibility", name, uid);
  }
}
