package io.mdevmigration.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetersTest {
  private enum Colour {
    RED,
    DARK_BLUE
  }

  private enum Size {
    SMALL("s"),
    LARGE("l");

    private final String text;

    Size(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final Meters meters = Meters.of("mdev.test");

  @Test
  void aCounterWithALabelShowsEachValueFromTheStart() {
    Counter counter = meters.counter("balls", "Balls.", new Label<>("colour", Colour.class));
    counter.increment(Colour.DARK_BLUE);
    assertThat(meters.text())
        .contains("# HELP mdev_test_balls_total Balls.\n# TYPE mdev_test_balls_total counter\n")
        .contains("mdev_test_balls_total{colour=\"Red\"} 0.0\n")
        .contains("mdev_test_balls_total{colour=\"DarkBlue\"} 1.0\n");
  }

  @Test
  void aCounterWithTwoLabelsShowsThePairsThatWereCounted() {
    Counter counter =
        meters.counter(
            "balls",
            "Balls.",
            new Label<>("colour", Colour.class),
            new Label<>("size", Size.class));
    counter.add(3, Colour.DARK_BLUE, Size.LARGE);
    assertThat(meters.text().lines().filter(line -> line.startsWith("mdev")))
        .containsExactlyInAnyOrder(
            "mdev_test_balls_total{colour=\"Red\",size=\"s\"} 0.0",
            "mdev_test_balls_total{colour=\"DarkBlue\",size=\"l\"} 3.0");
  }

  @Test
  void aLabelTakesNoValueButItsOwn() {
    Counter counter = meters.counter("balls", "Balls.", new Label<>("colour", Colour.class));
    assertThatThrownBy(() -> counter.increment(Size.LARGE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(counter::increment).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsCountedElsewhereIsShownForAsLongAsTheMetersLive() {
    meters.counted("balls", "Balls.", counter()::get);
    System.gc();
    assertThat(meters.text()).contains("mdev_test_balls_total 7.0\n");
  }

  private static AtomicLong counter() {
    return new AtomicLong(7);
  }

  @Test
  void aTimerWithoutBucketsHasCountSumAndTheLongest() {
    Timer timer = meters.timer("throw", "Throws.", List.of());
    timer.took(Duration.ofMillis(1500));
    assertThat(meters.text())
        .contains("# TYPE mdev_test_throw_seconds summary\n")
        .contains("mdev_test_throw_seconds_count 1\n")
        .contains("mdev_test_throw_seconds_sum 1.5\n")
        .contains("mdev_test_throw_seconds_max 1.5\n");
  }

  @Test
  void aTimerWithBucketsIsAHistogram() {
    Timer timer = meters.timer("throw", "Throws.", List.of(Duration.ofSeconds(1)));
    timer.took(Duration.ofMillis(500));
    timer.took(Duration.ofMillis(1500));
    assertThat(meters.text())
        .contains("# TYPE mdev_test_throw_seconds histogram\n")
        .contains("mdev_test_throw_seconds_bucket{le=\"1.0\"} 1\n")
        .contains("mdev_test_throw_seconds_bucket{le=\"+Inf\"} 2\n");
  }

  @Test
  void aProgramShowsItsVersionAndItsMemory() {
    meters.program("1.2.3");
    assertThat(meters.text())
        .contains("mdev_test_build_info{version=\"1.2.3\"} 1")
        .contains("mdev_test_heap_bytes ");
  }

  @Test
  void thePageIsPrometheusText() {
    meters.gauge("sun", "Whether it shines.", () -> 1);
    assertThat(meters.page().response().type())
        .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(meters.page().response().body()).contains("mdev_test_sun 1.0\n");
  }

  @Test
  void whereNobodyReadsNothingIsHeld() {
    Meters none = Meters.none();
    none.counter("balls", "Balls.", new Label<>("colour", Colour.class)).increment(Colour.RED);
    none.timer("throw", "Throws.", List.of()).took(Duration.ZERO);
    none.gauge("sun", "Whether it shines.", () -> 1);
    assertThat(none.text()).isEmpty();
  }
}
