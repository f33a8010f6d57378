package io.paritree.forest;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Compares every fast way to score with {@link Forest}, the specification. */
class FastForestTest {
  private static final int FORESTS = Integer.getInteger("paritree.forests", 100);
  private static final int ROWS = 300;

  @Test
  void randomForestsHaveTheBitsOfTheSpecification() {
    long first = Seed.next();
    for (int forest = 0; forest < FORESTS; forest++) {
      long seed = first + forest;
      RandomForests random = new RandomForests(seed);
      Forest specification = random.forest(random.shape());
      assertSameBits(seed, specification, random.rows(specification, ROWS));
    }
  }

  /**
   * Each way must be right for each forest that it can take, not only for those it is chosen for.
   */
  @Test
  void everyWayHasTheBitsOfTheSpecificationEvenWhereItIsNotChosen() {
    long first = Seed.next();
    int tried = 0;
    for (int forest = 0; forest < FORESTS / 2; forest++) {
      long seed = first + forest;
      RandomForests random = new RandomForests(seed);
      Forest specification = random.forest(random.shape());
      if (Columns.of(specification).isEmpty()) {
        continue;
      }

      float[] slots = random.rows(specification, ROWS);
      for (Engine way : Ways.of(specification).values()) {
        tried++;
        assertSameBits(seed, specification, way, slots);
      }
    }

    assertThat(tried).isGreaterThan(FORESTS / 10);
  }

  static void assertEqualInEveryWay(long seed, Forest specification, float[] slots) {
    for (Engine way : Ways.of(specification).values()) {
      assertSameBits(seed, specification, way, slots);
    }
  }

  static void assertSameBits(long seed, Forest specification, float[] slots) {
    assertSameBits(seed, specification, specification.fast(), slots);
  }

  static void assertSameBits(long seed, Forest specification, Engine fast, float[] slots) {
    String replay = "replay with -Dseed=" + seed;
    Bits.assertEqual(replay, fast, specification, slots);

    int width = specification.width();
    int rows = slots.length / width;
    float[] margins = new float[rows * specification.outputs()];
    float[] scores = new float[rows * specification.scores()];
    specification.score(slots, rows, margins, scores);

    float[] columns = new float[slots.length + 3 * width];
    int stride = rows + 3;
    for (int row = 0; row < rows; row++) {
      for (int feature = 0; feature < width; feature++) {
        columns[feature * stride + row] = slots[row * width + feature];
      }
    }

    float[] actual = new float[scores.length];
    fast.scoreColumns(columns, stride, rows, null, actual);
    Bits.assertBits("columns, " + replay, actual, scores);

    Random random = new Random(seed);
    for (int from = 0; from < rows; ) {
      int count = Math.min(rows - from, random.nextInt(4) == 0 ? 1 : random.nextInt(66));
      float[] some = new float[count * width];
      System.arraycopy(slots, from * width, some, 0, some.length);
      float[] someMargins = new float[count * specification.outputs()];
      fast.score(some, count, someMargins, null);
      float[] expected = new float[someMargins.length];
      System.arraycopy(margins, from * specification.outputs(), expected, 0, expected.length);
      Bits.assertBits("%s rows from %s, %s".formatted(count, from, replay), someMargins, expected);
      from += Math.max(1, count);
    }
  }

  @Test
  void shapesThatChooseEachWayHaveTheBitsOfTheSpecification() {
    long seed = Seed.next();
    RandomForests random = new RandomForests(seed);
    RandomForests.Shape shape = new RandomForests.Shape();
    for (int width : new int[] {1, 3, 400}) {
      for (int trees : new int[] {1, 40}) {
        for (int maxDepth : new int[] {1, 4, 7, 8, 30}) {
          for (double categorical : new double[] {0, 0.4}) {
            shape.width = width;
            shape.trees = trees;
            shape.maxDepth = maxDepth;
            shape.maxLeaves = maxDepth == 30 ? 700 : 1 << maxDepth;
            shape.earlyLeaf = 0;
            shape.categorical = categorical;
            Forest forest = random.forest(shape);
            assertSameBits(seed, forest, random.rows(forest, 70));
          }
        }
      }
    }
  }

