package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * How old an answer may grow. The daemon jitters both by up to a tenth.
 *
 * @param accepted age of an accepting answer, as Kubernetes writes durations; null: 6h
 * @param refused age of any other definite answer; null: 24h
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Recheck(
    @JsonPropertyDescription("Age at which an accepting answer is asked again; 6h if absent.")
        @Size(max = 32)
        @ValidationRule(value = Recheck.RULE, message = Recheck.MESSAGE)
        String accepted,
    @JsonPropertyDescription(
            "Age at which an Incompatible or Unsupported answer is asked again; 24h if absent.")
        @Size(max = 32)
        @ValidationRule(value = Recheck.RULE, message = Recheck.MESSAGE)
        String refused) {
  static final String RULE =
      "self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && size(self) > 1"
          + " && duration(self) >= duration('1m') && duration(self) <= duration('8760h')";
  static final String MESSAGE = "write a duration from 1m to 8760h, for example 6h or 90m";
}
