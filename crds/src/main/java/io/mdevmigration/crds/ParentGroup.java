package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * Parents that are served by one driver and offer equal types.
 *
 * @param parents the names in {@code /sys/class/mdev_bus}, sorted
 * @param driver who serves them
 * @param types what each of them offers
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ParentGroup(
    @JsonPropertyDescription("The parents' names in /sys/class/mdev_bus.")
        @Required
        @Size(max = 1024)
        List<@Size(min = 1, max = Api.PARENT_MAX) @Pattern(Api.TEXT_PATTERN) String> parents,
    @JsonPropertyDescription("The driver that serves these parents.") @Required Driver driver,
    @JsonPropertyDescription("The mdev types that each of these parents offers.")
        @Size(max = Api.GROUPS_MAX)
        List<ParentType> types) {

  public ParentGroup {
    parents = parents == null ? List.of() : List.copyOf(parents);
    types = types == null ? List.of() : List.copyOf(types);
  }
}
