package io.paritree.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CallsAtOnceTest {
  private static final List<Integer> MANY = IntStream.range(0, 1_000).boxed().toList();

  @Test
  void answersAreInTheOrderOfTheItemsAndNoMoreCallsAreAtWorkThanAllowed() throws Exception {
    AtomicInteger atWork = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();

    List<Integer> answers =
        new CallsAtOnce(3)
            .answers(
                MANY,
                item -> {
                  most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
                  LockSupport.parkNanos(10_000);
                  atWork.decrementAndGet();
                  return -item;
                });

    assertThat(answers).isEqualTo(MANY.stream().map(item -> -item).toList());
    assertThat(most.get()).isBetween(1, 3);
  }

  @Test
  void callsWaitForTheirAnswersAtTheSameTime() throws Exception {
    CountDownLatch all = new CountDownLatch(4);

    List<Boolean> met =
        new CallsAtOnce(4)
            .answers(
                List.of(1, 2, 3, 4),
                item -> {
                  all.countDown();
                  return awaited(all);
                });

    assertThat(met).containsOnly(true);
  }

  @Test
  void afterAFailureNoCallBeginsAndNoneIsAtWorkAnyMore() {
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    CountDownLatch failed = new CountDownLatch(1);

    assertThatThrownBy(
            () ->
                new CallsAtOnce(2)
                    .each(
                        MANY,
                        item -> {
                          begun.incrementAndGet();
                          if (item == 0) {
                            failed.countDown();
                            throw new IOException("refused");
                          }

                          awaited(failed);
                          LockSupport.parkNanos(20_000_000);
                          ended.incrementAndGet();
                        }))
        .isInstanceOf(IOException.class)
        .hasMessage("refused");

    assertThat(begun.get()).isLessThan(MANY.size());
    assertThat(ended.get()).isEqualTo(begun.get() - 1);
  }

  @Test
  void interruptedCallerInterruptsCallsAtWorkWaitsForThemAndStaysInterrupted() {
    Thread caller = Thread.currentThread();
    CountDownLatch begun = new CountDownLatch(2);
    AtomicInteger ended = new AtomicInteger();

    assertThatThrownBy(
            () ->
                new CallsAtOnce(2)
                    .each(
                        List.of(1, 2),
                        item -> {
                          begun.countDown();
                          awaited(begun);
                          caller.interrupt();
                          awaited(new CountDownLatch(1));
                          ended.incrementAndGet();
                        }))
        .isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(ended.get()).isEqualTo(2);
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }
}
