package io.mdevmigration.node.cli;

import io.mdevmigration.node.posix.JnaPosix;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.sysfs.Printable;
import java.io.InputStream;
import java.util.Arrays;
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
    logTo(Arrays.asList(args).contains("daemon") ? "info" : "warn");
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

  /** Where nobody has said otherwise: warnings only, for the daemon what it does as well. */
  private static void logTo(String level) {
    setDefault("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    setDefault("org.slf4j.simpleLogger.log.io.mdevmigration", level);
    // Warns of every API version that is not v1, this project's own included.
    setDefault(
        "org.slf4j.simpleLogger.log.io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils",
        "error");
    // Logs every header of a request, the bearer token among them, whatever else is turned on.
    setDefault(
        "org.slf4j.simpleLogger.log.io.fabric8.kubernetes.client.http.HttpLoggingInterceptor",
        "off");
    setDefault("org.slf4j.simpleLogger.showDateTime", "true");
    setDefault("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    setDefault("org.slf4j.simpleLogger.showThreadName", "false");
    setDefault("org.slf4j.simpleLogger.showShortLogName", "true");
  }

  private static void setDefault(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }
}
