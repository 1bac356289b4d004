package io.mdevmigration.operator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SelectorTest {
  private static boolean matches(LabelSelector selector, Map<String, String> labels) {
    return Selector.of(Optional.of(selector)).test(labels);
  }

  private static LabelSelector expression(String operator, String... values) {
    return new LabelSelectorBuilder()
        .addNewMatchExpression()
        .withKey("gpu")
        .withOperator(operator)
        .withValues(values)
        .endMatchExpression()
        .build();
  }

  @Test
  void noSelectorAndAnEmptyOneMatchEverything() {
    assertThat(Selector.of(Optional.empty()).test(Map.of())).isTrue();
    assertThat(matches(new LabelSelector(), Map.of("a", "b"))).isTrue();
  }

  @Test
  void labelsMustAllMatchExactly() {
    var selector = new LabelSelectorBuilder().addToMatchLabels(Map.of("a", "1", "b", "2")).build();
    assertThat(matches(selector, Map.of("a", "1", "b", "2", "c", "3"))).isTrue();
    assertThat(matches(selector, Map.of("a", "1"))).isFalse();
    assertThat(matches(selector, Map.of("a", "1", "b", "3"))).isFalse();
  }

  @Test
  void expressionsMatchAsKubernetesDoesIt() {
    var t4 = Map.of("gpu", "t4");
    assertThat(matches(expression("In", "t4", "a10"), t4)).isTrue();
    assertThat(matches(expression("In", "a10"), t4)).isFalse();
    assertThat(matches(expression("In", "a10"), Map.of())).isFalse();
    assertThat(matches(expression("NotIn", "t4"), t4)).isFalse();
    assertThat(matches(expression("NotIn", "t4"), Map.of())).isTrue();
    assertThat(matches(expression("Exists"), t4)).isTrue();
    assertThat(matches(expression("Exists"), Map.of())).isFalse();
    assertThat(matches(expression("DoesNotExist"), t4)).isFalse();
    assertThat(matches(expression("DoesNotExist"), Map.of())).isTrue();
  }

  @Test
  void anUnknownOperatorMatchesNothing() {
    assertThat(matches(expression("Gt", "3"), Map.of("gpu", "4"))).isFalse();
  }
}
