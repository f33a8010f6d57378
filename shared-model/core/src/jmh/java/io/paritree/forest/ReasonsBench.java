package io.paritree.forest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * Compares both modes of contributions with XGBoost4J's {@code predictContrib} on one thread, from
 * slots to contributions: one row per call, and blocks. XGBoost4J makes its DMatrix within the
 * call. All run in turn, the best counts, and all contributions are compared first.
 *
 * <p>Run: {@code scripts/bench reasons [--json]}.
 */
final class ReasonsBench {
  private static final int ROUNDS = 9;
  private static final int SINGLE_ROWS = 8;
  private static final int BLOCK = 1_024;

  /** XGBoost4J and the exact mode take as long per row in a block of this many. */
  private static final int SLOW_BLOCK = 256;

  private static final long WARM_NANOS = 2_000_000_000L;
  private static final long TRY_NANOS = 20_000_000L;
  private static final double TOLERANCE = 1e-5;

  private final BenchModel subject;
  private final Explainer fast;
  private final Explainer exact;
  private final Booster booster;
  private final int width;

  /** Nanoseconds per row. */
  private record Times(double fast, double exact, double xgboost4j) {}

  private record Result(String name, Times oneRow, Times blocks, long bytes) {}

  private ReasonsBench(BenchModel subject) throws Exception {
    Forest forest = subject.model().forest(Rounds.ALL);
    this.subject = subject;
    this.fast = Explainer.of(forest, ContributionMode.FAST);
    this.exact = Explainer.of(forest, ContributionMode.EXACT);
    this.booster = XGBoost.loadModel(subject.file());
    this.booster.setParam("nthread", 1);
    this.width = forest.width();
  }

  /**
   * Runs the benchmark.
   *
   * @param args the directory for trained models, the flight model or "-", then {@code --json}
   */
  public static void main(String[] args) throws Exception {
    boolean json = Arrays.asList(args).contains("--json");
    PrintStream report = System.out;
    System.setOut(System.err); // libxgboost's loader may print
    List<BenchModel> subjects = BenchModel.all(args);

    if (!json) {
      report.println(
          "us per row          one row: fast     exact  xgboost4j  ratios        blocks: fast"
              + "     exact  xgboost4j  ratios         KiB");
    }

    List<Result> results = new ArrayList<>();
    for (BenchModel subject : subjects) {
      Result result = new ReasonsBench(subject).measure();
      results.add(result);
      if (!json) {
        report.printf(
            "%-20s %s %s %6d%n",
            result.name, text(result.oneRow), text(result.blocks), result.bytes / 1024);
      }
    }

    if (json) {
      report.println(json(results));
    }
  }

  private static String text(Times times) {
    return String.format(
        Locale.ROOT,
        "%12.1f %9.1f %10.1f %6.1f %5.1f",
        times.fast / 1e3,
        times.exact / 1e3,
        times.xgboost4j / 1e3,
        times.xgboost4j / times.fast,
        times.xgboost4j / times.exact);
  }

  private static String json(List<Result> results) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeArrayFieldStart("models");
      for (Result result : results) {
        json.writeStartObject();
        json.writeStringField("name", result.name);
        write(json, "oneRow", result.oneRow);
        write(json, "blocks", result.blocks);
        json.writeNumberField("tableBytes", result.bytes);
        json.writeEndObject();
      }

