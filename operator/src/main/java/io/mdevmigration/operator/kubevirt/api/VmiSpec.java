package io.mdevmigration.operator.kubevirt.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;

/** What is read of a VMI's spec. Null is what the object does not have. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record VmiSpec(Domain domain, Map<String, String> nodeSelector) {

  /** {@code spec.domain}. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Domain(Devices devices) {}

  /** {@code spec.domain.devices}. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Devices(List<Device> gpus, List<Device> hostDevices) {}

  /**
   * A GPU or another device of the host.
   *
   * @param deviceName the resource that the kubelet counts; null where a ResourceClaim gives it
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Device(String deviceName) {}
}
