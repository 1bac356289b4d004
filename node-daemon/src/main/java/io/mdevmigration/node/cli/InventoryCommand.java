package io.mdevmigration.node.cli;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.Posix;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows this host. */
@Command(
    name = "inventory",
    description = {
      "Shows this host's mdev parents, their types with capacity and version, and the mdev devices.",
      "Exit status: 0, or 3 if something could not be read."
    })
final class InventoryCommand implements Callable<Integer> {
  private final Posix posix;

  @Spec private CommandSpec spec;
  @Mixin private KernelOptions kernel;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "One of: ${COMPLETION-CANDIDATES} (default: table).")
  private Output output;

  InventoryCommand(Posix posix) {
    this.posix = requireNonNull(posix, "posix");
  }

  @Override
  public Integer call() {
    Host host = Host.read(posix, kernel.options(), kernel.isNamed());
    InventoryView view = InventoryView.of(host);
    new Printer(spec).print(output, view, view::table, host.notes());
    return host.isComplete() ? ExitStatus.OK : ExitStatus.UNKNOWN;
  }
}
