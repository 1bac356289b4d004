package io.mdevmigration.node.cli;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.node.inventory.VersionString;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.sysfs.FileName;
import io.mdevmigration.node.sysfs.ScannedParent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks this host, once. */
@Command(
    name = "check",
    description = {
      "Asks this host's drivers whether a device of a type and version could migrate to here.",
      "Every parent that offers the type is asked; the worst answer is the host's.",
      "Exit status: 0 compatible, 1 incompatible, 2 unsupported, 3 unknown, 64 wrong usage."
    })
final class CheckCommand implements Callable<Integer> {
  private static final String STDIN = "-";

  private final Posix posix;
  private final InputStream stdin;

  @Spec private CommandSpec spec;
  @Mixin private KernelOptions kernel;

  @Parameters(
      index = "0",
      paramLabel = "TYPE",
      description = "Full mdev type, for example i915-GVTg_V5_4.")
  private String type;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      description =
          "Version string as the source's version attribute gives it; - reads it from"
              + " standard input.")
  private String version;

  @Option(
      names = "--version-file",
      paramLabel = "FILE",
      description = "File that holds the version string, instead of VERSION; - is standard input.")
  private String versionFile;

  @Option(
      names = "--parent",
      paramLabel = "PARENT",
      description = "Ask this parent only, for example 0000:00:02.0.")
  private String parent;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "One of: ${COMPLETION-CANDIDATES} (default: table).")
  private Output output;

  CheckCommand(Posix posix, InputStream stdin) {
    this.posix = requireNonNull(posix, "posix");
    this.stdin = requireNonNull(stdin, "stdin");
  }

  @Override
  public Integer call() {
    MdevClass mdevClass = mdevClass();
    Host host = Host.read(posix, kernel.options(), kernel.isNamed());
    Optional<String> onlyParent = Optional.ofNullable(parent);
    onlyParent.ifPresent(name -> requireParent(host, name));
    CheckView view = new HostCheck(host, mdevClass, onlyParent).run();
    new Printer(spec).print(output, view, view::table, view.notes());
    return ExitStatus.of(view.verdict());
  }

  private MdevClass mdevClass() {
    if (!FileName.isSafe(type)) {
      throw wrong(
          "the type is no name of a directory in mdev_supported_types: write it as 'mdev-node"
              + " inventory' shows it");
    }
    String text = versionText();
    VersionString.flaw(text)
        .ifPresent(
            flaw -> {
              throw wrong(flaw);
            });
    return new MdevClass(type, text);
  }

  private String versionText() {
    if ((version == null) == (versionFile == null)) {
      throw wrong(
          version == null
              ? "the version string is missing: give it as VERSION, or a file with --version-file"
              : "the version string is given twice: leave out VERSION or --version-file");
    }
    String from = versionFile == null ? version : versionFile;
    try {
      if (from.equals(STDIN)) {
        return VersionSource.read(stdin);
      }
      return versionFile == null ? version : VersionSource.file(Path.of(versionFile));
    } catch (IOException e) {
      throw wrong("the version string cannot be read: " + e);
    }
  }

  private void requireParent(Host host, String name) {
    List<String> parents = host.scan().parents().stream().map(ScannedParent::name).toList();
    if (host.isComplete() && !parents.contains(name)) {
      throw wrong(
          "there is no parent %s here; %s"
              .formatted(
                  name,
                  parents.isEmpty()
                      ? "there are no parents at all"
                      : "the parents are " + String.join(", ", parents)));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
