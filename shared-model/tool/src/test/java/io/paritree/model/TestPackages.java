package io.paritree.model;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.paritree.ModelException;
import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.model.golden.GeneratedRecords;
import io.paritree.model.golden.GoldenRecords;
import io.paritree.model.golden.JsonRecord;
import io.paritree.model.layout.Digests;
import io.paritree.model.layout.ModelStore;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.Provenance;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.model.manifest.SchemaParser;
import io.paritree.model.seal.ReferenceRows;
import io.paritree.model.seal.SealSource;
import io.paritree.model.seal.SealedRows;
import io.paritree.model.seal.Sealing;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.UnknownFields;
import io.paritree.store.Location;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * Real packages and models for tests, trained with XGBoost4J: the same bytes each time.
 *
 * <p>The parcel models score {@link TestRecords}: numbers with bounds and sentinel, a number that
 * must not be missing, a boolean, categories of text and of whole numbers, and two parts of one
 * timestamp. The wide models have numbers {@code f0}, {@code f1}, ... only. All packages of one
 * instance are in one store, and {@code champion} names the version written last.
 */
public final class TestPackages {
  /** The model of {@link #binary}. */
  public static final String BINARY = "parcel-late";

  /** The model of {@link #classes}. */
  public static final String CLASSES = "parcel-class";

  /** The model of {@link #offset}. */
  public static final String OFFSET = "exposed";

  /** The model of {@link #offsets}. */
  public static final String OFFSETS = "priors";

  /** The model of {@link #wide}. */
  public static final String WIDE = "wide";

  private static final int TRAINING_ROWS = 1_500;
  private static final int GOLDEN_ROWS = 40;
  private static final Map<String, byte[]> TRAINED = new ConcurrentHashMap<>();
  private static final String BINARY_OUTPUTS =
      """
      , "outputs": {"names": ["late"], "classes": ["on_time", "late"], "threshold": 0.25}""";

  /** Names and categories that a page must show as text, and not as markup or otherwise. */
  private static final List<String> HOSTILE =
      List.of(
          "<img src=x onerror=alert(1)>",
          "\"quoted\" 'twice' `thrice` ${7*7}",
          "\u202eright\u202c to \u05d0\u05d1",
          "x".repeat(1_000)); // JSON's parser reads no longer name

  private static final String FLOATS = "floats";
  private static final String AWKWARD =
      """
      {"features": [
        {"name": "loan amount", "type": "number"},
        {"name": "class", "type": "boolean"},
        {"name": "größe", "type": "number", "min": 0.1, "missing": ["NA", -1], "nullable": false},
        {"name": "1st", "type": "category", "categories": ["A", "a"], "unseen": "reject"},
        {"name": "a/b~c", "type": "category", "categories": ["+", "-"], "unseen": "reject"},
        {"name": "city", "type": "category", "categories": ["Köln", "Москва"], "unseen": "reject"},
        {"name": "$income", "type": "category", "categories": ["<=50K", ">50K", "1", "null"],
         "unseen": "reject", "missing": ["n/a"]},
        {"name": "day", "type": "day_of_week", "missing": ["", "n.a."]}
      ]}
      """;

  private final Path store;
  private RowsOf<Sealing> sealedRows = sealing -> SealedRows.NONE;

  /**
   * @param store directory of the store; created when the first package is written
   */
  public TestPackages(Path store) {
    this.store = store;
  }

  /** Returns the store's directory. */
  public Path store() {
    return store;
  }

  /** Gives the packages that are written from now on the counts of the first records. */
  public TestPackages sealedWith(int records) {
    sealedRows =
        sealing ->
            withRows(
                sealing,
                records,
                rows -> new SealedRows(Optional.empty(), rows.values(), Optional.empty()));
    return this;
  }

  /**
   * Gives the packages that are written from now on a reference: of the first records, or of random
   * numbers, as the models were trained on.
   */
  public TestPackages withReference(int records) {
    sealedRows = sealing -> withRows(sealing, records, rows -> rows.reference(Optional.empty()));
    return this;
  }

