package io.mdevmigration.operator.fleet;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A label selector, matched as Kubernetes does it (k8s.io/apimachinery, labels.Requirement): all
 * parts must match, an empty selector matches everything, NotIn matches where the key is missing.
 * An operator that this version does not know matches nothing.
 */
public final class Selector implements Predicate<Map<String, String>> {
  private final LabelSelector selector;

  private Selector(LabelSelector selector) {
    this.selector = selector;
  }

  /** A selector that matches everything where there is none. */
  public static Selector of(Optional<LabelSelector> selector) {
    return new Selector(selector.orElseGet(LabelSelector::new));
  }

  /** Whether it has no requirement, so that every label set satisfies it. */
  public boolean selectsEverything() {
    return Optional.ofNullable(selector.getMatchLabels()).orElse(Map.of()).isEmpty()
        && Optional.ofNullable(selector.getMatchExpressions()).orElse(List.of()).isEmpty();
  }

  @Override
  public boolean test(Map<String, String> labels) {
    var exact = Optional.ofNullable(selector.getMatchLabels()).orElse(Map.of());
    var expressions = Optional.ofNullable(selector.getMatchExpressions()).orElse(List.of());
    return exact.entrySet().stream().allMatch(e -> e.getValue().equals(labels.get(e.getKey())))
        && expressions.stream().allMatch(e -> matches(e, labels));
  }

  private static boolean matches(LabelSelectorRequirement requirement, Map<String, String> labels) {
    String value = labels.get(requirement.getKey());
    List<String> values = Optional.ofNullable(requirement.getValues()).orElse(List.of());
    return switch (requirement.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }
}
