package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A type as the parents of a group offer it.
 *
 * @param type the full mdev type
 * @param version digest of the class that the parents publish; null if they publish none
 * @param problem why the version is not known, or the type cannot be asked; null if all is well
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ParentType(
    @JsonPropertyDescription("The full mdev type.")
        @Required
        @Size(min = 1, max = Api.TYPE_MAX)
        @Pattern(Api.TEXT_PATTERN)
        String type,
    @JsonPropertyDescription(
            "Digest of the class that these parents publish for the type; its version string is"
                + " in inventory.versions.")
        @Size(max = 20)
        @Pattern(Api.DIGEST_PATTERN)
        String version,
    @JsonPropertyDescription("Why no version is known, or why the type cannot be asked.")
        Problem problem) {}
