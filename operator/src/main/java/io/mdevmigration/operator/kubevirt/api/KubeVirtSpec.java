package io.mdevmigration.operator.kubevirt.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/** What is read of a KubeVirt object's spec. Null is what the object does not have. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KubeVirtSpec(Configuration configuration) {

  /** {@code spec.configuration}. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Configuration(
      DeveloperConfiguration developerConfiguration, PermittedHostDevices permittedHostDevices) {}

  /** {@code spec.configuration.developerConfiguration}. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record DeveloperConfiguration(List<String> featureGates) {}

  /** {@code spec.configuration.permittedHostDevices}. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PermittedHostDevices(
      List<PciHostDevice> pciHostDevices, List<MediatedDevice> mediatedDevices) {}

  /** A whole PCI device that VMs may have. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PciHostDevice(String resourceName) {}

  /**
   * An mdev type that VMs may have.
   *
   * @param mdevNameSelector the type's name
   * @param resourceName under which the kubelet counts its devices, and VMIs ask for one
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record MediatedDevice(String mdevNameSelector, String resourceName) {}
}
