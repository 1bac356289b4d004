package io.mdevmigration.node.cli;

import io.mdevmigration.node.posix.JnaPosix;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.sysfs.Printable;
import io.mdevmigration.telemetry.LogFormat;
import io.mdevmigration.telemetry.LogLevel;
import io.mdevmigration.telemetry.Logs;
import java.io.InputStream;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code mdev-node}. */
@Command(
    name = "mdev-node",
    description = "What this host's mediated devices offer, and what could migrate to them.",
    mixinStandardHelpOptions = true,
    versionProvider = ProgramVersion.class)
public final class MdevNode {
  private MdevNode() {}

  /** Runs the command and ends the JVM with its exit status. */
  public static void main(String[] args) {
    Logs.last();
    // The daemon has options of its own for it.
    Logs.begin(LogFormat.TEXT, LogLevel.WARN, Map.of());
    System.exit(commandLine(new JnaPosix(), System.in).execute(args));
  }

  /**
   * The command over any kernel; see {@link CommandLine#setOut} for where it prints to.
   *
   * @param stdin where a version string is read from
   */
  static CommandLine commandLine(Posix posix, InputStream stdin) {
    CommandLine line = new CommandLine(new MdevNode());
    line.addSubcommand(new InventoryCommand(posix));
    line.addSubcommand(new CheckCommand(posix, stdin));
    line.addSubcommand(new DaemonCommand(posix));
    line.getSubcommands().values().forEach(MdevNode::configure);
    configure(line);
    return line;
  }

  private static void configure(CommandLine line) {
    line.getCommandSpec().exitCodeOnInvalidInput(ExitStatus.USAGE);
    line.getCommandSpec().exitCodeOnExecutionException(ExitStatus.SOFTWARE);
    line.getCommandSpec().mixinStandardHelpOptions(true);
    // A version string may begin with @, and then it is no file of arguments.
    line.setExpandAtFiles(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(
        (e, args) -> {
          CommandLine command = e.getCommandLine();
          command.getErr().println("mdev-node: " + Printable.of(e.getMessage(), 8192));
          command.getErr().println("See 'mdev-node --help'.");
          command.getErr().flush();
          return ExitStatus.USAGE;
        });
  }
}