  /** The same, and the importance of their fields. */
  public TestPackages withReference(int records, Map<String, Double> importance) {
    Optional<FieldImportance> means = Optional.of(new FieldImportance(records, importance));
    sealedRows = sealing -> withRows(sealing, records, rows -> rows.reference(means));
    return this;
  }

  /** Gives the packages that are written from now on the reference of the rows of a CSV file. */
  public TestPackages withReference(Path csv) {
    sealedRows =
        sealing ->
            new ReferenceRows(csv.toString(), sealing, note -> {}).reference(Optional.empty());
    return this;
  }

  /** What packages say of the rows that they are sealed with. */
  private interface RowsOf<T> {
    SealedRows of(T source) throws Exception;
  }

  private static SealedRows withRows(Sealing sealing, int records, RowsOf<ReferenceRows> rows)
      throws Exception {
    Path csv = Files.createTempFile("rows", ".csv");
    try {
      Files.write(csv, lines(sealing.schema(), records));
      return rows.of(new ReferenceRows(csv.toString(), sealing, note -> {}));
    } finally {
      Files.delete(csv);
    }
  }

  private static List<String> lines(Schema schema, int records) {
    List<String> columns = schema.fields().stream().map(Field::column).toList();
    if (TestRecords.COLUMNS.containsAll(columns)) {
      List<String> lines = new ArrayList<>();
      lines.add(String.join(",", TestRecords.COLUMNS));
      IntStream.range(0, records).forEach(record -> lines.add(TestRecords.csvLine(record)));
      return lines;
    }

    Random random = new Random(46);
    List<String> lines = new ArrayList<>();
    lines.add(columns.stream().map("\"%s\""::formatted).collect(Collectors.joining(",")));
    for (int record = 0; record < records; record++) {
      lines.add(
          columns.stream()
              .map(column -> String.valueOf((float) (random.nextGaussian() * 100)))
              .collect(Collectors.joining(",")));
    }

    return lines;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Writes {@code parcel-late/1}: one output, named {@code late}, threshold 0.25. */
  public Path binary() {
    return binary(1, 20);
  }

  /** Writes a version of {@code parcel-late}. */
  public Path binary(long version, int rounds) {
    return seal(BINARY, version, parcelModel("binary:logistic", rounds), BINARY_OUTPUTS);
  }

  /** Writes a version of {@code parcel-late} with another schema, which accepts some records. */
  public Path binary(long version, int rounds, UnaryOperator<String> changed) {
    byte[] model = parcelModel("binary:logistic", rounds);
    String schema = changed.apply(TestRecords.SCHEMA.formatted(BINARY_OUTPUTS));
    try {
      SchemaForm form =
          SchemaParser.fromJson("schema.json", schema.getBytes(StandardCharsets.UTF_8));
      SealSource source = SealSource.ofFile(BINARY, model);
      Schema read = form.schema(BINARY, source.model()::categories);
      List<byte[]> records =
          records(2 * GOLDEN_ROWS).stream()
              .map(record -> record.getBytes(StandardCharsets.UTF_8))
              .filter(record -> isAccepted(record, read))
              .toList();
      return write(
          BINARY, version, source, form, new GoldenRecords(records, Provenance.GoldenSource.ROWS));
    } catch (ModelException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isAccepted(byte[] record, Schema schema) {
    Faults faults = new Faults();
    try (JsonDocument document = JsonDocument.of(record, 0, record.length)) {
      document.next();
      new JsonRecordReader(schema, UnknownFields.REJECT)
          .read(document, new float[schema.width()], 0, faults);
    } catch (MalformedJsonException e) {
      throw new IllegalStateException(e);
    }

    return faults.isEmpty();
  }

  /**
   * Writes {@code parcel-reasons/1}: of the classes false and true, with a code for the distance,
   * the group {@code service}, and a weight that is never named.
   */
  public Path reasons() {
    String schema =
        TestRecords.SCHEMA
            .formatted("")
            .replace(
                "\"missing\": [-999]",
                """
                "missing": [-999], "reason": {
                  "up": {"code": "R1", "text": "The way is long"}, "down": {"code": "R2"}}""")
            .replace("\"nullable\": false", "\"nullable\": false, \"reason\": \"never\"")
            .replace("\"type\": \"boolean\"", "\"type\": \"boolean\", \"group\": \"service\"")
            .replace("\"unseen\": \"missing\"", "\"unseen\": \"missing\", \"group\": \"service\"");
    return sealSchema("parcel-reasons", 1, parcelModel("binary:logistic", 20), schema);
  }

  /** Writes {@code parcel-class/1}: {@code multi:softprob} of the classes small, medium, large. */
  public Path classes() {
    String outputs =
        """
        , "outputs": {"names": ["small", "medium", "large"],
                      "classes": ["small", "medium", "large"]}""";
    return seal(CLASSES, 1, parcelModel("multi:softprob", 10), outputs);
  }

  /** Writes {@code parcel-class-index/1}: {@code multi:softmax}, whose one score is the class. */
  public Path classIndex() {
    return seal(CLASSES + "-index", 1, parcelModel("multi:softmax", 10), "");
  }

  /** Writes {@code wide/1}: {@code width} numbers, {@code reg:squarederror}. */
  public Path wide(int width, int rounds, int depth) {
    return wide(WIDE, width, rounds, depth);
  }

  /** The same, by another name. */
  public Path wide(String name, int width, int rounds, int depth) {
    byte[] model = wideModel(width, rounds, depth);
    try {
      SealSource source = SealSource.ofFile(name, model);
      SchemaForm form = source.schema(List.of());
      Schema schema = form.schema(name, source.model()::categories);
      return write(name, 1, source, form, GeneratedRecords.of(name, schema, source.model()));
    } catch (ModelException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Writes a version of a model of numbers, with a schema whose names and values are hard to use in
   * programs: blanks, signs, keywords, letters that are not ASCII or differ in case only.
   */
  public Path awkward(String name, long version) {
    return sealNumbers(name, version, wideModel(8, 5, 3), AWKWARD);
  }

  /**
   * Writes {@code exposed/1}: the numbers f0 and f1, and the offset {@code log_exposure}, which
   * must be there; -99 means that it is not.
   */
  public Path offset() {
    return sealNumbers(
        OFFSET,
        1,
        wideModel(2, 9, 3),
        """
        {"features": [
          {"name": "f0", "type": "number"}, {"name": "f1", "type": "number"},
          {"name": "log_exposure", "type": "number", "role": "offset", "missing": [-99]}]}""");
  }

  /** Writes {@code claims/1}: a count of the numbers f0 and f1 and the offset log_exposure. */
  public Path counts() {
    return sealNumbers(
        "claims",
        1,
        countsModel(),
        """
        {"features": [
          {"name": "f0", "type": "number"}, {"name": "f1", "type": "number"},
          {"name": "log_exposure", "type": "number", "role": "offset"}]}""");
  }

  /**
   * Writes {@code priors/1}: the numbers f0 and f1, and an offset for each of three classes, of
   * which the last is 0.25 where it is missing.
   */
  public Path offsets() {
    return sealNumbers(
        OFFSETS,
        1,
        classesModel(3),
        """
        {"features": [
          {"name": "f0", "type": "number"}, {"name": "f1", "type": "number"},
          {"name": "prior_0", "type": "number", "role": "offset"},
          {"name": "prior_1", "type": "number", "role": "offset", "column": "second prior"},
          {"name": "prior_2", "type": "number", "role": "offset", "default": 0.25}]}""");
  }

  /**
   * Writes {@code tables/1}: features of the types {@code mapped} and {@code steps}, several of one
   * column, and a number with a slot for missing values. {@link TableRecords} has records for it.
   */
  public Path tables() {
    return sealNumbers("tables", 1, wideModel(8, 12, 4), TableRecords.SCHEMA);
  }

  /**
   * Writes {@code floats/1}: numbers with rules of their own, in columns whose names are quoted in
   * SQL, and an offset that is 0.25 where it is missing.
   */
  public Path floats() {
    return sealNumbers(
        FLOATS,
        1,
        wideModel(5, 9, 3),
        """
        {"features": [
          {"name": "f0", "type": "number", "column": "a.b"},
          {"name": "f1", "type": "number", "column": "back`tick", "min": -2, "max": 2},
          {"name": "f2", "type": "number", "column": "a b", "nullable": false},
          {"name": "f3", "type": "number", "missing": [-99]},
          {"name": "f4", "type": "number"},
          {"name": "base", "type": "number", "role": "offset", "default": 0.25}]}""");
  }

  /** Seals a model whose fields and categories have hostile names. */
  public Path hostile(String name) {
    StringBuilder features = new StringBuilder();
    for (int index = 0; index < HOSTILE.size(); index++) {
      String quoted = quoted(HOSTILE.get(index));
      features.append(
          "{\"name\": %s, \"type\": \"number\", \"group\": %s}, ".formatted(quoted, quoted));
    }

    String categories =
        Stream.concat(HOSTILE.stream(), Stream.of("z".repeat(4_096)))
            .map(TestPackages::quoted)
            .collect(Collectors.joining(", "));
    features.append(
        "{\"name\": \"kind\", \"type\": \"category\", \"categories\": [%s], \"unseen\": \"reject\"}"
            .formatted(categories));
    return sealNumbers(name, 1, wideModel(5, 5, 3), "{\"features\": [" + features + "]}");
  }

  private static String quoted(String text) {
    return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /** Writes a version of a model with a schema and golden rows that are made up for it. */
  public Path sealNumbers(String name, long version, byte[] model, String schema) {
    try {
      SealSource source = SealSource.ofFile(name, model);
      SchemaForm form =
          SchemaParser.fromJson("schema.json", schema.getBytes(StandardCharsets.UTF_8));
      Schema bound = form.schema("schema.json", source.model()::categories);
      return write(name, version, source, form, GeneratedRecords.of(name, bound, source.model()));
    } catch (ModelException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes a bare model file of {@link TestRecords}' features, named and typed, and returns it. */
  public Path bareParcelModel() {
    return file("parcel.ubj", parcelModel("binary:logistic", 20));
  }

  /** Writes a bare model file without names and types, and returns it. */
  public Path bareWideModel(int width, int rounds, int depth) {
    return file("wide.ubj", wideModel(width, rounds, depth));
  }

  /**
   * Writes a bare model file of the numbers f0 and f1 as XGBoost's scikit-learn wrapper saves one
   * of 9 rounds of which the fourth was the best, and returns it.
   */
  public Path bareStoppedModel() {
    try {
      Booster booster = XGBoost.loadModel(wideModel(2, 9, 3));
      booster.setAttr("best_iteration", "3");
      booster.setAttr("scikit_learn", "{\"_estimator_type\": \"regressor\"}");
      byte[] file = booster.toByteArray("json");
      booster.dispose();
      return file("stopped.json", file);
    } catch (XGBoostError | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes a bare model file of the numbers f0 and f1 that scores many classes; returns it. */
  public Path bareClassesModel(int classes) {
    return file("classes.ubj", classesModel(classes));
  }

  /**
   * Writes an MLflow directory of a model file without names, over one that is there, and returns
   * it.
   *
   * @param columns the numbers that its signature says are the model's features
   */
  public Path logged(String name, byte[] model, String... columns) {
    String inputs =
        Stream.of(columns)
            .map("{\"type\": \"double\", \"name\": \"%s\"}"::formatted)
            .collect(Collectors.joining(", "));
    try {
      Path logged = Files.createDirectories(store.resolve("logged").resolve(name));
      Files.write(logged.resolve("model.ubj"), model);
      Files.writeString(
          logged.resolve(PackageFiles.MLMODEL),
          """
          flavors:
            xgboost: {data: model.ubj, model_class: xgboost.core.Booster}
          signature: {inputs: '[%s]'}
          """
              .formatted(inputs));
      return logged;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path file(String name, byte[] content) {
    try {
      return Files.write(Files.createDirectories(store.resolve("bare")).resolve(name), content);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path seal(String name, long version, byte[] model, String outputs) {
    return sealSchema(name, version, model, TestRecords.SCHEMA.formatted(outputs));
  }

  private Path sealSchema(String name, long version, byte[] model, String schema) {
    List<byte[]> records =
        IntStream.range(0, GOLDEN_ROWS)
            .mapToObj(index -> TestRecords.json(index).getBytes(StandardCharsets.UTF_8))
            .toList();
    try {
      return write(
          name,
          version,
          SealSource.ofFile(name, model),
          SchemaParser.fromJson("schema.json", schema.getBytes(StandardCharsets.UTF_8)),
          new GoldenRecords(records, Provenance.GoldenSource.ROWS));
    } catch (ModelException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path write(
      String name, long version, SealSource source, SchemaForm form, GoldenRecords records)
      throws ModelException, IOException {
    Provenance provenance =
        new Provenance(
            Instant.parse("2026-01-01T00:00:00Z"),
            Optional.of("random parcels"),
            OptionalLong.of(TRAINING_ROWS),
            Map.of("auc", 0.75),
            Map.of(),
            records.source(),
            Optional.empty());
    ModelStore models = new ModelStore(Location.of(store));
    Sealing sealing = Sealing.of(source, "schema.json", form, Optional.empty());
    Map<String, byte[]> files =
        sealing.files(name, version, records, provenance, rowsOf(sealing), "For tests.").files();
    ModelStore.write(models.version(name, version), files);
    models.setAlias(name, ModelStore.CHAMPION, version);
    return models.version(name, version).toPath();
  }

  private SealedRows rowsOf(Sealing sealing) {
    try {
      return sealedRows.of(sealing);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns a trained model of the parcels. */
  public static byte[] parcelModel(String objective, int rounds) {
    return TRAINED.computeIfAbsent(objective + rounds, key -> trainParcels(objective, rounds));
  }

  private static byte[] trainParcels(String objective, int rounds) {
    int width = TestRecords.FEATURE_NAMES.length;
    float[] slots = new float[TRAINING_ROWS * width];
    float[] labels = new float[TRAINING_ROWS];
    Random random = new Random(42);
    try {
      Schema schema =
          SchemaParser.fromJson(
                  "schema.json", TestRecords.SCHEMA.formatted("").getBytes(StandardCharsets.UTF_8))
              .schema("schema.json", feature -> Optional.empty());
      for (int row = 0; row < TRAINING_ROWS; row++) {
        byte[] record = TestRecords.json(row).getBytes(StandardCharsets.UTF_8);
        JsonRecord.encode(schema, record, slots, row * width);
        double size = 0;
        for (int slot = 0; slot < width; slot++) {
          float value = slots[row * width + slot];
          size += Float.isNaN(value) ? 0.4 : Math.sin(value * (slot + 1));
        }

        size += random.nextGaussian() * 0.3;
        if (objective.startsWith("multi:")) {
          labels[row] = (size < 0 ? 0 : 1) + (size < 1.5 ? 0 : 1);
        } else {
          labels[row] = size > 1 ? 1 : 0;
        }
      }
    } catch (ModelException e) {
      throw new IllegalStateException(e);
    }

    Map<String, Object> parameters = new HashMap<>();
    parameters.put("objective", objective);
    parameters.put("max_depth", 4);
    parameters.put("max_cat_to_onehot", 3);
    if (objective.startsWith("multi:")) {
      parameters.put("num_class", 3);
    }

    return train(slots, labels, width, rounds, parameters, true);
  }

  /** Returns a trained model of numbers, without names. */
  public static byte[] wideModel(int width, int rounds, int depth) {
    return TRAINED.computeIfAbsent(
        "%s %s %s".formatted(width, rounds, depth), key -> trainWide(width, rounds, depth));
  }

  private static byte[] trainWide(int width, int rounds, int depth) {
    Random random = new Random(43);
    float[] slots = new float[TRAINING_ROWS * width];
    float[] labels = new float[TRAINING_ROWS];
    for (int row = 0; row < TRAINING_ROWS; row++) {
      for (int slot = 0; slot < width; slot++) {
        float value = (float) (random.nextGaussian() * 100);
        slots[row * width + slot] = random.nextInt(10) == 0 ? Float.NaN : value;
        labels[row] += Float.isNaN(slots[row * width + slot]) ? 1 : Math.sin(value / 50);
      }
    }

    return train(slots, labels, width, rounds, new HashMap<>(Map.of("max_depth", depth)), false);
  }

  private static byte[] countsModel() {
    return TRAINED.computeIfAbsent("counts", key -> trainCounts());
  }

  private static byte[] trainCounts() {
    Random random = new Random(45);
    float[] slots = new float[2 * TRAINING_ROWS];
    float[] labels = new float[TRAINING_ROWS];
    for (int row = 0; row < TRAINING_ROWS; row++) {
      slots[2 * row] = random.nextInt(5);
      slots[2 * row + 1] = random.nextFloat();
      labels[row] = slots[2 * row] + random.nextInt(2);
    }

    Map<String, Object> parameters = new HashMap<>(Map.of("max_depth", 2));
    parameters.put("objective", "count:poisson");
    return train(slots, labels, 2, 3, parameters, false);
  }

  /** Returns a trained model of the numbers f0 and f1 that scores classes, without names. */
  public static byte[] classesModel(int classes) {
    return TRAINED.computeIfAbsent("classes " + classes, key -> trainClasses(classes));
  }

  private static byte[] trainClasses(int classes) {
    Random random = new Random(44);
    float[] slots = new float[2 * TRAINING_ROWS];
    float[] labels = new float[TRAINING_ROWS];
    for (int row = 0; row < TRAINING_ROWS; row++) {
      labels[row] = row % classes;
      slots[2 * row] = labels[row] + random.nextFloat();
      slots[2 * row + 1] = random.nextFloat();
    }

    Map<String, Object> parameters = new HashMap<>(Map.of("max_depth", 2, "num_class", classes));
    parameters.put("objective", "multi:softprob");
    return train(slots, labels, 2, 1, parameters, false);
  }

  private static byte[] train(
      float[] slots,
      float[] labels,
      int width,
      int rounds,
      Map<String, Object> parameters,
      boolean named) {
    parameters.put("nthread", 1);
    parameters.put("tree_method", "hist");
    try {
      DMatrix matrix = new DMatrix(slots, labels.length, width, Float.NaN);
      try {
        matrix.setLabel(labels);
        if (named) {
          matrix.setFeatureNames(TestRecords.FEATURE_NAMES);
          matrix.setFeatureTypes(TestRecords.FEATURE_TYPES);
        }

        Booster booster = XGBoost.train(matrix, parameters, rounds, Map.of(), null, null);
        byte[] file = booster.toByteArray("ubj");
        booster.dispose();
        return file;
      } finally {
        matrix.dispose();
      }
    } catch (XGBoostError e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the raw records of the first rows, as JSON objects. */
  public static List<String> records(int rows) {
    List<String> records = new ArrayList<>();
    IntStream.range(0, rows).forEach(index -> records.add(TestRecords.json(index)));
    return records;
  }

  /** Recomputes a package's digests, as someone does who has changed its files on purpose. */
  public static void digestAnew(Path directory) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    try (Stream<Path> listed = Files.list(directory)) {
      for (Path file : listed.toList()) {
        if (!file.endsWith(PackageFiles.DIGESTS)) {
          files.put(file.getFileName().toString(), Files.readAllBytes(file));
        }
      }
    }

    Files.write(directory.resolve(PackageFiles.DIGESTS), Digests.of(files).content());
  }

  /** Reads and returns the model of a package. */
  static XgboostModel modelOf(Path directory) throws IOException, ModelException {
    return XgboostModel.read(Files.readAllBytes(directory.resolve("model.ubj")));
  }
}
