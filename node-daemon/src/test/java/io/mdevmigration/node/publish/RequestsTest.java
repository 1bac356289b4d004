package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestsTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> late = new CopyOnWriteArrayList<>();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void anAnswerInTimeIsGiven() {
    Requests requests = new Requests(threads, Duration.ofSeconds(10));
    assertThat(requests.call("ask", () -> "answer", late::add)).isEqualTo("answer");
    assertThat(late).isEmpty();
  }

  @Test
  void aFailureIsTheRequestsOwn() {
    Requests requests = new Requests(threads, Duration.ofSeconds(10));
    IllegalStateException failure = new IllegalStateException("no");
    assertThatThrownBy(
            () ->
                requests.<String>call(
                    "ask",
                    () -> {
                      throw failure;
                    },
                    late::add))
        .isSameAs(failure);
  }

  @Test
  void aRequestThatHangsIsLeftAndWhatItBringsLaterIsTakenCareOf() {
    Requests requests = new Requests(threads, Duration.ofMillis(50));
    CountDownLatch release = new CountDownLatch(1);
    assertThatThrownBy(() -> requests.call("read the object", () -> hang(release), late::add))
        .isInstanceOf(StoreException.class)
        .hasMessage("cannot read the object: no answer in 50 ms")
        .extracting(failure -> ((StoreException) failure).kind())
        .isEqualTo(StoreException.Kind.FAILED);
    assertThat(late).isEmpty();
    release.countDown();
    await().untilAsserted(() -> assertThat(late).containsExactly("late"));
  }

  @Test
  void nothingIsAskedWhenTheThreadsHaveEnded() {
    Requests requests = new Requests(threads, Duration.ofSeconds(10));
    threads.shutdown();
    assertThatThrownBy(() -> requests.call("ask", () -> "answer", late::add))
        .isInstanceOf(StoreException.class);
  }

  private static String hang(CountDownLatch release) {
    while (true) {
      try {
        release.await();
        return "late";
      } catch (InterruptedException e) {
        // As a request over a connection that is not interrupted by it.
      }
    }
  }
}
