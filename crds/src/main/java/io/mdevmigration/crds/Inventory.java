package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a node's kernel offers, grouped so that hundreds of equal parents stay small. Capacity and
 * instances change with every VM and are left out.
 *
 * @param complete whether everything could be read; if not, absence proves nothing
 * @param bootID the kernel's boot id; null if it could not be read
 * @param kernelRelease as {@code uname -r} gives it; null if it could not be read
 * @param versions each distinct version string once
 * @param parentGroups the parents, those with one driver and equal types together
 * @param types each offered type once
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Inventory(
    @JsonPropertyDescription(
            "Whether everything could be read. While false, a parent or a type that is missing"
                + " here may still exist.")
        @Required
        boolean complete,
    @JsonPropertyDescription("The kernel's boot id, /proc/sys/kernel/random/boot_id.")
        @Size(max = 64)
        @Pattern(Api.TEXT_PATTERN)
        String bootID,
    @JsonPropertyDescription("The kernel release, as uname -r gives it.")
        @Size(max = 128)
        @Pattern(Api.TEXT_PATTERN)
        String kernelRelease,
    @JsonPropertyDescription("Every distinct class (type and version string) published here.")
        @Size(max = Api.PUBLISHED_VERSIONS_MAX)
        List<PublishedVersion> versions,
    @JsonPropertyDescription("The parent devices; those with one driver and equal types together.")
        @Size(max = Api.GROUPS_MAX)
        List<ParentGroup> parentGroups,
    @JsonPropertyDescription("Every mdev type that some parent offers.") @Size(max = Api.GROUPS_MAX)
        List<OfferedType> types) {

  public Inventory {
    versions = versions == null ? List.of() : List.copyOf(versions);
    parentGroups = parentGroups == null ? List.of() : List.copyOf(parentGroups);
    types = types == null ? List.of() : List.copyOf(types);
  }

  /**
   * The identity of the driver that serves each type: what a check's driver is compared with. Where
   * parents with different drivers offer a type, a hash over their identities.
   */
  public Map<String, String> drivers() {
    Map<String, SortedSet<String>> identities = new HashMap<>();
    for (ParentGroup group : parentGroups) {
      for (ParentType type : group.types()) {
        identities
            .computeIfAbsent(type.type(), t -> new TreeSet<>())
            .add(group.driver().identity());
      }
    }
    Map<String, String> drivers = new HashMap<>();
    identities.forEach(
        (type, all) ->
            drivers.put(
                type,
                all.size() == 1
                    ? all.first()
                    : Sha256.hex(MdevClass.DIGEST_LENGTH, String.join("\0", all))));
    return drivers;
  }

  /** The identity of the driver that serves a type; empty if no parent offers it. */
  public Optional<String> driverOf(String type) {
    return Optional.ofNullable(drivers().get(type));
  }

  /** The entry of an offered type. */
  public Optional<OfferedType> type(String type) {
    return types.stream().filter(t -> t.type().equals(type)).findFirst();
  }
}
