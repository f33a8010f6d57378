package io.paritree.spark.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Runs the job end to end with any Spark, and compares what it publishes, bit by bit, with what a
 * local run with the build's Spark does.
 */
final class VersionTrial {
  private static final String PARQUET = "parquet";
  private static final String TABLE = "table";
  private static final String WRITTEN = "written";
  private static final String ENCRYPTED_OUTPUT = "encrypted";
  private static final String WIDENED_WAY = "widened";
  private static final int ROWS = 4_000;
  private static final int BAD_EVERY = 50;
  private static final int DAYS = 2;
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  /** A sealed model of {@link Parcels}. */
  static final Path MODEL = ROOT.resolve("spark-job/src/test/resources/pinned/parcel-late/1");

  private static final StructType SCHEMA =
      Parcels.SCHEMA
          .add("amount", DataTypes.createDecimalType(20, 2))
          .add("at", DataTypes.TimestampType)
          .add("on", DataTypes.DateType)
          .add("tags", DataTypes.createArrayType(DataTypes.StringType));

  /** A column that was INT has become BIGINT. */
  private static final StructType WIDENED =
      new StructType(
          Stream.of(Parcels.SCHEMA.fields())
              .map(
                  field ->
                      field.dataType().equals(DataTypes.IntegerType)
                          ? DataTypes.createStructField(field.name(), DataTypes.LongType, true)
                          : field)
              .toArray(StructField[]::new));

  private static final Map<String, String> ENCRYPTED =
      TestKms.settings(
          "parquet.encryption.footer.key",
          "foot",
          "parquet.encryption.column.keys",
          "one:score",
          "parquet.encryption.complete.columns",
          "true");

  private final Path directory;
  private final Path keyService;
  private final Path parquet;
  private final Path csv;
  private final Path widened;
  private final Path table;
  private final Map<String, Way> ways = new HashMap<>();
  private final Map<String, List<String>> expected = new HashMap<>();

  /** Submits a run with options of {@code spark-submit}; its output goes to the log. */
  interface Submission {
    Process score(Path log, List<String> options, List<Object> arguments) throws IOException;
  }

  /**
   * A run of the job.
   *
   * @param name of its log
   * @param settings of Spark, such as {@code spark.master=local}
   */
  record Run(String name, List<String> settings, List<Object> arguments) {}

  /** What a run publishes and quarantines is compared under its name. */
  private record Way(String name, List<Object> arguments) {}

  /**
   * Makes the inputs.
   *
   * @param directory receives inputs and outputs
   */
  VersionTrial(Path directory) throws IOException {
    this.directory = directory;
    this.keyService = directory.resolve("keys.jar");
    PackagedJob.write(keyService, List.of(TestKms.class.getName().replace('.', '/') + ".class"));
    this.parquet = directory.resolve("in");
    for (int day = 0; day < DAYS; day++) {
      Parcels.write(parquet.resolve("day=" + day), rows(day), SCHEMA, 3);
    }

    this.csv = directory.resolve("csv");
    Parcels.writeCsv(csv.resolve("a.csv"), 0, 300);
    Parcels.writeCsv(csv.resolve("b.csv"), 300, 500, "500,too few cells");
    this.table = directory.resolve("table");
    Dataset<Row> rows = TestSpark.interpreting().read().parquet(parquet.toString());
    rows.write().format("delta").partitionBy("day").save(table.toString());
    this.widened = directory.resolve("widened");
    Parcels.write(widened, 0, 200, 0, 1);
    Parcels.write(widened, widenedRows(200, 400), WIDENED, 1);
    ways().forEach(way -> ways.put(way.name(), way));
  }

  /** Returns what the build's Spark publishes and quarantines. */
  private List<String> expected(Way way) throws IOException {
    List<String> known = expected.get(way.name());
    if (known != null) {
      return known;
    }

    Path output = directory.resolve("expected").resolve(way.name());
    JobRun run = JobRun.of(arguments(way, output).toArray());
    if (run.exitCode() != 0) {
      throw new IllegalStateException("Cannot score with the build's Spark: " + run.err());
    }

    List<String> published = published(output);
    expected.put(way.name(), published);
    return published;
  }

  private static List<Row> rows(int day) {
    List<Row> rows = new ArrayList<>();
    for (int index = day * ROWS; index < (day + 1) * ROWS; index++) {
      Row parcel = index % BAD_EVERY == 0 ? Parcels.badRow(index) : Parcels.row(index);
      Object[] values = new Object[SCHEMA.size()];
      for (int column = 0; column < parcel.size(); column++) {
        values[column] = parcel.get(column);
      }

      int first = parcel.size();
      values[first] = index % 7 == 0 ? null : BigDecimal.valueOf(index * 1_000_003L, 2);
      values[first + 1] = Instant.ofEpochSecond(1_700_000_000L + index, 123_456_000);
      values[first + 2] = LocalDate.ofEpochDay(index);
      values[first + 3] = List.of("a" + index, "é");
      rows.add(RowFactory.create(values));
    }

    return rows;
  }

