package io.paritree.model.trainer;

import io.paritree.forest.Rounds;
import io.paritree.model.command.ModelMain;
import io.paritree.xgboost.NativeBooster;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;

/**
 * A model that a trainer trained on what it made of rows of a table, and a schema, options and a
 * file with predictions that say something else of the same rows.
 */
final class PlantedCase {
  private static final int TRAINING_ROWS = 1_500;
  private static final int ROWS = 400;
  private static final int OTHER_ROWS = 2_000;
  private static final double CLEAR = 1.5;
  static final List<String> COLORS = List.of("black", "blue", "green", "grey", "red", "white");

  private static final int[] SIZES = {3, 3, 4, 6, 10, 20, 40, 100, 250, 500};

  final Random random;
  final List<String> features = new ArrayList<>();
  final Map<String, Map<String, String>> schema = new LinkedHashMap<>();
  final List<String> options = new ArrayList<>();

  /** What the trainer did before it scored: by feature the column that it read. */
  final Map<String, String> sources = new HashMap<>();

  /** By feature, what the trainer made of a cell. */
  final Map<String, UnaryOperator<String>> made = new HashMap<>();

  /** By feature, what the trainer made of a cell when it predicted, but not when it trained. */
  final Map<String, UnaryOperator<String>> madeLater = new HashMap<>();

  /** By feature, the categories in code order. */
  final Map<String, List<String>> orders = new HashMap<>();

  /** What is done to each row of the table. */
  final List<Consumer<Map<String, String>>> table = new ArrayList<>();

  final Map<String, Object> parameters = new TreeMap<>();
  final int rounds;
  int scored;
  int outputs = 1;
  int hours;
  Function<Map<String, String>, String> offset;

  /** Of a row's scores and margins, the cells with predictions. */
  Function<float[][], String> predictions = row -> joined(row[0]);

  /** How the predictions are written after a cure that asks for that. */
  Function<float[][], String> written = row -> joined(row[0]);

  /** Whether the labels depend much on the features that a mistake is about. */
  boolean isClear;

  private final Path directory;
  private List<Map<String, String>> rows;
  private List<Map<String, String>> others;
  private byte[] model;

  /** A model of 3 to 500 rounds. */
  PlantedCase(long seed, Path directory) {
    this(seed, directory, SIZES[new Random(~seed).nextInt(SIZES.length)]);
  }

  PlantedCase(long seed, Path directory, int rounds) {
    this.random = new Random(seed);
    this.directory = directory;
    this.rounds = rounds;
    this.scored = rounds;
    parameters.put("nthread", 1);
    parameters.put("max_depth", 2 + random.nextInt(4));
    parameters.put("eta", 0.3);
    parameters.put("seed", random.nextInt(1 << 20));
    parameters.put("objective", random.nextBoolean() ? "binary:logistic" : "reg:squarederror");
    List<String> all =
        new ArrayList<>(
            List.of(
                "income",
                "rate",
                "age",
                "distance",
                "duration",
                "active",
                "isnew",
                "balance",
                "color",
                "shade",
                "x1",
                "x2",
                "x3",
                "x4",
                "x5",
                "x6"));
    Collections.shuffle(all, random);
    all.subList(0, 5 + random.nextInt(8)).forEach(this::add);
  }

  /** Has these features and no others. */
  void only(List<String> some) {
    features.clear();
    schema.clear();
    orders.clear();
    some.forEach(this::add);
  }

  /** Adds one of some features, and returns it. */
  String add(List<String> some) {
    String feature = some.get(random.nextInt(some.size()));
    add(feature);
    return feature;
  }

  /** Adds a feature with the plain schema, unless it is there. */
  void add(String feature) {
    if (!features.contains(feature)) {
      features.add(feature);
      Map<String, String> members = new LinkedHashMap<>();
      String type =
          switch (feature) {
            case "active" -> "boolean";
            case "color", "shade" -> "category";
            case "hour" -> "hour";
            default -> "number";
          };
      members.put("name", quoted(feature));
      members.put("type", quoted(type));
      if (type.equals("category")) {
        orders.put(feature, COLORS);
        members.put("categories", list(COLORS));
      }

      if (type.equals("hour")) {
        members.put("zone", quoted("UTC"));
      }

      schema.put(feature, members);
    }
  }

  static String quoted(String text) {
    return '"' + text + '"';
  }

