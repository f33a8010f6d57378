package io.paritree.forest;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures nanoseconds per row of one thread, from slots to scores, for the specification and for
 * the fast engine in its three uses.
 *
 * <p>Run: {@code mvn -q -Pjmh -pl shared-model/core -am test-compile}, then {@code
 * org.openjdk.jmh.Main ForestBenchmark} on the test class path; {@code scripts/bench engine --jmh}
 * does both.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ForestBenchmark {
  private static final int ROWS = BenchModel.ROWS;

  @Param({"TREES100_DEPTH6", "TREES1000_DEPTH6", "TREES500_DEPTH8", "LEAFWISE300"})
  String model;

  private Forest specification;
  private Engine engine;
  private float[] rows;
  private float[] columns;
  private float[][] single;
  private float[] scores;
  private int next;

  /** Reads or trains the model, and proves that all engines give the same scores. */
  @Setup
  public void setUp() throws Exception {
    Path directory = Path.of(System.getProperty("paritree.bench", "target/bench/engine"));
    BenchModel subject = BenchModel.of(BenchModel.Trained.valueOf(model), directory);
    specification = subject.model().forest(Rounds.ALL);
    engine = specification.fast();
    rows = subject.rows();
    int width = specification.width();
    columns = new float[rows.length];
    single = new float[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      single[row] = Arrays.copyOfRange(rows, row * width, (row + 1) * width);
      for (int feature = 0; feature < width; feature++) {
        columns[feature * ROWS + row] = single[row][feature];
      }
    }

    scores = new float[ROWS];
    float[] expected = new float[ROWS];
    specification.score(rows, ROWS, null, expected);
    engine.score(rows, ROWS, null, scores);
    check(expected, "rows");
    engine.scoreColumns(columns, ROWS, ROWS, null, scores);
    check(expected, "columns");
  }

  private void check(float[] expected, String what) {
    if (!Arrays.equals(expected, scores)) {
      throw new IllegalStateException(
          "Wrong scores for %s: an engine with wrong scores is not measured".formatted(what));
    }
  }

  /** The specification, one row per call. */
  @Benchmark
  public float[] specificationOneRow() {
    specification.score(single[next++ & ROWS - 1], 1, null, scores);
    return scores;
  }

  /** The fast engine, one row per call. */
  @Benchmark
  public float[] oneRow() {
    engine.score(single[next++ & ROWS - 1], 1, null, scores);
    return scores;
  }

  /** The fast engine, 4,096 rows per call, row after row. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] blockOfRows() {
    engine.score(rows, ROWS, null, scores);
    return scores;
  }

  /** The fast engine, 4,096 rows per call, feature after feature. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] blockOfColumns() {
    engine.scoreColumns(columns, ROWS, ROWS, null, scores);
    return scores;
  }
}
