package io.mdevmigration.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GrowthTest {
  @Test
  void theExponentOfAPowerIsItsOwn() {
    Growth growth = growth();
    assertThat(growth.exponent("floorSeconds")).isEqualTo(1, within(0.001));
    assertThat(growth.exponent("askToLabelSeconds")).isEqualTo(2, within(0.001));
    assertThat(growth.exponent("operatorReadySeconds")).isEqualTo(0, within(0.001));
  }

  @Test
  void theTableAndTheDrawingShowEverySize() {
    assertThat(growth().table()).contains("100", "400", "1600", "exponent");
    assertThat(growth().svg())
        .startsWith("<svg")
        .contains(">400<", "exponent 2.00")
        .endsWith("</svg>\n");
  }

  @Test
  void aFigureThatARunLacksIsLeftOut() {
    Growth growth = growth();
    Figures without = new Figures();
    without.put("floorSeconds", "", 1);
    growth.runs().put(50, without);
    assertThat(growth.table()).contains("floor").doesNotContain("askToLabel");
    assertThat(growth.svg()).contains("floor").doesNotContain("askToLabel");
  }

  private static Growth growth() {
    TreeMap<Integer, Figures> runs = new TreeMap<>();
    IntStream.of(100, 400, 1600).forEach(nodes -> runs.put(nodes, figures(nodes)));
    return new Growth("nodes", runs);
  }

  private static Figures figures(int nodes) {
    Figures figures = new Figures();
    figures.put("floorSeconds", "", nodes / 1000.0);
    figures.put("askToLabelSeconds", "", nodes * nodes / 10_000.0);
    figures.put("fromNothingSeconds", "", nodes / 10.0);
    figures.put("operatorReadySeconds", "", 2);
    return figures;
  }
}
