package io.mdevmigration.e2e.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class TableTest {
  @Test
  void aPercentileIsATimeThatWasMeasured() {
    List<Duration> hundred = LongStream.rangeClosed(1, 100).mapToObj(Duration::ofMillis).toList();
    assertThat(Table.percentile(hundred, 50)).isEqualTo(50);
    assertThat(Table.percentile(hundred, 99)).isEqualTo(99);
    assertThat(Table.percentile(hundred, 100)).isEqualTo(100);
  }

  @Test
  void ofFewTimesTheSlowestIsTheNinetyNinthPercentile() {
    List<Duration> few = LongStream.of(1, 2, 900).mapToObj(Duration::ofMillis).toList();
    assertThat(Table.percentile(few, 50)).isEqualTo(2);
    assertThat(Table.percentile(few, 99)).isEqualTo(900);
    assertThat(Table.percentile(List.of(Duration.ofMillis(7)), 1)).isEqualTo(7);
  }
}
