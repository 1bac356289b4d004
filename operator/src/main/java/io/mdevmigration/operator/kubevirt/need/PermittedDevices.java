package io.mdevmigration.operator.kubevirt.need;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;

import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.operator.kubevirt.api.KubeVirt;
import io.mdevmigration.operator.kubevirt.api.KubeVirtSpec;
import io.mdevmigration.operator.kubevirt.api.KubeVirtSpec.PermittedHostDevices;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which devices VMs may have, by the KubeVirt object.
 *
 * @param mdevNames resource to the names of mdev types behind it, as {@link #normalised}; several
 *     where different nodes have different types under one resource
 * @param pciResources resources that are whole PCI devices
 * @param migratesGpus whether the feature gate is named without which KubeVirt 1.9 migrates no
 *     vGPU; later versions need not name it
 */
public record PermittedDevices(
    Map<String, Set<String>> mdevNames, Set<String> pciResources, boolean migratesGpus) {
  /** KubeVirt 1.9: live migration of a VMI with one vGPU. */
  public static final String GATE = "VGPULiveMigration";

  public PermittedDevices {
    mdevNames = Map.copyOf(mdevNames);
    pciResources = Set.copyOf(pciResources);
  }

  /** What an object permits. */
  public static PermittedDevices of(KubeVirt object) {
    Optional<KubeVirtSpec.Configuration> configuration =
        Optional.ofNullable(object.getSpec()).map(KubeVirtSpec::configuration);
    Optional<PermittedHostDevices> permitted =
        configuration.map(KubeVirtSpec.Configuration::permittedHostDevices);
    return new PermittedDevices(
        permitted.map(PermittedHostDevices::mediatedDevices).orElse(List.of()).stream()
            .filter(device -> device.resourceName() != null && device.mdevNameSelector() != null)
            .collect(
                groupingBy(
                    KubeVirtSpec.MediatedDevice::resourceName,
                    mapping(device -> normalised(device.mdevNameSelector()), toSet()))),
        permitted.map(PermittedHostDevices::pciHostDevices).orElse(List.of()).stream()
            .map(KubeVirtSpec.PciHostDevice::resourceName)
            .filter(name -> name != null)
            .collect(toSet()),
        configuration
            .map(KubeVirtSpec.Configuration::developerConfiguration)
            .map(KubeVirtSpec.DeveloperConfiguration::featureGates)
            .filter(gates -> gates.contains(GATE))
            .isPresent());
  }

  /** Every name of an mdev type that some resource stands for. */
  public Set<String> allMdevNames() {
    return mdevNames.values().stream().flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The name by which KubeVirt knows a type: the content of its {@code name}, or where there is
   * none its directory, with spaces replaced (virt-handler's device manager, v1.9).
   */
  public static String nameOf(OfferedType type) {
    return normalised(
        Optional.ofNullable(type.name()).filter(name -> !name.isEmpty()).orElse(type.type()));
  }

  static String normalised(String name) {
    return name.strip().replace(' ', '_');
  }
}
