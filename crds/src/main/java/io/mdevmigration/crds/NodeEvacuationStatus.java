package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What a drain of the node would meet. Counts are exact; lists are capped.
 *
 * @param conditions Evacuable
 * @param virtualMachines VMIs with an mdev device that run on the node
 * @param stuck how many of them no other node is known to accept
 * @param unclear of how many of them it cannot be told what they need
 * @param lastRefuges how many types of devices of VMIs elsewhere no other node than this accepts
 * @param stuckVirtualMachines the stuck ones, at most 8, in order
 * @param stuckOmitted how many stuck ones are not named
 * @param lastRefugeFor the types, at most 8, sorted
 * @param lastRefugeOmitted how many types are not named
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record NodeEvacuationStatus(
    @JsonPropertyDescription(
            "Evacuable: True if another node is known to accept each VMI with an mdev device on the"
                + " node, False if a drain would wait for one, Unknown if it cannot be told.")
        @Size(max = 8)
        List<Condition> conditions,
    @JsonPropertyDescription("VMIs with an mdev device that run on the node.")
        @Min(0)
        @Max(Api.COUNT_MAX)
        int virtualMachines,
    @JsonPropertyDescription("How many of them no other node is known to accept.")
        @Min(0)
        @Max(Api.COUNT_MAX)
        int stuck,
    @JsonPropertyDescription(
            "Of how many of them it cannot be told what they need of another node.")
        @Min(0)
        @Max(Api.COUNT_MAX)
        int unclear,
    @JsonPropertyDescription(
            "How many types of devices of VMIs elsewhere no node accepts but this one and their"
                + " own: while it is away these VMIs cannot migrate.")
        @Min(0)
        @Max(Api.COUNT_MAX)
        int lastRefuges,
    @JsonPropertyDescription("VMIs that no other node is known to accept, at most 8.")
        @Size(max = Api.NAMES_MAX)
        List<StuckVirtualMachine> stuckVirtualMachines,
    @JsonPropertyDescription("How many of these are not named.") @Min(0) @Max(Api.COUNT_MAX)
        int stuckOmitted,
    @JsonPropertyDescription("The types that lastRefuges counts, at most 8.")
        @Size(max = Api.NAMES_MAX)
        List<@Size(min = 1, max = Api.TYPE_MAX) String> lastRefugeFor,
    @JsonPropertyDescription("How many of these are not named.") @Min(0) @Max(Api.COUNT_MAX)
        int lastRefugeOmitted) {

  public NodeEvacuationStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
    stuckVirtualMachines =
        stuckVirtualMachines == null ? List.of() : List.copyOf(stuckVirtualMachines);
    lastRefugeFor = lastRefugeFor == null ? List.of() : List.copyOf(lastRefugeFor);
  }
}
