package io.paritree.spark;

import io.paritree.demo.FlightDelayTraining;
import io.paritree.forest.BenchModel;
import io.paritree.model.TestPackages;
import io.paritree.model.command.ModelMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** The models of {@link InsideTrial}, and what they score. */
final class InsideModels {
  private static final int BAD_EVERY = 50;
  private static final String FLIGHTS = "flights";
  private static final Path DATA =
      Path.of(System.getProperty("paritree.root"), "spark-job/data/flights/train.parquet");

  private final long rows;
  private final Path trained;
  private final Path directory;

  /**
   * @param rows how many rows each scores
   * @param trained where trained models are kept
   * @param directory for all others
   */
  InsideModels(long rows, Path trained, Path directory) {
    this.rows = rows;
    this.trained = trained;
    this.directory = directory;
  }

  /**
   * Returns the models by name; each is trained when it is asked for.
   *
   * @param only the names of those that are asked for; empty means all
   */
  Map<String, Callable<InsideModel>> all(List<String> only) throws IOException, XGBoostError {
    // Its training starts and stops a Spark of its own.
    Path flights = only.isEmpty() || only.contains(FLIGHTS) ? flights() : trained;
    Map<String, Callable<InsideModel>> all = new LinkedHashMap<>();
    for (BenchModel.Trained model : BenchModel.Trained.values()) {
      all.put(
          model.title(),
          () -> {
            String file = BenchModel.file(model, trained).getFileName().toString();
            return new InsideModel(trained, file, "key", () -> numbers(model.width()));
          });
    }

    all.put(FLIGHTS, () -> new InsideModel(flights, FLIGHTS, "key", this::flightRows));
    TestPackages packages = new TestPackages(directory.resolve("store"));
    packages.binary();
    packages.classes();
    for (String name : List.of(TestPackages.BINARY, TestPackages.CLASSES)) {
      all.put(name, () -> new InsideModel(packages.store(), name, "parcel_id", this::parcels));
    }

    for (int width : List.of(3, 300)) {
      all.put(
          TestPackages.WIDE + width,
          () -> {
            TestPackages wide = new TestPackages(directory.resolve("store-of-" + width));
            wide.wide(width, 30, 5);
            return new InsideModel(wide.store(), TestPackages.WIDE, "key", () -> numbers(width));
          });
    }

    return all;
  }

  /** Returns rows of floats, of which a 20th is missing. */
  private Dataset<Row> numbers(int width) {
    List<Column> columns = new ArrayList<>();
    columns.add(functions.col("id").as("key"));
    for (int index = 0; index < width; index++) {
      columns.add(
          functions
              .when(functions.rand(index).gt(0.05), functions.randn(1_000 + index).cast("float"))
              .as("f" + index));
    }

    return TestSpark.session().range(0, rows, 1, 4).select(columns.toArray(Column[]::new));
  }

  private Dataset<Row> parcels() {
    return TestSpark.session()
        .range(0, rows, 1, 4)
        .map(
            (MapFunction<Long, Row>)
                key -> {
                  int index = Math.toIntExact(key);
                  return index % BAD_EVERY == 0 ? Parcels.badRow(index) : Parcels.row(index);
                },
            Encoders.row(Parcels.SCHEMA));
  }

  /** Returns the flights of the demo, again and again, some of them faulty. */
  private Dataset<Row> flightRows() {
    Dataset<Row> once = TestSpark.session().read().parquet(DATA.toString());
    long times = 1 + rows / once.count();
    return once.crossJoin(TestSpark.session().range(times))
        .drop("id")
        .limit(Math.toIntExact(rows))
        .withColumn("key", functions.monotonically_increasing_id())
        .withColumn("distance", functions.expr("IF(key % 50 = 0, -distance, distance)"))
        .withColumn("date", functions.expr("IF(key % 70 = 0, NULL, date)"));
  }

  /** Returns the store of the demo's model. */
  private Path flights() throws IOException, XGBoostError {
    Path store = trained.resolve("flights-store");
    Path training = trained.resolve(FLIGHTS);
    if (!Files.exists(training.resolve("rows.csv"))) {
      FlightDelayTraining.main(new String[] {DATA.toString(), training.toString()});
    }

    if (!Files.exists(store)) {
      StringWriter err = new StringWriter();
      int exitCode =
          ModelMain.run(
              new PrintWriter(new StringWriter()),
              new PrintWriter(err),
              "seal",
              "--model",
              training.resolve("model.ubj").toString(),
              "--schema",
              training.resolve("schema.json").toString(),
              "--rows",
              training.resolve("rows.csv").toString(),
              "--expected",
              "predicted",
              "--store",
              store.toString(),
              "--name",
              FLIGHTS,
              "--alias",
              "champion");
      if (exitCode != 0) {
        throw new IOException(err.toString());
      }
    }

    return store;
  }
}
