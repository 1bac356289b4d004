package io.mdevmigration.operator;

import io.mdevmigration.crds.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations on the command line, as Kubernetes writes them. */
final class DurationConverter implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    return DurationText.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is no duration: write for example 90s or 10m".formatted(text)));
  }
}
