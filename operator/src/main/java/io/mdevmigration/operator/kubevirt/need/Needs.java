package io.mdevmigration.operator.kubevirt.need;

import static java.util.stream.Collectors.toSet;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.kubevirt.need.Need.Classes;
import io.mdevmigration.operator.kubevirt.need.Need.Nothing;
import io.mdevmigration.operator.kubevirt.need.Need.Unclear;
import io.mdevmigration.operator.kubevirt.need.Need.Why;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds out what a VMI needs, from what is stored. */
public final class Needs {
  private Needs() {}

  /**
   * What a VMI needs.
   *
   * @param vmi the VMI
   * @param permitted what the KubeVirt object permits; empty if there is none to go by
   * @param fleet what the nodes publish
   * @param now the time
   */
  public static Need of(Vmi vmi, Optional<PermittedDevices> permitted, Fleet fleet, Instant now) {
    if (!vmi.hasDevice()) {
      return new Nothing();
    }
    if (permitted.isEmpty()) {
      return new Unclear(
          Why.NO_KUBEVIRT,
          "VMI %s has a host device, and no single KubeVirt object says which devices are mdevs"
              .formatted(vmi.name()));
    }
    if (permitted.get().pciResources().containsAll(vmi.gpus())
        && vmi.hostDevices().stream().noneMatch(permitted.get().mdevNames()::containsKey)) {
      return new Nothing();
    }
    return device(vmi, permitted.get())
        .<Need>map(why -> why)
        .orElseGet(() -> ofRunning(vmi, permitted.get(), fleet, now));
  }

  /** Why no one device can be named; empty if one can. */
  private static Optional<Unclear> device(Vmi vmi, PermittedDevices permitted) {
    if (!vmi.hostDevices().isEmpty()) {
      return Optional.of(
          new Unclear(
              Why.HOST_DEVICES,
              ("VMI %s has spec.domain.devices.hostDevices, with which KubeVirt migrates no mdev;"
                      + " put its one mdev under gpus")
                  .formatted(vmi.name())));
    }
    if (vmi.gpus().size() > 1) {
      return Optional.of(
          new Unclear(
              Why.SEVERAL_GPUS,
              "VMI %s has %d GPUs, and KubeVirt migrates VMIs with one"
                  .formatted(vmi.name(), vmi.gpus().size())));
    }
    String resource = vmi.gpus().get(0);
    if (resource.isEmpty()) {
      return Optional.of(
          new Unclear(
              Why.CLAIMED,
              "the GPU of VMI %s comes from a ResourceClaim, which does not tell its mdev type"
                  .formatted(vmi.name())));
    }
    return permitted.mdevNames().containsKey(resource)
        ? Optional.empty()
        : Optional.of(
            new Unclear(
                Why.NOT_PERMITTED,
                "resource %s of VMI %s is not among the KubeVirt object's permittedHostDevices"
                    .formatted(resource, vmi.name())));
  }

  private static Need ofRunning(Vmi vmi, PermittedDevices permitted, Fleet fleet, Instant now) {
    if (!vmi.isRunning()) {
      return new Unclear(
          Why.NOT_RUNNING,
          "VMI %s is %s, and only a running VMI has a device that is known"
              .formatted(vmi.name(), vmi.phase().orElse("not started")));
    }
    if (vmi.immovable().isPresent()) {
      return permitted.migratesGpus()
          ? new Unclear(
              Why.NOT_MIGRATABLE,
              "KubeVirt says that VMI %s cannot migrate (%s)"
                  .formatted(vmi.name(), vmi.immovable().get()))
          : new Unclear(
              Why.GATE_OFF,
              "KubeVirt says that VMI %s cannot migrate (%s), and its feature gate %s is not set"
                  .formatted(vmi.name(), vmi.immovable().get(), PermittedDevices.GATE));
    }
    if (vmi.node().isEmpty()) {
      return new Unclear(Why.NO_NODE, "VMI %s has no status.nodeName".formatted(vmi.name()));
    }
    String node = vmi.node().get();
    Optional<NodeReport> report =
        fleet
            .report(node)
            .filter(r -> fleet.node(node).filter(r::belongsTo).isPresent())
            .filter(r -> fleet.node(node).filter(r::isBeforeBootOf).isEmpty());
    if (report.isEmpty()) {
      return new Unclear(
          Why.NODE_NOT_PUBLISHED,
          "node %s has no MdevNodeState of its present boot: see whether the daemon runs there"
              .formatted(node));
    }
    return onNode(report.get(), vmi.gpus().get(0), permitted, now);
  }

  private static Need onNode(
      NodeReport report, String resource, PermittedDevices permitted, Instant now) {
    Set<String> names = permitted.mdevNames().get(resource);
    Set<String> types = typesNamed(names, report.types().values());
    if (types.isEmpty()) {
      return new Unclear(
          Why.TYPE_UNKNOWN,
          "node %s shows no mdev type of the name %s that resource %s stands for"
              .formatted(report.name(), sorted(names), resource));
    }
    if (types.size() > 1) {
      return new Unclear(
          Why.TYPE_AMBIGUOUS,
          ("resource %s stands for several types on node %s (%s), and which one a VMI has is not"
                  + " known")
              .formatted(resource, report.name(), sorted(types)));
    }
    String type = types.iterator().next();
    List<MdevClass> classes =
        report.publishedOf(type).stream().sorted(Comparator.comparing(MdevClass::digest)).toList();
    return classes.isEmpty()
        ? new Unclear(
            Why.NO_VERSION,
            "the driver of node %s publishes no version for type %s%s"
                .formatted(
                    report.name(), type, problems(report, type).map(" (%s)"::formatted).orElse("")))
        : new Classes(report.name(), resource, type, classes, doubt(report, type, now));
  }

  /** The full types that KubeVirt knows by one of these names. */
  public static Set<String> typesNamed(Set<String> names, Collection<OfferedType> types) {
    return types.stream()
        .filter(type -> names.contains(PermittedDevices.nameOf(type)))
        .map(OfferedType::type)
        .collect(toSet());
  }

  private static Optional<String> doubt(NodeReport report, String type, Instant now) {
    boolean allPublish =
        report.offersOf(type).values().stream()
            .map(ParentType::version)
            .allMatch(digest -> digest != null && report.published().containsKey(digest));
    if (!allPublish) {
      return Optional.of(
          "not every parent of type %s on node %s publishes a version%s"
              .formatted(
                  type, report.name(), problems(report, type).map(" (%s)"::formatted).orElse("")));
    }
    if (!report.complete()) {
      return Optional.of("node %s could not be read in full".formatted(report.name()));
    }
    return report.isFresh(now)
        ? Optional.empty()
        : Optional.of(
            "the daemon of node %s has confirmed nothing for %d hours"
                .formatted(report.name(), NodeReport.AGE_MAX.toHours()));
  }

  private static Optional<String> problems(NodeReport report, String type) {
    return report.offersOf(type).values().stream()
        .flatMap(offer -> Optional.ofNullable(offer.problem()).stream())
        .map(Problem::reason)
        .distinct()
        .sorted()
        .reduce((one, other) -> one + ", " + other);
  }

  private static String sorted(Collection<String> names) {
    return names.stream().sorted().collect(Collectors.joining(", "));
  }
}
