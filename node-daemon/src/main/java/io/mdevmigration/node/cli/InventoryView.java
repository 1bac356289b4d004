package io.mdevmigration.node.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mdevmigration.crds.Driver;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.node.sysfs.Printable;
import java.util.List;

/** The inventory as the command line shows it. Fields are null where there is nothing. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record InventoryView(
    boolean complete,
    List<String> notes,
    String bootID,
    String kernelRelease,
    List<ParentView> parents,
    List<InstanceView> instances) {

  /** A parent. */
  record ParentView(String parent, String device, Driver driver, List<TypeView> types) {}

  /** An mdev device that exists. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record InstanceView(String uuid, String parent, String type) {}

  static InventoryView of(Host host) {
    var published = host.inventory().published();
    return new InventoryView(
        host.isComplete(),
        host.notes(),
        published.bootID(),
        published.kernelRelease(),
        host.scan().parents().stream()
            .map(
                parent ->
                    new ParentView(
                        parent.name(),
                        printable(parent.device().toString()),
                        driver(host, parent.name()),
                        parent.types().stream()
                            .map(type -> TypeView.of(parent, type, published))
                            .toList()))
            .toList(),
        host.scan().instances().stream()
            .map(
                instance ->
                    new InstanceView(
                        printable(instance.uuid()),
                        instance.parent().map(InventoryView::printable).orElse(null),
                        instance.type().map(InventoryView::printable).orElse(null)))
            .toList());
  }

  String table() {
    Table types = new Table("PARENT", "TYPE", "NAME", "API", "FREE", "DRIVER", "VERSION");
    for (ParentView parent : parents) {
      String driver =
          parent.driver().version() == null
              ? parent.driver().name()
              : parent.driver().name() + " " + parent.driver().version();
      if (parent.types().isEmpty()) {
        types.add(parent.parent(), "", "", "", "", driver, "");
      }
      for (TypeView type : parent.types()) {
        types.add(
            parent.parent(),
            type.type(),
            orEmpty(type.name()),
            orEmpty(type.deviceAPI()),
            orEmpty(type.availableInstances()),
            driver,
            type.versionCell());
      }
    }
    Table devices = new Table("DEVICE", "PARENT", "TYPE");
    instances.forEach(i -> devices.add(i.uuid(), orEmpty(i.parent()), orEmpty(i.type())));
    return (parents.isEmpty() ? "no mdev parents\n" : types.toString())
        + (instances.isEmpty() ? "" : "\n" + devices);
  }

  private static Driver driver(Host host, String parent) {
    return host.inventory().published().parentGroups().stream()
        .filter(group -> group.parents().contains(parent))
        .map(ParentGroup::driver)
        .findFirst()
        .orElseThrow();
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  private static String printable(String text) {
    return Printable.of(text, Integer.MAX_VALUE);
  }
}