  static String list(List<String> texts) {
    return texts.stream().map(PlantedCase::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  private Map<String, String> row() {
    Map<String, String> row = new LinkedHashMap<>();
    double income = Math.exp(10.5 + 0.6 * random.nextGaussian());
    double distance = Math.exp(2 + random.nextGaussian());
    row.put("income", String.valueOf(Math.round(income)));
    row.put("rate", decimals(0.01 + 0.3 * random.nextDouble(), 4));
    row.put("age", String.valueOf(18 + random.nextInt(60)));
    row.put("distance", decimals(distance, 1));
    row.put("duration", decimals(Math.max(1, 2 * distance + 3 * random.nextGaussian()), 1));
    row.put("active", String.valueOf(random.nextInt(3) > 0));
    row.put("isnew", random.nextInt(4) == 0 ? "1" : "0");
    row.put("balance", decimals(300 * random.nextGaussian(), 2));
    row.put("color", COLORS.get(Math.min(random.nextInt(7), random.nextInt(6))));
    row.put("shade", COLORS.get(random.nextInt(6)));
    for (int next = 1; next <= 6; next++) {
      row.put("x" + next, decimals(random.nextGaussian() * (next % 2 == 0 ? 1 : 10), 3));
    }

    row.put(
        "hour",
        "2024-%02d-%02dT%02d:30:00Z"
            .formatted(1 + random.nextInt(12), 1 + random.nextInt(28), random.nextInt(24)));
    row.put("income_eur", decimals(income * 0.91, 0));
    double exposure = 0.2 + 4 * random.nextDouble();
    row.put("exposure", decimals(exposure, 3));
    row.put("log_exposure", String.valueOf(Math.log(Double.parseDouble(row.get("exposure")))));
    for (String sparse : List.of("balance", "distance", "x1")) {
      if (random.nextInt(12) == 0) {
        row.put(sparse, "");
      }
    }

    table.forEach(change -> change.accept(row));
    return row;
  }

  static String decimals(double value, int count) {
    return BigDecimal.valueOf((long) Math.rint(value * Math.pow(10, count)), count).toPlainString();
  }

  /** Trains on what the trainer made of the rows. */
  void train() throws Exception {
    List<Map<String, String>> training = rows(TRAINING_ROWS);
    rows = rows(ROWS);
    others = rows(OTHER_ROWS);
    int width = features.size();
    float[] slots = slots(training, Map.of());
    float[] labels = labels(slots, training.size(), width);
    DMatrix matrix = new DMatrix(slots, training.size(), width, Float.NaN);
    if (!orders.isEmpty()) {
      matrix.setFeatureTypes(
          features.stream()
              .map(feature -> orders.containsKey(feature) ? "c" : "q")
              .toArray(String[]::new));
    }

    matrix.setLabel(labels);
    if (offset != null) {
      float[] margins = new float[training.size() * outputs];
      for (int row = 0; row < training.size(); row++) {
        margins[row] = Float.parseFloat(offset.apply(training.get(row)));
      }

      matrix.setBaseMargin(margins);
    }

    Booster booster = XGBoost.train(matrix, parameters, rounds, new HashMap<>(), null, null);
    if (scored < rounds && random.nextBoolean()) {
      booster.setAttr("best_iteration", String.valueOf(scored - 1));
    }

    model = booster.toByteArray("ubj");
    booster.dispose();
    matrix.dispose();
  }

  private List<Map<String, String>> rows(int count) {
    return IntStream.range(0, count).mapToObj(row -> row()).toList();
  }

  private float[] slots(List<Map<String, String>> some, Map<String, UnaryOperator<String>> later) {
    float[] slots = new float[some.size() * features.size()];
    int at = 0;
    for (Map<String, String> row : some) {
      for (String feature : features) {
        String cell = row.get(sources.getOrDefault(feature, feature));
        cell = made.getOrDefault(feature, UnaryOperator.identity()).apply(cell);
        slots[at++] = slot(feature, later.getOrDefault(feature, c -> c).apply(cell));
      }
    }

    return slots;
  }

  private float slot(String feature, String cell) {
    if (cell.isEmpty()) {
      return Float.NaN;
    }

    if (orders.containsKey(feature)) {
      int code = orders.get(feature).indexOf(cell);
      return code < 0 ? Float.NaN : code;
    }

    return switch (cell) {
      case "true" -> 1f;
      case "false" -> 0f;
      default ->
          cell.contains("T")
              ? (Integer.parseInt(cell.substring(11, 13)) + hours + 24) % 24
              : (float) Double.parseDouble(cell);
    };
  }

  private float[] labels(float[] slots, int count, int width) {
    double[] sums = new double[count];
    for (int feature = 0; feature < width; feature++) {
      float[] sorted = new float[count];
      for (int row = 0; row < count; row++) {
        sorted[row] = slots[row * width + feature];
      }

      Arrays.sort(sorted);
      String name = features.get(feature);
      boolean isPlanted =
          made.containsKey(name) || madeLater.containsKey(name) || sources.containsKey(name);
      double weight = isClear && isPlanted ? CLEAR : random.nextGaussian();
      boolean isCategory = orders.containsKey(features.get(feature));
      for (int row = 0; row < count; row++) {
        float slot = slots[row * width + feature];
        double rank = Math.abs(Arrays.binarySearch(sorted, slot)) / (double) count;
        double share = isCategory ? slot * 7 % 5 / 5 : rank;
        sums[row] += weight * (Float.isNaN(slot) ? 0.3 : share);
      }
    }

    double[] ordered = sums.clone();
    Arrays.sort(ordered);
    float[] labels = new float[count];
    String objective = String.valueOf(parameters.get("objective"));
    for (int row = 0; row < count; row++) {
      double noisy = sums[row] + 0.1 * random.nextGaussian();
      double share = Math.abs(Arrays.binarySearch(ordered, sums[row])) / (double) count;
      if (objective.startsWith("multi:")) {
        labels[row] = Math.min(outputs - 1, (int) (share * outputs));
      } else if (objective.startsWith("binary:")) {
        labels[row] = noisy > ordered[count / 2] ? 1f : 0f;
      } else if (objective.startsWith("count:")) {
        labels[row] = (float) Math.floor(Math.abs(4 * noisy));
      } else {
        labels[row] = (float) (10 * noisy);
      }
    }

    return labels;
  }

  private static String joined(float[] values) {
    return IntStream.range(0, values.length)
        .mapToObj(index -> String.valueOf(values[index]))
        .collect(Collectors.joining(","));
  }

  /** Returns the file of rows with what the trainer predicted. */
  private List<String> file(
      List<Map<String, String>> some, Cured cured, Function<float[][], String> written)
      throws Exception {
    XgboostModel read = XgboostModel.read(model);
    Rounds range = scored == rounds ? Rounds.ALL : new Rounds(scored);
    NativeBooster engine = NativeBooster.load(model, read, range);
    float[] slots = slots(some, madeLater);
    if (offset != null) {
      float[] all = new float[some.size() * (features.size() + 1)];
      for (int row = 0; row < some.size(); row++) {
        int at = row * (features.size() + 1);
        System.arraycopy(slots, row * features.size(), all, at, features.size());
        all[at + features.size()] = Float.parseFloat(offset.apply(some.get(row)));
      }

      slots = all;
      engine = engine.withOffsets(new float[] {Float.NaN});
    }

    float[] margins = new float[some.size() * engine.outputs()];
    float[] scores = new float[some.size() * engine.scores()];
    engine.score(slots, some.size(), margins, scores);
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < some.size(); row++) {
      Map<String, String> cells = new LinkedHashMap<>(some.get(row));
      cured.cells.forEach(change -> change.accept(cells));
      float[][] one = {
        Arrays.copyOfRange(scores, row * engine.scores(), (row + 1) * engine.scores()),
        Arrays.copyOfRange(margins, row * engine.outputs(), (row + 1) * engine.outputs())
      };
      String predicted = written.apply(one);
      if (lines.isEmpty()) {
        lines.add(String.join(",", cells.keySet()) + "," + String.join(",", columns(predicted)));
      }

      lines.add(String.join(",", cells.values()) + "," + predicted);
    }

    return lines;
  }

  private static List<String> columns(String predicted) {
    return IntStream.range(0, predicted.split(",").length).mapToObj(at -> "p" + at).toList();
  }

  /** What somebody did who read a message. */
  static final class Cured {
    final Map<String, Map<String, String>> schema = new LinkedHashMap<>();
    final List<String> options = new ArrayList<>();
    final List<Consumer<Map<String, String>>> cells = new ArrayList<>();
    boolean isWritten;
    String expected = "";
  }

  /** Returns what is as it was planted. */
  Cured planted() {
    Cured cured = new Cured();
    schema.forEach((feature, members) -> cured.schema.put(feature, new LinkedHashMap<>(members)));
    cured.options.addAll(options);
    return cured;
  }

  /** Seals; returns the message, or an empty text if the package was sealed. */
  String seal(Cured cured) throws Exception {
    return seal(cured, rows);
  }

  /** Returns whether what was sealed scores other rows as the trainer does. */
  boolean holdsForOthers(Cured cured) throws Exception {
    cured.isWritten = true;
    return seal(cured, others).isEmpty();
  }

  private String seal(Cured cured, List<Map<String, String>> some) throws Exception {
    List<String> lines = file(some, cured, cured.isWritten ? written : predictions);
    String expected =
        Arrays.stream(lines.get(0).split(","))
            .filter(column -> column.matches("p[0-9]+"))
            .collect(Collectors.joining(","));
    String forms =
        cured.schema.values().stream()
            .map(
                members ->
                    members.entrySet().stream()
                        .map(member -> quoted(member.getKey()) + ": " + member.getValue())
                        .collect(Collectors.joining(", ", "{", "}")))
            .collect(Collectors.joining(",\n"));
    List<String> arguments = new ArrayList<>();
    Path store = directory.resolve("store");
    arguments.addAll(List.of("seal", "--name=m", "--store=" + store, "--without-importance"));
    arguments.add("--model=" + write("model", model));
    arguments.add(
        "--schema="
            + write(
                "schema.json",
                ("{\"features\": [" + forms + "]}").getBytes(StandardCharsets.UTF_8)));
    arguments.add(
        "--rows=" + write("rows.csv", String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
    arguments.add("--expected=" + (cured.expected.isEmpty() ? expected : cured.expected));
    arguments.addAll(cured.options);
    StringWriter err = new StringWriter();
    int exitCode =
        ModelMain.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err, true),
            arguments.toArray(String[]::new));
    return exitCode == 0 ? "" : err.toString();
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }
}
