package io.paritree.forest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * Compares the forest engine with XGBoost4J's {@code inplace_predict}, from slots to scores: one
 * row per call, and blocks of 4,096 rows. The two run in turn, the best of 7 counts, and all scores
 * are proved equal first. Then what it costs to score some rows of each block again, by the
 * specification: nanoseconds for each of these rows, and the share of the engine's time that the
 * default share of the rows takes.
 *
 * <p>Run: {@code scripts/bench engine [--json]}.
 */
final class EngineBench {
  private static final int ROUNDS = 7;
  private static final int NATIVE_WARM_CALLS = 20_000;
  private static final int SINGLE_ROWS = 256;
  private static final long WARM_NANOS = 1_500_000_000L;
  private static final long TRY_NANOS = 4_000_000L;
  private static final int TRIES = 12;

  /** Short turns, so that some of them find both cores idle. */
  private static final long TWO_THREADS_NANOS = 50_000_000L;

  private static final int TWO_THREADS_ROUNDS = 21;
  private static final int[] ALL_ROUNDS = {0, 0};

  private final BenchModel subject;
  private final Forest forest;
  private final Engine engine;
  private final Booster booster;
  private final int width;

  /** Nanoseconds per row on both sides. */
  private record Pair(double forest, double xgboost4j) {
    double ratio() {
      return xgboost4j / forest;
    }
  }

  private record Result(String name, Pair oneRow, Pair blocks, double twoThreads, long bytes) {}

  private EngineBench(BenchModel subject) throws Exception {
    this.subject = subject;
    this.forest = subject.model().forest(Rounds.ALL);
    this.engine = Ways.of(forest).values().iterator().next();
    if (engine instanceof FastForest fast) {
      fast.tryOut();
    }

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

    List<Result> results = new ArrayList<>();
    if (!json) {
      report.println(
          "ns per row           one row: forest  xgboost4j   ratio   blocks: forest  xgboost4j"
              + "   ratio   2 threads    KiB");
    }

    for (BenchModel subject : subjects) {
      Result result = new EngineBench(subject).measure();
      results.add(result);
      if (!json) {
        report.println(line(result));
      }
    }

    if (json) {
      report.println(json(results));
    }
  }

  private static String line(Result result) {
    return String.format(
        Locale.ROOT,
        "%-24s %13.0f %10.0f %7.1f %16.0f %10.0f %7.1f %11.2f %6d",
        result.name,
        result.oneRow.forest,
        result.oneRow.xgboost4j,
        result.oneRow.ratio(),
        result.blocks.forest,
        result.blocks.xgboost4j,
        result.blocks.ratio(),
        result.twoThreads,
        result.bytes / 1024);
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
        json.writeNumberField("threads2", rounded(result.twoThreads));
        json.writeNumberField("bytes", result.bytes);
        json.writeEndObject();
      }

