package io.mdevmigration.operator.kubevirt.need;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Builds VMIs and what KubeVirt permits, as tests need them. */
public final class Vmis {
  public static final String RESOURCE = "sample.io/A";
  public static final String TYPE = "sample-A";
  public static final ObjectName NAME = new ObjectName("shop", "till");
  public static final PermittedDevices PERMITTED =
      new PermittedDevices(Map.of(RESOURCE, Set.of(TYPE)), Set.of("sample.io/whole"), true);

  private Vmis() {}

  /** Runs on a node and has one device. */
  public static Vmi on(String node) {
    return with(List.of(RESOURCE), List.of(), "Running", Optional.of(node), Optional.empty());
  }

  public static Vmi with(List<String> gpus, List<String> hostDevices) {
    return with(gpus, hostDevices, "Running", Optional.of("src"), Optional.empty());
  }

  public static Vmi with(
      List<String> gpus,
      List<String> hostDevices,
      String phase,
      Optional<String> node,
      Optional<String> immovable) {
    return new Vmi(
        NAME, "uid-till", Optional.of(phase), node, gpus, hostDevices, Map.of(), immovable);
  }
}
