package io.paritree.demo;

import io.paritree.demo.Flights.Flight;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.apache.spark.sql.SparkSession;

/**
 * Trains a model that predicts whether a flight will arrive 15 minutes late or more, and writes the
 * files from which {@code scripts/model seal} makes a package.
 *
 * <p>Usage: {@code FlightDelayTraining TRAIN.parquet SCORING DIRECTORY}. It writes {@code
 * model.ubj}, the trained model; {@code schema.json}, which states how a record becomes the model's
 * inputs; and {@code rows.csv}, some raw rows with the predictions of this program. Sealing encodes
 * these rows by the schema, scores them, and refuses the seal if a prediction differs. This finds a
 * mistake in the schema before it scores a night's table. {@code reference.csv} has all training
 * rows, with which sealing compares nights later. {@code spoiled} is a {@link SpoiledDay}, {@code
 * labels} what came of the flights to score.
 */
public final class FlightDelayTraining {
  private static final String[] FEATURES = {
    "distance", "origin", "destination", "minute_of_day", "day_of_week"
  };
  private static final String[] FEATURE_TYPES = {"q", "c", "c", "q", "q"};
  private static final int ROUNDS = 150;
  private static final int CHECKED_ROWS = 500;

  private FlightDelayTraining() {}

  public static void main(String[] args) throws IOException, XGBoostError {
    Path directory = Files.createDirectories(Path.of(args[2]));
    List<Flight> flights;
    try (SparkSession spark = Flights.spark()) {
      flights = Flights.read(spark, args[0]);
      SpoiledDay.write(spark, args[1], directory.resolve("spoiled").toString());
      Flights.writeLabels(spark, args[1], directory.resolve("labels").toString());
    }

    List<String> origins = vocabulary(flights, Flight::origin);
    List<String> destinations = vocabulary(flights, Flight::destination);
    float[] inputs = inputs(flights, codes(origins), codes(destinations));
    Booster booster = train(inputs, flights);

    booster.saveModel(directory.resolve("model.ubj").toString());
    Files.writeString(directory.resolve("schema.json"), schema(origins, destinations));
    writeRows(directory.resolve("rows.csv"), flights, inputs, booster);
    writeReference(directory.resolve("reference.csv"), flights);
    System.out.printf("Trained %s rounds on %s flights%n", ROUNDS, flights.size());
  }

  /** Returns the categories in the order of their codes. */
  private static List<String> vocabulary(List<Flight> flights, Function<Flight, String> column) {
    return List.copyOf(flights.stream().map(column).collect(Collectors.toCollection(TreeSet::new)));
  }

  private static Map<String, Integer> codes(List<String> vocabulary) {
    Map<String, Integer> codes = new HashMap<>();
    vocabulary.forEach(category -> codes.put(category, codes.size()));
    return codes;
  }

  /** Returns the model's inputs, row after row, as this trainer encodes its columns. */
  private static float[] inputs(
      List<Flight> flights, Map<String, Integer> origins, Map<String, Integer> destinations) {
    float[] inputs = new float[flights.size() * FEATURES.length];
    int next = 0;
    for (Flight flight : flights) {
      inputs[next++] = flight.distance();
      inputs[next++] = origins.get(flight.origin());
      inputs[next++] = destinations.get(flight.destination());
      inputs[next++] = flight.scheduled().getHour() * 60 + flight.scheduled().getMinute();
      inputs[next++] = flight.scheduled().getDayOfWeek().getValue();
    }

    return inputs;
  }

  private static Booster train(float[] inputs, List<Flight> flights) throws XGBoostError {
    float[] labels = new float[flights.size()];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = flights.get(row).late() ? 1f : 0f;
    }

    DMatrix matrix = new DMatrix(inputs, flights.size(), FEATURES.length, Float.NaN);
    try {
      matrix.setLabel(labels);
      matrix.setFeatureNames(FEATURES);
      matrix.setFeatureTypes(FEATURE_TYPES);
      Map<String, Object> parameters =
          Map.of(
              "objective", "binary:logistic",
              "tree_method", "hist",
              "max_depth", 6,
              "eta", 0.1,
              "min_child_weight", 20,
              "nthread", 2,
              "seed", 2001);
      return XGBoost.train(matrix, parameters, ROUNDS, Map.of(), null, null);
    } finally {
      matrix.dispose();
    }
  }

  private static String schema(List<String> origins, List<String> destinations) {
    return """
        {
          "features": [
            {"name": "distance", "type": "number", "min": 0, "nullable": false},
            {"name": "origin", "type": "category", "categories": [%s], "unseen": "missing"},
            {"name": "destination", "type": "category", "categories": [%s], "unseen": "missing"},
            {"name": "minute_of_day", "type": "minute_of_day", "column": "date", "nullable": false},
            {"name": "day_of_week", "type": "day_of_week", "column": "date", "nullable": false}
          ],
          "outputs": {"names": ["late"], "classes": ["on_time", "late"], "threshold": 0.5}
        }
        """
        .formatted(quoted(origins), quoted(destinations));
  }

  private static String quoted(List<String> airports) {
    return airports.stream().collect(Collectors.joining("\", \"", "\"", "\""));
  }

  private static void writeReference(Path file, List<Flight> flights) throws IOException {
    try (PrintWriter csv = new PrintWriter(file.toFile(), StandardCharsets.UTF_8)) {
      csv.println("date,distance,origin,destination");
      flights.forEach(flight -> csv.println(cells(flight)));
    }
  }

  private static String cells(Flight flight) {
    return String.join(
        ",",
        flight.scheduled().toString(),
        String.valueOf(flight.distance()),
        flight.origin(),
        flight.destination());
  }

  private static void writeRows(Path file, List<Flight> flights, float[] inputs, Booster booster)
      throws IOException, XGBoostError {
    int width = FEATURES.length;
    int stride = flights.size() / CHECKED_ROWS;
    try (PrintWriter csv = new PrintWriter(file.toFile(), StandardCharsets.UTF_8)) {
      csv.println("date,distance,origin,destination,predicted");
      for (int row = 0; row < flights.size(); row += stride) {
        float[] one = java.util.Arrays.copyOfRange(inputs, row * width, (row + 1) * width);
        float predicted = booster.inplace_predict(one, 1, width, Float.NaN)[0][0];
        csv.println(cells(flights.get(row)) + "," + predicted);
      }
    }
  }
}