  @Test
  void wideSlicesCompareAnyNumberOfThresholds() {
    long seed = Seed.next();
    RandomForests random = new RandomForests(seed);
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.width = 2;
    shape.maxDepth = 20;
    shape.maxLeaves = 256;
    shape.earlyLeaf = 0;
    for (int thresholds : new int[] {15, 16, 255, 256, 1_100, 5_000, 15_000}) {
      shape.thresholdsPerFeature = thresholds;
      shape.trees = 3 + thresholds / 100;
      Forest forest = random.forest(shape);
      assertEqualInEveryWay(seed, forest, random.rows(forest, 256));
    }
  }

  @Test
  void everyWayBeginsWithTheOffsetsOfARow() {
    long seed = Seed.next();
    RandomForests random = new RandomForests(seed);
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.outputs = 3;
    Forest forest = random.forest(shape).withOffsets(new float[] {0.5f, Float.NaN, -1f});
    assertEqualInEveryWay(seed, forest, random.rows(forest, 300));
  }

  /** On any CPU: where it has no such vectors, the JVM computes with them all the same. */
  @Test
  void wideSlicesOfTheOtherWidthHaveTheSameBits() throws Exception {
    int other = VectorWidth.BITS == 512 ? 256 : 512;
    assertThat(
            printed(
                OtherWidth.class,
                "--add-modules=jdk.incubator.vector",
                "-Dparitree.vector.bits=" + other))
        .contains(other + " bits compared");
  }

  @Test
  void aJvmWithoutTheModuleOfVectorsHasNoWideSlices() throws Exception {
    assertThat(printed(WithoutVectors.class)).contains("fast: true", "wide: false");
  }

