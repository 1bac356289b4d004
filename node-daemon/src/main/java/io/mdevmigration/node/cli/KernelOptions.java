package io.mdevmigration.node.cli;

import io.mdevmigration.crds.DurationText;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.node.sysfs.AttributeNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have to know of the kernel that they talk to. */
final class KernelOptions {
  private static final Path SYS = Path.of("/sys");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--sysfs",
      paramLabel = "DIR",
      defaultValue = "${env:MDEV_SYSFS:-/sys}",
      description = "Root of sysfs, or of a copy of it (default: $MDEV_SYSFS, else /sys).")
  private Path sysfs;

  @Option(
      names = "--attribute",
      paramLabel = "[DRIVER=]NAME",
      split = ",",
      defaultValue = "${env:MDEV_ATTRIBUTE:-version,migration_version}",
      description =
          "Name of the version attribute, for all drivers or for one; the first that exists is"
              + " taken (default: $MDEV_ATTRIBUTE, else version,migration_version).")
  private List<String> attributes;

  @Option(
      names = "--no-newline-for",
      paramLabel = "DRIVER",
      split = ",",
      defaultValue = "${env:MDEV_NO_NEWLINE_FOR:-}",
      description =
          "Driver that takes the version string without a newline behind it (default:"
              + " $MDEV_NO_NEWLINE_FOR, else none).")
  private List<String> withoutNewline;

  @Option(
      names = "--deadline",
      paramLabel = "DURATION",
      defaultValue = "${env:MDEV_DEADLINE:-5s}",
      converter = DurationConverter.class,
      description = "How long a driver may take for a read or a write (default: 5s).")
  private Duration deadline;

  /**
   * The options as the daemon takes them.
   *
   * @throws ParameterException if they contradict each other
   */
  DaemonOptions options() {
    try {
      return DaemonOptions.DEFAULTS
          .withSysfs(sysfs)
          .withAttributes(names())
          .withWithoutNewline(Set.copyOf(withoutNewline().stream().distinct().toList()))
          .withDeadline(deadline);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Whether the tree was named: then it may be a copy. */
  boolean isNamed() {
    return !sysfs.equals(SYS);
  }

  private List<String> withoutNewline() {
    return Optional.ofNullable(withoutNewline).orElse(List.of()).stream()
        .filter(driver -> !driver.isEmpty())
        .toList();
  }

  private AttributeNames names() {
    List<String> general = new ArrayList<>();
    Map<String, List<String>> perDriver = new HashMap<>();
    for (String text : attributes) {
      int equals = text.indexOf('=');
      if (equals < 0) {
        general.add(text);
      } else {
        perDriver
            .computeIfAbsent(text.substring(0, equals), driver -> new ArrayList<>())
            .add(text.substring(equals + 1));
      }
    }
    return new AttributeNames(
        general.isEmpty() ? AttributeNames.DEFAULT.general() : general, perDriver);
  }

  /** Reads {@code 500ms}, {@code 5s}, {@code 2m} or {@code 1h}. */
  static final class DurationConverter implements CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return DurationText.parse(text)
          .orElseThrow(
              () ->
                  new CommandLine.TypeConversionException(
                      "'%s' is no duration: write for example 500ms, 5s or 2m".formatted(text)));
    }
  }
}
