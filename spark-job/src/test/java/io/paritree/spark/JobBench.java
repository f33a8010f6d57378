package io.paritree.spark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.model.EngineKind;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.publish.LockTimes;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.JobReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The whole job against the floor and the usual way, in one run, in turn.
 *
 * <p>Run: {@code scripts/bench job [--rows N] [--rounds N] [--json]}
 *
 * <p>The floor reads the key and 28 floats and writes the key and their sum; no job that reads and
 * writes through Spark can be faster. The usual way is {@code mapPartitions} over rows with
 * XGBoost4J. Data and models are made once and kept under {@code spark-job/target/bench}.
 */
public final class JobBench {
  private static final int WIDTH = 28;
  private static final int TRAINING_ROWS = 40_000;
  private static final int USUAL_BATCH = 32_768;

  private final SparkSession spark;
  private final Path directory;
  private final long rows;
  private final PrintStream told;

  private JobBench(SparkSession spark, Path directory, long rows, PrintStream told) {
    this.spark = spark;
    this.directory = directory;
    this.rows = rows;
    this.told = told;
  }

  @FunctionalInterface
  private interface Way {
    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    long rows = 5_000_000;
    int rounds = 7;
    int warmUps = 2;
    boolean json = false;
    Path directory = Path.of("target", "bench");
    List<Integer> trees = List.of(100, 1_000);
    List<String> only = List.of("floor", "paritree", "xgboostEngine", "usualWay");
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rows" -> rows = Long.parseLong(given.next());
        case "--rounds" -> rounds = Integer.parseInt(given.next());
        case "--warm-ups" -> warmUps = Integer.parseInt(given.next());
        case "--directory" -> directory = Path.of(given.next());
        case "--trees" ->
            trees = Arrays.stream(given.next().split(",")).map(Integer::valueOf).toList();
        case "--only" -> only = List.of(given.next().split(","));
        case "--json" -> json = true;
        default -> {
          System.err.println(
              "Usage: bench job [--rows N] [--rounds N] [--warm-ups N] [--trees N,N]"
                  + " [--only WAYS] [--json]");
          System.exit(2);
        }
      }
    }

    SparkSession spark = SparkSession.builder().appName("bench job").getOrCreate();
    PrintStream told = json ? System.err : System.out;
    Map<String, Map<String, Double>> medians = new LinkedHashMap<>();
    try {
      JobBench bench = new JobBench(spark, directory, rows, told);
      for (int count : trees) {
        medians.put("trees%s-depth6".formatted(count), bench.measure(count, rounds, warmUps, only));
      }
    } finally {
      spark.stop();
    }

    if (json) {
      System.out.println(json(rows, medians));
    }

    System.exit(0);
  }

  private Map<String, Double> measure(int trees, int rounds, int warmUps, List<String> only)
      throws Exception {
    Path data = data();
    Path model = model(trees);
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("floor", () -> floor(data));
    ways.put("paritree", () -> paritree(data, model, EngineKind.FOREST));
    ways.put("xgboostEngine", () -> paritree(data, model, EngineKind.XGBOOST));
    ways.put("usualWay", () -> usualWay(data, model));
    ways.keySet().retainAll(only);
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    for (int round = -warmUps; round < rounds; round++) {
      for (Map.Entry<String, Way> way : ways.entrySet()) {
        System.gc();
        long begin = System.nanoTime();
        way.getValue().run();
        double took = (System.nanoTime() - begin) / 1e9;
        told.println(
            String.format(
                Locale.ROOT,
                "%d trees, %s %d: %s %.3f s",
                trees,
                round < 0 ? "warm-up" : "round",
                round < 0 ? round + warmUps + 1 : round + 1,
                way.getKey(),
                took));
        if (round >= 0) {
          seconds.computeIfAbsent(way.getKey(), key -> new ArrayList<>()).add(took);
        }
      }
    }

    Map<String, Double> medians = new LinkedHashMap<>();
    seconds.forEach((way, all) -> medians.put(way, median(all)));
    if (medians.containsKey("floor") && medians.containsKey("paritree")) {
      medians.put("toFloor", medians.get("paritree") / medians.get("floor"));
    }

    if (medians.containsKey("usualWay") && medians.containsKey("paritree")) {
      medians.put("overUsualWay", medians.get("usualWay") / medians.get("paritree"));
    }

    told.println("%s trees, %s rows: medians and ratios %s".formatted(trees, rows, medians));
    return medians;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private void floor(Path data) {
    Column sum = functions.lit(0f);
    for (int feature = 0; feature < WIDTH; feature++) {
      sum = sum.plus(functions.coalesce(functions.col("f" + feature), functions.lit(0f)));
    }

    spark
        .read()
        .parquet(data.toString())
        .select(functions.col("key"), sum.as("sum"))
        .write()
        .mode(SaveMode.Overwrite)
        .option("compression", "zstd")
        .parquet(directory.resolve("floor").toString());
  }

  private void paritree(Path data, Path model, EngineKind engine) throws Exception {
    JobSettings settings =
        new JobSettings(
            JobSettings.Mode.SCORE,
            model.toString(),
            data.toString(),
            InputFormat.PARQUET,
            new PartitionChoice(List.of(), Optional.empty(), PartitionChoice.Missing.REFUSED),
            "",
            directory.resolve("paritree-" + engine).toString(),
            List.of("key"),
            List.of(),
            List.of(),
            JobSettings.Duplicates.ADMITTED,
            JobSettings.Margin.LEFT_OUT,
            engine,
            0,
            "bench",
            JobSettings.Repeat.PUBLISHED_AGAIN,
            JobSettings.Foreign.REFUSED,
            ScoreArguments.ROWS_PER_FILE,
            JobSettings.Order.AS_READ,
            1,
            Duration.ZERO,
            "",
            LockTimes.DEFAULT);
    JobReport report =
        new ScoringJob(settings, spark, StepObserver.NONE, System.err, Clock.systemUTC()).run();
    if (report.scored() != rows) {
      throw new IllegalStateException(
          "Scored %s of %s rows: the speed of a wrong answer is no figure"
              .formatted(report.scored(), rows));
    }

    told.println("  " + report.seconds());
  }

  private void usualWay(Path data, Path model) throws Exception {
    Broadcast<byte[]> bytes =
        new JavaSparkContext(spark.sparkContext()).broadcast(Files.readAllBytes(model));
    StructType schema =
        new StructType().add("key", DataTypes.LongType).add("score", DataTypes.FloatType);
    Dataset<Row> scored =
        spark
            .read()
            .parquet(data.toString())
            .mapPartitions(
                (org.apache.spark.api.java.function.MapPartitionsFunction<Row, Row>)
                    input -> new UsualWay(input, bytes.value()),
                Encoders.row(schema));
    scored
        .write()
        .mode(SaveMode.Overwrite)
        .option("compression", "zstd")
        .parquet(directory.resolve("usual").toString());
    bytes.destroy();
  }

  /** Rows in, rows out, a batch at a time through a DMatrix. */
  private static final class UsualWay implements Iterator<Row> {
    private final Iterator<Row> input;
    private final Booster booster;
    private final float[] values = new float[USUAL_BATCH * WIDTH];
    private final long[] keys = new long[USUAL_BATCH];
    private float[][] scores = {};
    private int at;
    private int gathered;

    private UsualWay(Iterator<Row> input, byte[] model) throws XGBoostError, IOException {
      this.input = input;
      this.booster = XGBoost.loadModel(new ByteArrayInputStream(model));
      booster.setParam("nthread", 1);
    }

    @Override
    public boolean hasNext() {
      if (at < gathered) {
        return true;
      }

      gathered = 0;
      at = 0;
      while (gathered < USUAL_BATCH && input.hasNext()) {
        Row row = input.next();
        keys[gathered] = row.getLong(0);
        for (int feature = 0; feature < WIDTH; feature++) {
          values[gathered * WIDTH + feature] =
              row.isNullAt(feature + 1) ? Float.NaN : row.getFloat(feature + 1);
        }

        gathered++;
      }

      if (gathered == 0) {
        return false;
      }

      try {
        DMatrix matrix =
            new DMatrix(Arrays.copyOf(values, gathered * WIDTH), gathered, WIDTH, Float.NaN);
        scores = booster.predict(matrix);
        matrix.dispose();
      } catch (XGBoostError e) {
        throw new IllegalStateException(e);
      }

      return true;
    }

    @Override
    public Row next() {
      Row row = RowFactory.create(keys[at], scores[at][0]);
      at++;
      return row;
    }
  }

  private Path data() {
    Path data = directory.resolve("data-" + rows);
    if (!Files.exists(data.resolve("_SUCCESS"))) {
      told.println("Making %s rows in %s ...".formatted(rows, data));
      List<Column> columns = new ArrayList<>();
      columns.add(functions.col("id").as("key"));
      for (int feature = 0; feature < WIDTH; feature++) {
        Column value = functions.randn(1_000 + feature).cast("float");
        columns.add(
            functions
                .when(functions.rand(2_000 + feature).lt(0.02), functions.lit(null).cast("float"))
                .otherwise(value)
                .as("f" + feature));
      }

      spark
          .range(0, rows, 1, 8)
          .select(columns.toArray(Column[]::new))
          .write()
          .mode(SaveMode.Overwrite)
          .option("compression", "zstd")
          .parquet(data.toString());
    }

    return data;
  }

  private Path model(int trees) throws Exception {
    Path file = directory.resolve("trees%s-depth6.ubj".formatted(trees));
    if (!Files.exists(file)) {
      told.println("Training %s trees ...".formatted(trees));
      Random random = new Random(42);
      float[] values = new float[TRAINING_ROWS * WIDTH];
      float[] labels = new float[TRAINING_ROWS];
      for (int row = 0; row < TRAINING_ROWS; row++) {
        double sum = 0;
        for (int feature = 0; feature < WIDTH; feature++) {
          float value = (float) random.nextGaussian();
          values[row * WIDTH + feature] = random.nextInt(50) == 0 ? Float.NaN : value;
          sum += Math.sin(value * (1 + feature % 5)) * (feature % 3);
        }

        labels[row] = sum + random.nextGaussian() > 0 ? 1 : 0;
      }

      DMatrix matrix = new DMatrix(values, TRAINING_ROWS, WIDTH, Float.NaN);
      matrix.setLabel(labels);
      String[] names = new String[WIDTH];
      Arrays.setAll(names, feature -> "f" + feature);
      matrix.setFeatureNames(names);
      Map<String, Object> parameters =
          new HashMap<>(
              Map.of(
                  "objective",
                  "binary:logistic",
                  "max_depth",
                  6,
                  "eta",
                  0.1,
                  "tree_method",
                  "hist"));
      Booster booster = XGBoost.train(matrix, parameters, trees, Map.of(), null, null);
      Files.createDirectories(directory);
      Files.write(file, booster.toByteArray("ubj"));
      booster.dispose();
      matrix.dispose();
    }

    return file;
  }

  private static String json(long rows, Map<String, Map<String, Double>> medians)
      throws IOException {
    java.io.StringWriter text = new java.io.StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("rows", rows);
      json.writeNumberField("cores", Runtime.getRuntime().availableProcessors());
      json.writeArrayFieldStart("models");
      for (Map.Entry<String, Map<String, Double>> model : medians.entrySet()) {
        json.writeStartObject();
        json.writeStringField("name", model.getKey());
        for (Map.Entry<String, Double> figure : model.getValue().entrySet()) {
          json.writeNumberField(figure.getKey(), Math.round(figure.getValue() * 1000) / 1000.0);
        }

        json.writeEndObject();
      }

      json.writeEndArray();
      json.writeEndObject();
    }

    return text.toString();
  }
}