  /** Returns what a program prints in a JVM of its own, which gets a seed. */
  private static String printed(Class<?> program, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            program.getName(),
            String.valueOf(Seed.next())));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void wideSlicesAreUsedOnlyOnceTheyHaveWon() {
    Forest forest = new RandomForests(1).forest(new RandomForests.Shape());
    SlicesBuilder layout =
        SplitTests.of(forest, Columns.of(forest).orElseThrow())
            .flatMap(tests -> SlicesBuilder.build(forest, tests))
            .orElseThrow();
    WideSlices wide = WideSlicesBuilder.build(layout).orElseThrow();
    WideGate gate = new WideGate(new Slices(layout), layout, 0);

    assertThat(gate.wide(100_000)).isNull();
    gate.tryOut();
    assertThat(gate.wide(64)).isNull();
    gate.open(wide);
    assertThat(gate.wide(64)).isSameAs(wide);
  }

  @Test
  void scoresDoNotDependOnWhereTheVectorsStart() {
    long seed = Seed.next();
    RandomForests random = new RandomForests(seed);
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.maxDepth = 20;
    shape.categorical = 0.2;
    Forest forest = random.forest(shape);
    Engine wide = Ways.of(forest).get("wide-slices");
    float[] slots = random.rows(forest, WideMemory.ROWS);
    Bits.assertScores("replay with -Dseed=" + seed, wide, forest, slots);
    for (int start = 0; start < WideMemory.LINE; start++) {
      WideMemory memory = Scratch.ofThread().wide();
      memory.start = start;
      memory.blocks = 1; // so that it is not found again
      Bits.assertScores(
          "from %s, replay with -Dseed=%s".formatted(start, seed), wide, forest, slots);
      assertThat(memory.start).isEqualTo(start);
    }
  }

  @Test
  void aTrialThatIsLostIsRepeatedOnceAfterMuchMoreWork() {
    Forest forest = new RandomForests(1).forest(new RandomForests.Shape());
    SlicesBuilder layout =
        SplitTests.of(forest, Columns.of(forest).orElseThrow())
            .flatMap(tests -> SlicesBuilder.build(forest, tests))
            .orElseThrow();
    WideGate gate = new WideGate(new Slices(layout), layout, 1e9);

    assertThat(gate.isDue(3)).isTrue();
    gate.tryOut(0);
    assertThat(gate.wide(100_000)).isNull();
    assertThat(gate.isDue(30)).isFalse();
    assertThat(gate.isDue(40)).isTrue();
    gate.tryOut(0);
    assertThat(gate.isDue(1_000)).isFalse();
  }

  @Test
  void scoresKeepTheirBitsWhileTheGateOpens() throws Exception {
    long seed = Seed.next();
    RandomForests random = new RandomForests(seed);
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.trees = 50;
    Forest forest = random.forest(shape);
    SlicesBuilder layout =
        SplitTests.of(forest, Columns.of(forest).orElseThrow())
            .flatMap(tests -> SlicesBuilder.build(forest, tests))
            .orElseThrow();
    Slices slices = new Slices(layout);
    WideGate gate = new WideGate(slices, layout, 0);
    Engine engine = new FastForest(forest, new SpecificationRows(forest), slices, gate, 2, null);
    float[] slots = random.rows(forest, 1_000);
    float[] expected = new float[1_000];
    forest.score(slots, 1_000, expected, null);
    AtomicInteger after = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> scoring = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        scoring.add(
            threads.submit(
                () -> {
                  float[] margins = new float[1_000];
                  while (after.get() < 20) {
                    if (gate.wide(1_000) != null) {
                      after.incrementAndGet();
                    }

                    engine.score(slots, 1_000, margins, null);
                    Bits.assertBits("replay with -Dseed=" + seed, margins, expected);
                  }
                }));
      }

      gate.open(WideSlicesBuilder.build(layout).orElseThrow());
      for (Future<?> thread : scoring) {
        thread.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void treesTooLargeForSlicesAreWalkedBlockByBlock() {
    long seed = Seed.next();
    RandomForests random = new RandomForests(seed);
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.trees = 20;
    shape.maxDepth = 40;
    shape.maxLeaves = 30_000;
    shape.earlyLeaf = 0;
    shape.thresholdsPerFeature = 70_000;
    for (int outputs : new int[] {1, 3}) {
      shape.outputs = outputs;
      Forest forest = random.forest(shape);
      assertSameBits(seed, forest, random.rows(forest, 200));
    }
  }

  @Test
  void listShapedTreesAreScoredWithoutRecursion() {
    long seed = Seed.next();
    RandomForests random = new RandomForests(seed);
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.trees = 3;
    shape.maxDepth = 255;
    shape.maxLeaves = 256;
    Forest forest = random.list(shape);

    assertSameBits(seed, forest, random.rows(forest, 130));
  }

  @Test
  void threadsShareAnEngine() throws Exception {
    RandomForests random = new RandomForests(Seed.next());
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.trees = 50;
    Forest forest = random.forest(shape);
    float[] slots = random.rows(forest, 333);
    float[] expected = new float[333];
    forest.score(slots, 333, expected, null);
    Engine fast = forest.fast();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<float[]>> answers = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        answers.add(
            threads.submit(
                () -> {
                  float[] margins = new float[333];
                  for (int turn = 0; turn < 50; turn++) {
                    fast.score(slots, 333, margins, null);
                  }

                  return margins;
                }));
      }

      for (Future<float[]> answer : answers) {
        Bits.assertBits("of a thread", answer.get(), expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void noRowsAreNoWork() {
    Forest forest = new RandomForests(1).forest(new RandomForests.Shape());

    forest.fast().score(new float[0], 0, new float[0], new float[0]);
    forest.fast().scoreColumns(new float[0], 0, 0, null, null);
    assertThat(forest.fast().trees()).isEqualTo(10);
  }
}
