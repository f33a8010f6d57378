package io.paritree.spark.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.management.OperatingSystemMXBean;
import io.paritree.spark.tables.formats.AskedFormat;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Measures the seconds from the call until the scores are published, in turn with other ways.
 *
 * <p>The floor reads the key and 28 columns and writes the key and their sum. The others are the
 * job with the engine of XGBoost4J, and {@code mapPartitions} over rows with XGBoost4J, the usual
 * way; and the functions for SQL and the call on a Dataset, written by Spark. The first two rounds
 * warm up and do not count; the results of the first one are checked.
 *
 * <p>Run: {@code scripts/bench job}
 */
final class JobBench {
  private static final String USAGE =
      """
      Usage: scripts/bench job [--rows N] [--table TABLE] [--rounds N] [--trees N,N] [--only WAYS] [--reasons K] [--json]
        --rows    rows of the input, made once (default: 5000000)
        --table   random (floats that all differ; the default), dictionary (20 of the 28 columns have 2 to
                  10,000 values, which Parquet encodes with dictionaries), mixed (10 doubles, 9 integers,
                  6 texts and 3 integers that are categories); both written by Spark's defaults
        --rounds  counted rounds (default: 7)
        --trees   sizes of the models, all of depth 6 (default: 100,1000)
        --only    some of floor,paritree,xgboostEngine,usualWay,sql,dataset (default: all), keysNotCounted, drift
                  (the job with --drift report; the others have none), challenger and challengers (the job with one
                  other model of the same size, and with four), deltaIn and deltaOut (the job from, or to,
                  a Delta table instead of Parquet files)
        --reasons the job with this many reasons of all rows, and of 5 % of them, against the job without and
                  XGBoost4J's predictContrib, which has a 50th of the rows; its time is multiplied by that
        --json    print the figures as one JSON object; everything else goes to standard error
      """;
  private static final int WARM_UPS = 2;

  /** The rows of predictContrib, of the rows of the others. */
  private static final int FEWER = 50;

  private static final List<String> USUAL =
      List.of(
          BenchWays.FLOOR,
          BenchWays.PARITREE,
          BenchWays.XGBOOST_ENGINE,
          BenchWays.USUAL_WAY,
          BenchWays.SQL,
          BenchWays.DATASET);

  private long rows = 5_000_000;
  private BenchTable table = BenchTable.RANDOM;
  private int rounds = 7;
  private List<Integer> trees = List.of(100, 1_000);
  private List<String> only = List.of();
  private int reasons;
  private boolean json;
  private Path directory;

  private JobBench() {}

  public static void main(String[] arguments) throws Exception {
    JobBench bench = new JobBench();
    try {
      bench.read(arguments);
    } catch (IllegalArgumentException | NoSuchElementException e) {
      System.err.print(USAGE);
      System.exit(2);
    }

    SparkSession.Builder builder = SparkSession.builder().appName("bench job");
    if (BenchWays.DELTA.stream().anyMatch(bench.only::contains)) {
      AskedFormat.settings(new SparkConf()).forEach(builder::config);
    }

    try (SparkSession spark = builder.getOrCreate()) {
      bench.run(spark);
    }

    // XGBoost4J and Spark may leave threads running.
    System.exit(0);
  }

