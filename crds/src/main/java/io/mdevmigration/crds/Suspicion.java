package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A trial that ended without an answer: the node went away, booted anew or fell silent.
 *
 * @param driver the driver identity that was tried
 * @param node the node that tried
 * @param time RFC 3339; when the suspicion arose
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Suspicion(
    @JsonPropertyDescription("The driver identity on which the class was tried.")
        @Required
        @Size(max = 64)
        @Pattern(Api.HASH_PATTERN)
        String driver,
    @JsonPropertyDescription("The node that tried the class.")
        @Required
        @Size(max = Api.NODE_NAME_MAX)
        String node,
    @JsonPropertyDescription("When the suspicion arose.") @Required @Size(max = 64) String time) {}
