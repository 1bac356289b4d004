package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import java.util.List;

/**
 * A node's state in numbers, because a printer column can show a number but not count a list.
 *
 * @param parents parent devices
 * @param types types that some parent offers
 * @param versions distinct version strings published
 * @param asked classes that the node was asked about
 * @param accepted those of them that every parent accepts
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Summary(
    @JsonPropertyDescription("Parent devices.") @Min(0) @Max(Api.COUNT_MAX) int parents,
    @JsonPropertyDescription("Types that some parent offers.") @Min(0) @Max(Api.COUNT_MAX)
        int types,
    @JsonPropertyDescription("Distinct version strings published.") @Min(0) @Max(Api.COUNT_MAX)
        int versions,
    @JsonPropertyDescription("Classes that the node was asked about.") @Min(0) @Max(Api.COUNT_MAX)
        int asked,
    @JsonPropertyDescription("Classes that every parent accepts.") @Min(0) @Max(Api.COUNT_MAX)
        int accepted) {

  /** Counts an inventory and the answers that belong to it. */
  public static Summary of(Inventory inventory, List<Answer> answers) {
    return new Summary(
        inventory.parentGroups().stream().mapToInt(g -> g.parents().size()).sum(),
        inventory.types().size(),
        inventory.versions().size(),
        answers.size(),
        (int) answers.stream().filter(a -> a.verdict() == Verdict.COMPATIBLE).count());
  }
}
