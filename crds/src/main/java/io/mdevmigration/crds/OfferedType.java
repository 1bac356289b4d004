package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * An mdev type that a node offers.
 *
 * @param type the full mdev type
 * @param name content of the type's {@code name}; null where the driver gives none
 * @param deviceAPI content of {@code device_api}, such as vfio-pci; null if it could not be read
 * @param revision hash of the boot id and of each parent with its attribute's inode and version: an
 *     answer holds while the revision is the one it was given under; null while the type has never
 *     been read in full
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record OfferedType(
    @JsonPropertyDescription("The full mdev type, <driver>-<name>.")
        @Required
        @Size(min = 1, max = Api.TYPE_MAX)
        @Pattern(Api.TEXT_PATTERN)
        String type,
    @JsonPropertyDescription("The type's own name, where its driver gives one.")
        @Size(max = 255)
        @Pattern(Api.TEXT_PATTERN)
        String name,
    @JsonPropertyDescription("The device API, for example vfio-pci.")
        @Size(max = 64)
        @Pattern(Api.TEXT_PATTERN)
        String deviceAPI,
    @JsonPropertyDescription(
            "Changes with each boot, each reload of the driver and each change of a version; an"
                + " answer given under another revision counts no longer.")
        @Size(max = 64)
        @Pattern(Api.HASH_PATTERN)
        String revision) {}
