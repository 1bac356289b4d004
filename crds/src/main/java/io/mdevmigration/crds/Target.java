package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;

/**
 * Which nodes are asked.
 *
 * @param nodeSelector a label selector; null or empty: every node
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Target(
    @JsonPropertyDescription("The nodes to ask, by their labels; every node if absent or empty.")
        @ValidationRule(value = Target.SELECTOR_RULE, message = Target.SELECTOR_MESSAGE)
        @ValidationRule(value = Target.VALUES_RULE, message = Target.VALUES_MESSAGE)
        LabelSelector nodeSelector) {
  // startsWith and no regular expression: the API server counts a map's keys as very long.
  static final String SELECTOR_RULE =
      "(!has(self.matchLabels) || self.matchLabels.all(k,"
          + " !k.startsWith('accepts.mdevmigration.io/') && !k.startsWith('mdevmigration.io/')))"
          + " && (!has(self.matchExpressions) || self.matchExpressions.all(e,"
          + " !e.key.startsWith('accepts.mdevmigration.io/')"
          + " && !e.key.startsWith('mdevmigration.io/')))";
  static final String SELECTOR_MESSAGE =
      "labels under mdevmigration.io are the result of the answers and cannot select who is asked:"
          + " use a label of your own or of the hardware";
  static final String VALUES_RULE =
      "!has(self.matchExpressions) || self.matchExpressions.all(e,"
          + " (e.operator in ['In', 'NotIn']) == (has(e.values) && size(e.values) > 0))";
  static final String VALUES_MESSAGE =
      "the operators In and NotIn need values, Exists and DoesNotExist take none";
}
