package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * One question: does every parent that offers this type accept this version string?
 *
 * @param type the full mdev type
 * @param version the version string to write
 * @param driver the driver identity that it is asked of, see {@link Inventory#driverOf}; null: any
 * @param trial whether the class is new to the driver and this node tries it before any other does:
 *     then {@code Asking} is stored before the question is asked; null: no
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Check(
    @JsonPropertyDescription("The full mdev type, <driver>-<name>.")
        @Required
        @Size(min = 1, max = Api.TYPE_MAX)
        @ValidationRule(value = Api.TYPE_RULE, message = Api.TYPE_MESSAGE)
        String type,
    @JsonPropertyDescription(
            "The version string to write: 1 to 4095 printable ASCII characters, as the source's"
                + " version attribute gives it, without the newline.")
        @Required
        @Size(max = 4096)
        @ValidationRule(value = Api.VERSION_RULE, message = Api.VERSION_MESSAGE)
        String version,
    @JsonPropertyDescription(
            "Asked only while a driver of this identity serves the type; absent: whichever driver"
                + " serves it.")
        @Size(max = 64)
        @Pattern(Api.HASH_PATTERN)
        String driver,
    @JsonPropertyDescription(
            "Whether this node tries a class that is new to its driver, before any other node"
                + " does; the daemon then stores Asking before it asks.")
        Boolean trial) {

  /** A question that is no trial. */
  public Check(String type, String version, String driver) {
    this(type, version, driver, null);
  }

  /** The same question as a trial. */
  public Check asTrial() {
    return new Check(type, version, driver, true);
  }

  /** Whether it is a trial: this node tries the class before any other does. */
  public boolean triesFirst() {
    return Boolean.TRUE.equals(trial);
  }

  /** What is asked about. */
  public MdevClass mdevClass() {
    return new MdevClass(type, version);
  }
}
