package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/**
 * How many parents gave which verdict. Parents that were not asked any more, because enough had
 * refused, are in none.
 *
 * @param accepted parents whose driver took the string
 * @param refused parents whose driver refused it
 * @param unsupported parents that cannot migrate the type
 * @param unknown parents that gave no answer
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ParentCounts(
    @JsonPropertyDescription("Parents whose driver accepted.") @Min(0) @Max(Api.COUNT_MAX)
        int accepted,
    @JsonPropertyDescription("Parents whose driver refused.") @Min(0) @Max(Api.COUNT_MAX)
        int refused,
    @JsonPropertyDescription("Parents that cannot migrate the type.") @Min(0) @Max(Api.COUNT_MAX)
        int unsupported,
    @JsonPropertyDescription("Parents that gave no answer.") @Min(0) @Max(Api.COUNT_MAX)
        int unknown) {}
