package io.mdevmigration.crds;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** How a client of ours reads and writes objects. */
public final class ClientSerialization {
  private ClientSerialization() {}

  /**
   * A serialization that knows no kind but {@code Status}, by which a watch tells of an error. The
   * client's own learns every kind of Kubernetes with the first event of a watch, 700 classes that
   * stay in memory. Whoever watches a kind registers it: an object of any other comes out the same,
   * by way of a generic one. Equal strings of different objects are shared where that is cheap.
   */
  public static KubernetesSerialization create() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.registerModule(
        new SimpleModule("shared strings").addDeserializer(String.class, new SharedStrings()));
    KubernetesSerialization serialization = new KubernetesSerialization(mapper, false);
    serialization.registerKubernetesResource(Status.class);
    return serialization;
  }
}