      json.writeEndArray();
      json.writeEndObject();
    }

    return text.toString();
  }

  private static void write(JsonGenerator json, String name, Pair pair) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("forest", rounded(pair.forest));
    json.writeNumberField("xgboost4j", rounded(pair.xgboost4j));
    json.writeNumberField("ratio", rounded(pair.ratio()));
    json.writeEndObject();
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  private Result measure() throws Exception {
    proveAnswers();
    float[][] single = new float[SINGLE_ROWS][];
    for (int row = 0; row < SINGLE_ROWS; row++) {
      single[row] = Arrays.copyOfRange(subject.rows(), row * width, (row + 1) * width);
    }

    float[] score = new float[engine.scores()];
    Work oneForest =
        () -> {
          for (float[] row : single) {
            engine.score(row, 1, null, score);
          }
        };
    Work oneNative =
        () -> {
          for (float[] row : single) {
            predict(row, 1);
          }
        };
    for (int call = 0; call < NATIVE_WARM_CALLS; call += SINGLE_ROWS) {
      oneNative.run();
    }

    Pair oneRow = inTurn(oneForest, oneNative, SINGLE_ROWS);

    float[] scores = new float[BenchModel.ROWS * engine.scores()];
    Work blockForest = () -> engine.score(subject.rows(), BenchModel.ROWS, null, scores);
    Work blockNative = () -> predict(subject.rows(), BenchModel.ROWS);
    Pair blocks = inTurn(blockForest, blockNative, BenchModel.ROWS);

    double twoThreads = twoThreads();
    booster.dispose();
    return new Result(subject.name(), oneRow, blocks, twoThreads, RetainedBytes.of(engine));
  }

  /** Work that is timed. */
  private interface Work {
    void run() throws Exception;
  }

  private float[][] predict(float[] slots, int rows) throws XGBoostError {
    return booster.inplace_predict(
        slots, rows, width, Float.NaN, ALL_ROUNDS, Booster.PredictionType.kValue, null);
  }

  private void proveAnswers() throws XGBoostError {
    int rows = BenchModel.ROWS;
    float[] expected = new float[rows * forest.scores()];
    forest.score(subject.rows(), rows, null, expected);
    float[] actual = new float[expected.length];
    engine.score(subject.rows(), rows, null, actual);
    float[][] reference = predict(subject.rows(), rows);
    float[] single = new float[forest.scores()];
    for (int row = 0; row < rows; row++) {
      float[] slots = Arrays.copyOfRange(subject.rows(), row * width, (row + 1) * width);
      engine.score(slots, 1, null, single);
      for (int output = 0; output < single.length; output++) {
        int bits = Float.floatToIntBits(expected[row * single.length + output]);
        if (bits != Float.floatToIntBits(actual[row * single.length + output])
            || bits != Float.floatToIntBits(single[output])
            || bits != Float.floatToIntBits(reference[row][output])) {
          throw new IllegalStateException(
              "Wrong scores for row %s of %s: an engine with wrong scores is not measured"
                  .formatted(row, subject.name()));
        }
      }
    }
  }

  private static Pair inTurn(Work forest, Work xgboost4j, int rows) throws Exception {
    long warm = System.nanoTime() + WARM_NANOS;
    while (System.nanoTime() < warm) {
      forest.run();
    }

    double bestForest = Double.MAX_VALUE;
    double bestNative = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      bestForest = Math.min(bestForest, nanos(forest));
      bestNative = Math.min(bestNative, nanos(xgboost4j));
    }

    return new Pair(bestForest / rows, bestNative / rows);
  }

  /**
   * Returns the time of one run, the best of a few tries that are short compared with a time slice.
   */
  private static double nanos(Work work) throws Exception {
    double best = Double.MAX_VALUE;
    for (int tried = 0; tried < TRIES; tried++) {
      int runs = 0;
      long start = System.nanoTime();
      long now;
      do {
        work.run();
        runs++;
        now = System.nanoTime();
      } while (now - start < TRY_NANOS);

      best = Math.min(best, (now - start) / (double) runs);
    }

    return best;
  }

  /** Returns the best rate of two threads divided by the best rate of one. */
  private double twoThreads() throws Exception {
    double one = 0;
    double two = 0;
    for (int round = 0; round < TWO_THREADS_ROUNDS; round++) {
      one = Math.max(one, runsPerNano(1));
      two = Math.max(two, runsPerNano(2));
    }

    return two / one;
  }

  /**
   * Returns the sum of the threads' rates. Each thread measures its own time, because its last run
   * ends late.
   */
  private double runsPerNano(int threads) throws InterruptedException {
    double[] rates = new double[threads];
    CyclicBarrier start = new CyclicBarrier(threads);
    Thread[] workers = new Thread[threads];
    for (int thread = 0; thread < threads; thread++) {
      int own = thread;
      workers[thread] =
          new Thread(
              () -> {
                float[] scores = new float[BenchModel.ROWS * engine.scores()];
                engine.score(subject.rows(), BenchModel.ROWS, null, scores);
                await(start);
                long began = System.nanoTime();
                long now;
                int runs = 0;
                do {
                  engine.score(subject.rows(), BenchModel.ROWS, null, scores);
                  runs++;
                  now = System.nanoTime();
                } while (now - began < TWO_THREADS_NANOS);

                rates[own] = runs / (double) (now - began);
              });
      workers[thread].start();
    }

    for (Thread worker : workers) {
      worker.join();
    }

    return Arrays.stream(rates).sum();
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }
}
