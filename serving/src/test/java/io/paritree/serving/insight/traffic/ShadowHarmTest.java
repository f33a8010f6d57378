package io.paritree.serving.insight.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.forest.Engine;
import io.paritree.forest.ShapedEngine;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.serving.JsonTree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a challenger does, each row is counted once, and nobody waits for it. */
class ShadowHarmTest {
  private static final int QUEUE = 1 << 16;

  @TempDir Path directory;

  private ScoringModel champion;
  private ScoringModel one;
  private ScoringModel other;
  private final AtomicReference<Optional<ScoringModel>> challenger = new AtomicReference<>();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-29T00:00:00Z"));
  private volatile Engine scoredBy;
  private volatile Scoring scoring = Engine::score;
  private Shadow shadow;

  /** Scores in place of the challenger. */
  private interface Scoring {
    void score(Engine engine, float[] slots, int rows, float[] margins, float[] scores);
  }

  /** An engine that does what a test says. */
  private final class HarmedEngine extends ShapedEngine {
    private final Engine engine;

    HarmedEngine(Engine engine) {
      super(engine);
      this.engine = engine;
    }

    @Override
    public void score(float[] slots, int rows, float[] margins, float[] scores) {
      scoredBy = engine;
      scoring.score(engine, slots, rows, margins, scores);
    }

    @Override
    public void leaves(float[] slots, int rows, int[] leaves) {
      engine.leaves(slots, rows, leaves);
    }
  }

  @BeforeEach
  void open() throws Exception {
    TestPackages packages = new TestPackages(directory);
    champion = Opening.open(packages.binary(1, 20).toString(), EngineKind.FOREST);
    one = Opening.open(packages.binary(2, 21).toString(), EngineKind.FOREST);
    other = Opening.open(packages.binary(3, 22).toString(), EngineKind.FOREST);
    challenger.set(Optional.of(one));
    // So that no document is an earlier one.
    InstantSource clock = () -> now.updateAndGet(before -> before.plusSeconds(2));
    shadow =
        new Shadow(
            "parcel-late", () -> champion, challenger::get, QUEUE, 5, clock, HarmedEngine::new);
    shadow.refresh();
    shadow.begin();
  }

  @AfterEach
  void close() {
    shadow.close();
  }

  private void add(int rows) {
    float[] slots = new float[rows * champion.engine().width()];
    float[] margins = new float[rows];
    float[] scores = new float[rows];
    champion.engine().score(slots, rows, margins, scores);
    shadow.add(
        champion,
        "request",
        rows,
        () -> LongStream.range(0, rows).toArray(),
        slots,
        margins,
        scores,
        null);
  }

  private long counted() {
    return shadow.compared() + shadow.dropped() + shadow.failed();
  }

  private void await(long rows) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (counted() < rows && System.nanoTime() < end) {
      Thread.sleep(5);
    }

    assertThat(counted()).isEqualTo(rows);
  }

  private String document(String path) {
    String document = new String(shadow.document().orElseThrow(), StandardCharsets.UTF_8);
    return String.valueOf(JsonTree.at(JsonTree.object(document), path));
  }

  private long inDocument(String member) {
    return Long.parseLong(document("data/" + member));
  }

  @Test
  void aChallengerThatBlocksMakesRowsThatAreDropped() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    scoring =
        (engine, slots, rows, margins, scores) -> {
          blocked.countDown();
          awaitQuietly(end);
          engine.score(slots, rows, margins, scores);
        };
    add(3);
    assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
    for (int request = 0; request < 2_000; request++) {
      add(1); // returns
    }

    assertThat(shadow.dropped()).isBetween(1L, 2_000L);
    assertThat(inDocument("dropped")).isEqualTo(shadow.dropped()); // it answers meanwhile
    end.countDown();
    await(2_003);
    assertThat(inDocument("rows")).isEqualTo(shadow.compared()).isGreaterThan(3);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void rowsForWhichAChallengerFailsAreCountedAndTheNextOnesCompared() throws Exception {
    for (Throwable failure :
        List.of(new IllegalStateException("test"), new StackOverflowError("test"))) {
      long before = counted();
      scoring =
          (engine, slots, rows, margins, scores) -> {
            if (failure instanceof Error error) {
              throw error;
            }

            throw (RuntimeException) failure;
          };
      add(300);
      await(before + 300);
      scoring = Engine::score;
      add(7);
      await(before + 307);
    }

    assertThat(shadow.failed()).isEqualTo(600);
    assertThat(inDocument("failed")).isEqualTo(600);
    assertThat(inDocument("rows")).isEqualTo(14);
  }

  /** Callers, a challenger that is replaced over and over, and one that blocks and fails. */
  @Test
  void eachRowIsCountedOnceWhateverHappens() throws Exception {
    long seed = Seed.next();
    System.out.println("Seed " + seed);
    Random harm = new Random(seed);
    scoring =
        (engine, slots, rows, margins, scores) -> {
          if (harm.nextInt(4) == 0) {
            throw new IllegalStateException("test, seed " + seed);
          }

          engine.score(slots, rows, margins, scores);
        };
    List<Thread> callers = new ArrayList<>();
    int requests = 400;
    for (int caller = 0; caller < 4; caller++) {
      int rows = 1 + 97 * caller; // more than a block of the last one
      callers.add(
          new Thread(
              () -> {
                for (int request = 0; request < requests; request++) {
                  add(rows);
                }
              }));
    }

    callers.forEach(Thread::start);
    for (int replaced = 0; replaced < 100; replaced++) {
      challenger.set(Optional.of(replaced % 2 == 0 ? other : one));
      shadow.refresh();
      Thread.sleep(2);
    }

    for (Thread caller : callers) {
      caller.join();
    }

    await(requests * (1L + 98 + 195 + 292));
    assertThat(inDocument("rows") + inDocument("dropped") + inDocument("failed"))
        .isLessThanOrEqualTo(counted());
  }

  @Test
  void versionsThatAreOpenedAgainAreComparedFurther() throws Exception {
    add(5);
    await(5);
    champion = Opening.open(directory.resolve("parcel-late/1").toString(), EngineKind.FOREST);
    ScoringModel again =
        Opening.open(directory.resolve("parcel-late/2").toString(), EngineKind.FOREST);
    challenger.set(Optional.of(again));
    shadow.refresh();
    long rows = 5;
    for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        scoredBy != again.engine() && System.nanoTime() < end; ) {
      add(7); // a block that is gathered already is scored by the earlier copy
      rows += 7;
      await(rows);
    }

    assertThat(scoredBy).isSameAs(again.engine());
    assertThat(inDocument("rows")).isEqualTo(rows);
  }

  @Test
  void rowsOfAnotherVersionThanTheComparedOneAreDropped() throws Exception {
    ScoringModel now = champion;
    champion = one;
    add(5);
    await(5);
    assertThat(shadow.dropped()).isEqualTo(5);
    assertThat(inDocument("dropped")).as("of this comparison").isZero();
    champion = now;
    add(5);
    await(10);
    assertThat(inDocument("rows")).isEqualTo(5);
    String ended = document("ended_at");
    assertThat(document("ended_at")).as("no row came since").isEqualTo(ended);
    assertThat(ended).isGreaterThan(document("started_at"));
  }
}