  private void read(String[] arguments) {
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      String option = given.next();
      switch (option) {
        case "--directory" -> directory = Path.of(given.next());
        case "--rows" -> rows = Long.parseLong(given.next());
        case "--table" -> table = BenchTable.of(given.next());
        case "--rounds" -> rounds = Integer.parseInt(given.next());
        case "--trees" ->
            trees = Arrays.stream(given.next().split(",")).map(Integer::valueOf).toList();
        case "--only" -> only = List.of(given.next().split(","));
        case "--reasons" -> reasons = Integer.parseInt(given.next());
        case "--json" -> json = true;
        default -> throw new IllegalArgumentException(option);
      }
    }
  }

  private void run(SparkSession spark) throws Exception {
    PrintStream progress = json ? System.err : System.out;
    BenchInput input = new BenchInput(directory, progress, table);
    Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    for (int size : trees) {
      BenchWays ways =
          new BenchWays(
              spark,
              input.rows(spark, rows),
              table,
              rows,
              input.modelFile(size),
              input.modelPackage(size),
              BenchWays.CHALLENGED.stream().anyMatch(only::contains)
                  ? input.challengers(size, 4)
                  : List.of(),
              directory.resolve("scores-" + input.name(size)));
      Map<String, BenchWays.Way> chosen = ways.all();
      if (reasons > 0) {
        chosen = ways.withReasons(reasons, input.rows(spark, rows / FEWER));
      }

      Map<String, Double> measured = figures(measure(input.name(size), ways, chosen, progress));
      progress.println("%s: %s".formatted(input.name(size), measured));
      figures.put(input.name(size), measured);
    }

    if (json) {
      System.out.println(json(figures));
    }
  }

  /** Returns the seconds of each way's counted rounds. */
  private Map<String, List<Double>> measure(
      String model, BenchWays ways, Map<String, BenchWays.Way> chosen, PrintStream progress)
      throws IOException {
    if (reasons == 0 || !only.isEmpty()) {
      chosen.keySet().retainAll(only.isEmpty() ? USUAL : only);
    }

    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    for (int turn = 1; turn <= WARM_UPS + rounds; turn++) {
      for (Map.Entry<String, BenchWays.Way> way : chosen.entrySet()) {
        System.gc();
        long busy = cpuNanos();
        long begin = System.nanoTime();
        way.getValue().run();
        double took = (System.nanoTime() - begin) / 1e9;
        progress.println(
            String.format(
                Locale.ROOT,
                "%s, %s %d: %s %.3f s (%.2f s of CPU)",
                model,
                turn <= WARM_UPS ? "warm-up" : "round",
                turn <= WARM_UPS ? turn : turn - WARM_UPS,
                way.getKey(),
                took,
                (cpuNanos() - busy) / 1e9));
        if (turn > WARM_UPS) {
          seconds.computeIfAbsent(way.getKey(), key -> new ArrayList<>()).add(took);
        }
      }

      if (turn == 1) {
        ways.check(chosen.keySet());
      }
    }

    return seconds;
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static Map<String, Double> figures(Map<String, List<Double>> seconds) {
    Map<String, Double> figures = new LinkedHashMap<>();
    seconds.forEach((way, all) -> figures.put(way, rounded(median(all))));
    Double paritree = figures.get(BenchWays.PARITREE);
    Double floor = figures.get(BenchWays.FLOOR);
    Double usual = figures.get(BenchWays.USUAL_WAY);
    if (paritree != null && floor != null) {
      figures.put("toFloor", rounded(paritree / floor));
    }

    if (paritree != null && usual != null) {
      figures.put("overUsualWay", rounded(usual / paritree));
    }

    List<String> toJob = new ArrayList<>(List.of(BenchWays.SQL, BenchWays.DATASET));
    toJob.add(BenchWays.DRIFT);
    toJob.addAll(BenchWays.CHALLENGED);
    toJob.addAll(BenchWays.DELTA);
    for (String way : toJob) {
      if (paritree != null && figures.containsKey(way)) {
        figures.put(way + "ToJob", rounded(figures.get(way) / paritree));
      }
    }

    Double reasons = figures.get(BenchWays.REASONS);
    Double some = figures.get(BenchWays.REASONS_OF_SOME);
    Double contrib = figures.get(BenchWays.PREDICT_CONTRIB);
    if (reasons != null && contrib != null) {
      figures.put("predictContribOfAllRows", rounded(contrib * FEWER));
      figures.put("reasonsToPredictContrib", rounded(reasons / (contrib * FEWER)));
    }

    if (reasons != null && some != null && paritree != null) {
      double share = paritree + BenchWays.REASONED_SHARE * (reasons - paritree);
      figures.put("reasonsOfSomeToShare", rounded(some / share));
    }

    return figures;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  private String json(Map<String, Map<String, Double>> figures) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator to = new JsonFactory().createGenerator(text)) {
      to.writeStartObject();
      to.writeNumberField("rows", rows);
      to.writeStringField("table", table.id());
      to.writeNumberField("cores", Runtime.getRuntime().availableProcessors());
      to.writeArrayFieldStart("models");
      for (Map.Entry<String, Map<String, Double>> model : figures.entrySet()) {
        to.writeStartObject();
        to.writeStringField("name", model.getKey());
        for (Map.Entry<String, Double> figure : model.getValue().entrySet()) {
          to.writeNumberField(figure.getKey(), figure.getValue());
        }

        to.writeEndObject();
      }

      to.writeEndArray();
      to.writeEndObject();
    }

    return text.toString();
  }
}
