package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A class that a node publishes: what its driver gives as the version of a type.
 *
 * @param digest the class's digest; a reader computes it again before it believes it
 * @param type the full mdev type
 * @param version what the driver gave, without the newline
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PublishedVersion(
    @JsonPropertyDescription("First 20 hex digits of SHA-256(type NUL version).")
        @Required
        @Size(max = 20)
        @Pattern(Api.DIGEST_PATTERN)
        String digest,
    @JsonPropertyDescription("The full mdev type.")
        @Required
        @Size(min = 1, max = Api.TYPE_MAX)
        @Pattern(Api.TEXT_PATTERN)
        String type,
    @JsonPropertyDescription("The version string that the driver gave, without the newline.")
        @Required
        @Size(min = 1, max = Api.VERSION_MAX)
        @Pattern(Api.VERSION_PATTERN)
        String version) {

  /** A class as a node publishes it. */
  public static PublishedVersion of(MdevClass mdevClass) {
    return new PublishedVersion(mdevClass.digest(), mdevClass.type(), mdevClass.version());
  }

  /** What is published. */
  public MdevClass mdevClass() {
    return new MdevClass(type, version);
  }
}