  private static List<Row> widenedRows(int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int index = from; index < to; index++) {
      Row parcel = Parcels.row(index);
      Object[] values = new Object[parcel.size()];
      for (int column = 0; column < values.length; column++) {
        Object value = parcel.get(column);
        values[column] = value instanceof Integer zone ? Long.valueOf(zone) : value;
      }

      rows.add(RowFactory.create(values));
    }

    return rows;
  }

  private List<Way> ways() {
    return List.of(
        new Way(
            PARQUET,
            List.of(
                "--input",
                parquet,
                "--keys",
                "parcel_id,note",
                "--pass",
                "carrier,at,on",
                "--sort-by-keys",
                "--unique-keys",
                "--group-by",
                "day",
                "--margin")),
        new Way(
            "columns",
            List.of(
                "--input",
                parquet,
                "--keys",
                "parcel_id,amount",
                "--pass",
                "tags,zone",
                "--engine",
                "xgboost")),
        new Way(TABLE, List.of("--input-table", table, "--keys", "parcel_id,note")),
        new Way("csv", List.of("--input", csv, "--input-format", "csv", "--keys", "parcel_id")),
        new Way(WIDENED_WAY, List.of("--input", widened, "--keys", "parcel_id", "--pass", "zone")));
  }

  private static List<Object> arguments(Way way, Path output, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("--model", MODEL, "--output", output));
    arguments.addAll(way.arguments());
    arguments.addAll(List.of(more));
    return arguments;
  }

  /**
   * Returns a run of each of the job's forms: from files to files, from a table to a table, and to
   * encrypted files.
   *
   * @param name of the directory for outputs and logs
   */
  List<Run> runs(String name) throws IOException {
    Path outputs = Files.createDirectories(directory.resolve(name));
    Way way = ways.get(PARQUET);
    return List.of(
        new Run(PARQUET, List.of(), arguments(way, outputs.resolve(PARQUET))),
        new Run(WRITTEN, List.of(), tableArguments(outputs)),
        new Run(
            ENCRYPTED_OUTPUT,
            ENCRYPTED.entrySet().stream()
                .map(
                    setting -> "spark.hadoop.%s=%s".formatted(setting.getKey(), setting.getValue()))
                .toList(),
            arguments(way, outputs.resolve(ENCRYPTED_OUTPUT))));
  }

  /** Returns the jar that {@link #runs} need beside the job's, for the keys of encrypted files. */
  Path keyService() {
    return keyService;
  }

  /**
   * Compares what some of {@link #runs} have published.
   *
   * @return what was wrong; empty if nothing was
   */
  List<String> faults(String name, List<Run> runs) throws IOException {
    List<String> faults = new ArrayList<>();
    for (Run run : runs) {
      compare(run.name(), directory.resolve(name), faults);
    }

    return faults;
  }

  private void compare(String run, Path outputs, List<String> faults) throws IOException {
    Way way = ways.get(PARQUET);
    switch (run) {
      case PARQUET -> compare(way, outputs.resolve(PARQUET), faults);
      case WRITTEN -> compareTable(WRITTEN, outputs, faults);
      default -> withKeys(() -> compareEncrypted(way, outputs.resolve(ENCRYPTED_OUTPUT), faults));
    }
  }

  /**
   * Submits each of {@link #runs} by itself: it publishes the same rows, or is refused because
   * Spark does not say from which files they are, and then publishes nothing.
   *
   * @param refused receives the names of those that were
   * @return what was wrong; empty if nothing was
   */
  List<String> faultsUnlessRefused(String name, Submission spark, List<String> refused)
      throws IOException, InterruptedException {
    List<String> faults = new ArrayList<>();
    Path outputs = directory.resolve(name);
    for (Run run : runs(name)) {
      Path log = outputs.resolve(run.name() + ".log");
      int exitCode = JobProcess.exitCode(spark.score(log, options(run), run.arguments()));
      if (exitCode == 0) {
        compare(run.name(), outputs, faults);
      } else if (exitCode == 3 && Files.readString(log).contains("from which file rows come")) {
        refused.add(run.name());
        if (Files.exists(outputs.resolve(run.name()))) {
          faults.add("%s: refused, and something was published".formatted(run.name()));
        }
      } else {
        faults.add("%s: exit code %s, see %s".formatted(run.name(), exitCode, log));
      }
    }

    return faults;
  }

  private List<String> options(Run run) {
    List<String> options = new ArrayList<>(List.of("--jars", keyService.toString()));
    run.settings().forEach(setting -> options.addAll(List.of("--conf", setting)));
    return options;
  }

  /** Returns what a run has printed. */
  String log(String name, String run) throws IOException {
    return Files.readString(directory.resolve(name).resolve(run + ".log"));
  }

  /** Submits each of {@link #runs} by itself, and compares what they have published. */
  List<String> faults(String name, Submission spark) throws IOException, InterruptedException {
    List<String> faults = new ArrayList<>();
    List<Run> runs = runs(name);
    for (Run run : runs) {
      ends(0, run.name(), directory.resolve(name), spark, options(run), run.arguments(), faults);
    }

    faults.addAll(faults(name, runs));
    return faults;
  }

  /**
   * Runs the job with other inputs, then again, against its gate, without an input and after a
   * kill.
   *
   * @param name as it was given to {@link #faults}
   * @param readsWidened whether this Spark reads a column that has become wider, or is to refuse it
   * @return what was wrong; empty if nothing was
   */
  List<String> moreFaults(String name, boolean readsWidened, Submission spark)
      throws IOException, InterruptedException {
    Path outputs = directory.resolve(name);
    List<String> faults = new ArrayList<>();
    for (String other : List.of("columns", TABLE, "csv")) {
      score(other, outputs, spark, faults);
    }

    Path wide = outputs.resolve(WIDENED_WAY);
    Way widening = ways.get(WIDENED_WAY);
    int code = readsWidened ? 0 : 3;
    ends(code, WIDENED_WAY, outputs, spark, List.of(), arguments(widening, wide), faults);
    if (readsWidened) {
      compare(widening, wide, faults);
    }

    Way way = ways.get(PARQUET);
    Path output = outputs.resolve(way.name());
    Map<String, String> files = Scores.files(output);
    ends(0, "again", outputs, spark, List.of(), arguments(way, output), faults);
    if (!Scores.files(output).equals(files)) {
      faults.add("again: a run of what is published has changed it");
    }

    ends(0, "written-again", outputs, spark, List.of(), tableArguments(outputs), faults);
    compareTable("written-again", outputs, faults);
    Path refused = outputs.resolve("refused");
    ends(
        4,
        "gate",
        outputs,
        spark,
        List.of(),
        arguments(way, refused, "--max-quarantined", 0),
        faults);
    Way nowhere =
        new Way("nowhere", List.of("--input", outputs.resolve("nowhere"), "--keys", "parcel_id"));
    ends(3, "nowhere", outputs, spark, List.of(), arguments(nowhere, refused), faults);
    if (Files.exists(refused)) {
      faults.add("refused: something was published");
    }

    Path resumed = outputs.resolve("resumed");
    kill(outputs, spark, arguments(way, resumed), faults);
    ends(0, "resumed", outputs, spark, List.of(), arguments(way, resumed), faults);
    compare(way, resumed, faults);
    return faults;
  }

  private void score(String name, Path outputs, Submission spark, List<String> faults)
      throws IOException, InterruptedException {
    Path output = outputs.resolve(name);
    ends(0, name, outputs, spark, List.of(), arguments(ways.get(name), output), faults);
    compare(ways.get(name), output, faults);
  }

  /** Publishes from a Delta table to another one, which a run before may have done. */
  private List<Object> tableArguments(Path outputs) {
    List<Object> arguments = new ArrayList<>(List.of("--model", MODEL));
    arguments.addAll(List.of("--table", outputs.resolve(WRITTEN), "--create-table"));
    arguments.addAll(ways.get(TABLE).arguments());
    arguments.addAll(List.of("--group-by", "day"));
    return arguments;
  }

  private void compareTable(String log, Path outputs, List<String> faults) throws IOException {
    Path written = outputs.resolve(WRITTEN);
    if (!Files.exists(written)) {
      faults.add(log + ": no table was made");
      return;
    }

    Dataset<Row> rows = TestSpark.interpreting().read().format("delta").load(written.toString());
    if (!published(rows, written).equals(expected(ways.get(TABLE)))) {
      faults.add(log + ": the table does not have the rows of the Parquet output");
    }

    long commits =
        TestSpark.interpreting().sql("DESCRIBE HISTORY delta.`%s`".formatted(written)).count();
    if (commits != DAYS) { // the first one makes the table
      faults.add("%s: %s commits instead of %s".formatted(log, commits, DAYS));
    }
  }

  private void compareEncrypted(Way way, Path output, List<String> faults) throws IOException {
    compare(way, output, faults);
    try (Stream<Path> files = Files.walk(output.getParent())) {
      for (Path file : files.filter(Parquets::isParquet).toList()) {
        boolean isOfTheRun =
            file.startsWith(output)
                || file.startsWith(output.resolveSibling("_paritree").resolve(ENCRYPTED_OUTPUT));
        if (isOfTheRun && !isEncrypted(file)) {
          faults.add("encrypted: %s has columns in the clear".formatted(file));
        }
      }
    }
  }

  private static boolean isEncrypted(Path file) throws IOException {
    String[] columns = TestSpark.interpreting().read().parquet(file.toString()).columns();
    return EncryptionTest.encryptedColumns(file).containsAll(List.of(columns));
  }

  private interface Reading {
    void read() throws IOException;
  }

  /** One at a time: the keys are settings of the session, which all trials share. */
  private static synchronized void withKeys(Reading reading) throws IOException {
    Configuration hadoop = TestSpark.session().sparkContext().hadoopConfiguration();
    ENCRYPTED.forEach(hadoop::set);
    try {
      reading.read();
    } finally {
      ENCRYPTED.keySet().forEach(hadoop::unset);
    }
  }

  private static void ends(
      int code,
      String name,
      Path outputs,
      Submission spark,
      List<String> options,
      List<Object> arguments,
      List<String> faults)
      throws IOException, InterruptedException {
    Path log = outputs.resolve(name + ".log");
    int exitCode = JobProcess.exitCode(spark.score(log, options, arguments));
    if (exitCode != code) {
      faults.add("%s: exit code %s instead of %s, see %s".formatted(name, exitCode, code, log));
    }
  }

  private void compare(Way way, Path output, List<String> faults) throws IOException {
    if (!Files.exists(output)) {
      faults.add("%s: nothing was published".formatted(output.getFileName()));
      return;
    }

    List<String> found = published(output);
    List<String> wanted = expected(way);
    if (!found.equals(wanted)) {
      List<String> strange = new ArrayList<>(found);
      strange.removeAll(wanted);
      faults.add(
          "%s: %s rows instead of %s, such as %s"
              .formatted(
                  output.getFileName(),
                  found.size(),
                  wanted.size(),
                  strange.stream().findFirst().orElse("none")));
    }
  }

  /** Kills a run that has begun to write. */
  private static void kill(
      Path outputs, Submission spark, List<Object> arguments, List<String> faults)
      throws IOException, InterruptedException {
    Path state = outputs.resolve("_paritree/resumed");
    Process run = spark.score(outputs.resolve("killed.log"), List.of(), arguments);
    SparkCluster.await("a run to begin", () -> !run.isAlive() || hasBegun(state));
    boolean isAlive = run.isAlive();
    run.descendants().forEach(ProcessHandle::destroyForcibly);
    run.destroyForcibly();
    run.waitFor();
    if (!isAlive) {
      faults.add("killed: it ended before, with exit code " + run.exitValue());
    }
  }

  private static boolean hasBegun(Path state) {
    try (Stream<Path> files = Files.walk(state)) {
      return files.anyMatch(Parquets::isParquet);
    } catch (IOException | java.io.UncheckedIOException e) {
      return false;
    }
  }

  /** Returns the rows of an output and of its quarantine as texts, in the order of their keys. */
  private static List<String> published(Path output) throws IOException {
    return published(TestSpark.interpreting().read().parquet(output.toString()), output);
  }

  private static List<String> published(Dataset<Row> rows, Path output) throws IOException {
    List<String> texts = texts(rows);
    Path runs = output.resolveSibling("_paritree").resolve(output.getFileName()).resolve("runs");
    try (Stream<Path> ended = Files.list(runs)) {
      String[] quarantines =
          ended
              .map(run -> run.resolve("quarantine"))
              .filter(Files::exists)
              .map(Path::toString)
              .toArray(String[]::new);
      if (quarantines.length > 0) {
        texts.addAll(texts(TestSpark.interpreting().read().parquet(quarantines)));
      }
    }

    return texts;
  }

  private static List<String> texts(Dataset<Row> rows) {
    String[] columns = Stream.of(rows.columns()).sorted().toArray(String[]::new);
    List<String> texts = new ArrayList<>();
    for (Row row : rows.collectAsList()) {
      StringBuilder text = new StringBuilder();
      for (String column : columns) {
        Object value = row.getAs(column);
        text.append(column).append('=');
        text.append(
            value instanceof Float score
                ? Integer.toHexString(Float.floatToRawIntBits(score))
                : String.valueOf(value));
        text.append(' ');
      }

      texts.add(text.toString());
    }

    texts.sort(null);
    return texts;
  }
}
