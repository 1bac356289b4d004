package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * What is wrong with a type on a parent.
 *
 * @param reason a {@link Reason} as text
 * @param errno the kernel's error number; null if there was none
 * @param errnoName its name, such as ENODEV; null if there was no number
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
    @JsonPropertyDescription(
            "NoVersionAttribute, NotWritable, NotSupported, ReadFailed, InvalidVersion, Unstable or"
                + " TooManyClasses.")
        @Required
        @Size(min = 1, max = 64)
        @Pattern(Api.TEXT_PATTERN)
        String reason,
    @JsonPropertyDescription("The kernel's error number.") @Min(1) @Max(Api.ERRNO_MAX)
        Integer errno,
    @JsonPropertyDescription("The error number's name, for example ENODEV.")
        @Size(min = 1, max = 32)
        @Pattern(Api.TEXT_PATTERN)
        String errnoName) {

  /** Whether the type certainly cannot migrate there; otherwise nobody knows whether it can. */
  public boolean rulesOutMigration() {
    return is(Reason.NO_VERSION_ATTRIBUTE) || is(Reason.NOT_WRITABLE) || is(Reason.NOT_SUPPORTED);
  }

  /** Whether the problem is this one. */
  public boolean is(Reason other) {
    return other.toString().equals(reason);
  }
}
