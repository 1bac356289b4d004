package io.mdevmigration.operator.kubevirt.need;

import io.mdevmigration.operator.kubevirt.api.VirtualMachineInstance;
import io.mdevmigration.operator.kubevirt.api.VmiSpec;
import io.mdevmigration.operator.kubevirt.api.VmiStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The few things of a VMI that decisions are made from.
 *
 * @param name its namespace and name
 * @param uid tells it from a later one of the same name
 * @param phase KubeVirt's word for how it is; empty at first
 * @param node where it runs
 * @param gpus the resource of each of its GPUs; empty text where a ResourceClaim gives the device
 * @param hostDevices the same of its other host devices
 * @param nodeSelector what any node of it has to carry
 * @param immovable why KubeVirt says that it cannot migrate; empty if it does not
 */
public record Vmi(
    ObjectName name,
    String uid,
    Optional<String> phase,
    Optional<String> node,
    List<String> gpus,
    List<String> hostDevices,
    Map<String, String> nodeSelector,
    Optional<String> immovable) {
  private static final String RUNNING = "Running";

  public Vmi {
    gpus = List.copyOf(gpus);
    hostDevices = List.copyOf(hostDevices);
    nodeSelector = Map.copyOf(nodeSelector);
  }

  /** Of an object as the API server gives it. */
  public static Vmi of(VirtualMachineInstance object) {
    Optional<VmiSpec> spec = Optional.ofNullable(object.getSpec());
    Optional<VmiSpec.Devices> devices = spec.map(VmiSpec::domain).map(domain -> domain.devices());
    Optional<VmiStatus> status = Optional.ofNullable(object.getStatus());
    return new Vmi(
        ObjectName.of(object),
        object.getMetadata().getUid(),
        status.map(VmiStatus::phase).filter(text -> !text.isEmpty()),
        status.map(VmiStatus::nodeName).filter(text -> !text.isEmpty()),
        resources(devices.map(VmiSpec.Devices::gpus)),
        resources(devices.map(VmiSpec.Devices::hostDevices)),
        spec.map(VmiSpec::nodeSelector).orElse(Map.of()),
        status.flatMap(Vmi::immovable));
  }

  /**
   * Whether KubeVirt has it run. Only then is its status to be believed: until then its owner may
   * write it, because VMIs have no status of their own right.
   */
  public boolean isRunning() {
    return phase.filter(RUNNING::equals).isPresent();
  }

  /** Whether it has any device of its host; without one it is no business of this project. */
  public boolean hasDevice() {
    return !gpus.isEmpty() || !hostDevices.isEmpty();
  }

  private static List<String> resources(Optional<List<VmiSpec.Device>> devices) {
    return devices.orElse(List.of()).stream()
        .map(device -> Optional.ofNullable(device.deviceName()).orElse(""))
        .toList();
  }

  private static Optional<String> immovable(VmiStatus status) {
    return Optional.ofNullable(status.conditions()).stream()
        .flatMap(List::stream)
        .filter(c -> "LiveMigratable".equals(c.type()) && "False".equals(c.status()))
        .map(
            c ->
                Stream.of(c.reason(), c.message())
                    .filter(text -> text != null && !text.isEmpty())
                    .reduce((reason, message) -> reason + ": " + message)
                    .orElse("no reason given"))
        .findFirst();
  }
}
