package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * The driver of a parent.
 *
 * @param name the driver's, or its module's, name
 * @param version {@code /sys/module/<module>/version}; null where the module has none
 * @param identity hash over name, version, srcversion and kernel release: the same code gives the
 *     same identity
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Driver(
    @JsonPropertyDescription("The driver's name.")
        @Required
        @Size(max = 255)
        @Pattern(Api.TEXT_PATTERN)
        String name,
    @JsonPropertyDescription("The version of the driver's module, where it names one.")
        @Size(max = 255)
        @Pattern(Api.TEXT_PATTERN)
        String version,
    @JsonPropertyDescription(
            "Hash over the driver's name, version, srcversion and the kernel release.")
        @Required
        @Size(max = 64)
        @Pattern(Api.HASH_PATTERN)
        String identity) {}
