package io.mdevmigration.crds;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** How a client of ours reads and writes objects. */
public final class ClientSerialization {
  private ClientSerialization() {}

  /**
   * A serialization that knows no kind but {@code Status}, by which a watch tells of an error. The
   * client's own learns every kind of Kubernetes with the first event of a watch, 700 classes that
   * stay in memory. Whoever watches a kind registers it: an object of any other comes out the same,
   * by way of a generic one.
   */
  public static KubernetesSerialization create() {
    KubernetesSerialization serialization = new KubernetesSerialization(new ObjectMapper(), false);
    serialization.registerKubernetesResource(Status.class);
    return serialization;
  }
}