      json.writeEndArray();
      json.writeEndObject();
    }

    return text.toString();
  }

  private static void write(JsonGenerator json, String name, Times times) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("fast", Math.round(times.fast));
    json.writeNumberField("exact", Math.round(times.exact));
    json.writeNumberField("xgboost4j", Math.round(times.xgboost4j));
    json.writeNumberField("fastRatio", rounded(times.xgboost4j / times.fast));
    json.writeNumberField("exactRatio", rounded(times.xgboost4j / times.exact));
    json.writeEndObject();
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  private Result measure() throws Exception {
    compare();
    float[][] single = new float[SINGLE_ROWS][];
    for (int row = 0; row < SINGLE_ROWS; row++) {
      single[row] = rows(row, 1);
    }

    float[] one = new float[fast.contributions()];
    Times oneRow =
        inTurn(
            () -> {
              for (float[] row : single) {
                fast.explain(row, 1, one);
              }
            },
            SINGLE_ROWS,
            () -> {
              for (float[] row : single) {
                exact.explain(row, 1, one);
              }
            },
            () -> {
              for (float[] row : single) {
                predictContrib(row, 1);
              }
            },
            SINGLE_ROWS);

    float[] block = rows(0, BLOCK);
    float[] slowBlock = rows(0, SLOW_BLOCK);
    float[] ofBlock = new float[BLOCK * fast.contributions()];
    Times blocks =
        inTurn(
            () -> fast.explain(block, BLOCK, ofBlock),
            BLOCK,
            () -> exact.explain(slowBlock, SLOW_BLOCK, ofBlock),
            () -> predictContrib(slowBlock, SLOW_BLOCK),
            SLOW_BLOCK);
    booster.dispose();
    return new Result(
        subject.name(), oneRow, blocks, RetainedBytes.of(fast, Forest.class, Tree.class));
  }

  private float[] rows(int first, int count) {
    return Arrays.copyOfRange(subject.rows(), first * width, (first + count) * width);
  }

  private float[][] predictContrib(float[] slots, int rows) throws XGBoostError {
    DMatrix matrix = new DMatrix(slots, rows, width, Float.NaN);
    try {
      return booster.predictContrib(matrix, 0);
    } finally {
      matrix.dispose();
    }
  }

  private void compare() throws XGBoostError {
    int size = fast.contributions();
    float[] slots = rows(0, SLOW_BLOCK);
    float[][] expected = predictContrib(slots, SLOW_BLOCK);
    float[] ofExact = new float[SLOW_BLOCK * size];
    float[] ofFast = new float[SLOW_BLOCK * size];
    float[] one = new float[size];
    exact.explain(slots, SLOW_BLOCK, ofExact);
    fast.explain(slots, SLOW_BLOCK, ofFast);
    for (int row = 0; row < SLOW_BLOCK; row++) {
      float[] own = Arrays.copyOfRange(ofFast, row * size, (row + 1) * size);
      fast.explain(rows(row, 1), 1, one);
      check(row, Arrays.equals(one, own), "one row and a block differ");
      check(
          row,
          Arrays.equals(expected[row], Arrays.copyOfRange(ofExact, row * size, (row + 1) * size)),
          "the exact mode has other bits");
      double sum = 0;
      double worst = 0;
      for (int at = 0; at < size; at++) {
        sum += Math.abs(expected[row][at]);
        worst = Math.max(worst, Math.abs((double) expected[row][at] - own[at]));
      }

      check(row, worst <= TOLERANCE * Math.max(1, sum), "the fast mode is " + worst + " off");
    }
  }

  private void check(int row, boolean isRight, String what) {
    if (!isRight) {
      throw new IllegalStateException(
          "Wrong contributions for row %s of %s: %s; what is wrong is not measured"
              .formatted(row, subject.name(), what));
    }
  }

  /** Work that is timed. */
  private interface Work {
    void run() throws Exception;
  }

  private static Times inTurn(Work fast, int fastRows, Work exact, Work xgboost4j, int slowRows)
      throws Exception {
    for (Work work : List.of(fast, exact)) {
      long warm = cpuNanos() + WARM_NANOS;
      while (cpuNanos() < warm) {
        work.run();
      }
    }

    double bestFast = Double.MAX_VALUE;
    double bestExact = Double.MAX_VALUE;
    double bestNative = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      bestFast = Math.min(bestFast, nanos(fast));
      bestExact = Math.min(bestExact, nanos(exact));
      bestNative = Math.min(bestNative, nanos(xgboost4j));
    }

    return new Times(bestFast / fastRows, bestExact / slowRows, bestNative / slowRows);
  }

  /** A loaded machine needs longer, so that the compiler has seen as much. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double nanos(Work work) throws Exception {
    int runs = 0;
    long start = System.nanoTime();
    long now;
    do {
      work.run();
      runs++;
      now = System.nanoTime();
    } while (now - start < TRY_NANOS);

    return (now - start) / (double) runs;
  }
}
