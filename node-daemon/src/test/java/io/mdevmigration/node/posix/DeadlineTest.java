package io.mdevmigration.node.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private final ExecutorService calls = Executors.newCachedThreadPool();
  private final CountDownLatch returned = new CountDownLatch(1);
  private final Deadline deadline = new Deadline(calls, Duration.ofMillis(50), returned::countDown);
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void end() {
    release.countDown();
    calls.shutdownNow();
  }

  @Test
  void aCallThatReturnsInTimeGivesItsResult() {
    assertThat(deadline.call("d", "p", () -> 7)).isEqualTo(new Deadline.Returned<>(7));
    assertThat(deadline.stuck()).isEmpty();
  }

  @Test
  void aCallThatFailsGivesTheKernelsNumber() {
    Deadline.Result<Integer> result =
        deadline.call(
            "d",
            "p",
            () -> {
              throw new PosixException("read", Path.of("x"), Errno.EIO);
            });
    assertThat(result)
        .isInstanceOfSatisfying(
            Deadline.Failed.class, failed -> assertThat(failed.failure().errno()).isEqualTo(5));
  }

  @Test
  void aParentThatDoesNotReturnIsLeftAloneAndItsDriversOtherParentsAreNot() {
    assertThat(hang("d", "p")).isInstanceOf(Deadline.Overdue.class);
    assertThat(deadline.call("d", "p", () -> 1)).isInstanceOf(Deadline.LeftAlone.class);
    assertThat(deadline.call("d", "q", () -> 1)).isInstanceOf(Deadline.Returned.class);
    assertThat(deadline.stuck()).isEqualTo(Map.of("d", Set.of("p")));
  }

  @Test
  void twoParentsThatDoNotReturnTakeTheirDriverWithThemAndNoOther() {
    hang("d", "p");
    hang("d", "q");
    assertThat(deadline.call("d", "r", () -> 1)).isInstanceOf(Deadline.LeftAlone.class);
    assertThat(deadline.call("e", "s", () -> 1)).isInstanceOf(Deadline.Returned.class);
  }

  @Test
  void aCallThatReturnsLateStillGivesItsResultAndFreesItsParent() throws Exception {
    Deadline.Result<Integer> result = hang("d", "p");
    release.countDown();
    assertThat(result).isInstanceOf(Deadline.Overdue.class);
    assertThat(((Deadline.Overdue<Integer>) result).late().get(5, TimeUnit.SECONDS))
        .isEqualTo(new Deadline.Returned<>(1));
    assertThat(returned.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(deadline.stuck()).isEmpty();
    assertThat(deadline.call("d", "p", () -> 2)).isEqualTo(new Deadline.Returned<>(2));
  }

  private Deadline.Result<Integer> hang(String driver, String parent) {
    return deadline.call(
        driver,
        parent,
        () -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return 1;
        });
  }
}
