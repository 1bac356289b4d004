package io.mdevmigration.operator.kubevirt.need;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** The namespace and name of an object. */
public record ObjectName(String namespace, String name) {
  public ObjectName {
    requireNonNull(namespace, "namespace");
    requireNonNull(name, "name");
  }

  /** Of an object as the API server gives it. */
  public static ObjectName of(HasMetadata object) {
    return new ObjectName(object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  /**
   * Reads what {@link #toString()} writes.
   *
   * @throws IllegalArgumentException without a slash
   */
  public static ObjectName parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(text + " is not namespace/name");
    }
    return new ObjectName(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
