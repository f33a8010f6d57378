package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.SomeForms;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.LookupIndex;
import io.paritree.lookup.StoredEntry;
import io.paritree.lookup.StoredEntry.Quarantined;
import io.paritree.lookup.StoredEntry.Repeated;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.model.TestPackages;
import io.paritree.output.PartitionManifest;
import io.paritree.output.ReasonsForm;
import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.Step;
import io.paritree.store.Location;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With {@code --lookup-index}, each row that Spark reads is found under its key, bit for bit. */
class JobLookupTest {
  private static final int ROWS = 1_200;
  private static final StructType KEYS =
      Parcels.SCHEMA
          .add("k_text", DataTypes.StringType)
          .add("k_int", DataTypes.IntegerType)
          .add("k_short", DataTypes.ShortType)
          .add("k_byte", DataTypes.ByteType)
          .add("k_decimal", DataTypes.createDecimalType(30, 3))
          .add("k_date", DataTypes.DateType)
          .add("k_time", DataTypes.TimestampType)
          .add("k_local", DataTypes.TimestampNTZType)
          .add("k_truth", DataTypes.BooleanType)
          .add("list", DataTypes.createArrayType(DataTypes.DoubleType))
          .add("map", DataTypes.createMapType(DataTypes.StringType, DataTypes.IntegerType));

  @TempDir Path directory;
  private Path output;
  private String model;

  @BeforeEach
  void open() throws Exception {
    output = directory.resolve("out");
    model = new TestPackages(directory.resolve("models")).binary().toString();
  }

  private JobRun score(Object... more) {
    return JobRun.of(arguments(more));
  }

  private Object[] arguments(Object... more) {
    return Stream.concat(
            Stream.of("--model", model, "--output", output, "--lookup-index"), Stream.of(more))
        .toArray();
  }

  private static Row typed(int index) {
    Row parcel = Parcels.row(index);
    Object[] values = new Object[KEYS.size()];
    for (int column = 0; column < parcel.size(); column++) {
      values[column] = parcel.get(column);
    }

    int at = parcel.size();
    String text =
        List.of("", "..", "a/b", "é\u0000\ud83d\ude00", "x".repeat(10_240)).get(index % 5);
    values[at++] = index < 5 ? text : text.substring(0, Math.min(20, text.length())) + index;
    values[at++] = index * (index % 2 == 0 ? 1 : -1);
    values[at++] = (short) index;
    values[at++] = (byte) index;
    values[at++] =
        new BigDecimal(index % 2 == 0 ? "-" + index + "99999999999999999" : index + ".125");
    values[at++] = Date.valueOf(LocalDate.of(1969, 12, 30).plusDays(index));
    values[at++] = Timestamp.valueOf(LocalDateTime.of(1969, 12, 31, 23, 0).plusSeconds(index));
    values[at++] = LocalDateTime.of(2026, 11, 24, 13, 5).plusNanos(index * 1_000L);
    values[at++] = index % 2 == 0;
    values[at++] = List.of(index + 0.5, Double.NaN);
    values[at] = Map.of("a", index);
    return RowFactory.create(values);
  }

  @ParameterizedTest
  @SomeForms(
      count = 4,
      value = {
        "k_text",
        "k_int",
        "k_decimal",
        "k_time",
        "k_text,k_int,k_short,k_byte,k_decimal,k_date,k_time,k_local,k_truth"
      })
  void keysOfEveryTypeAreFoundWithTheRowsThatSparkReads(String keys) throws Exception {
    List<Row> rows = IntStream.range(0, ROWS).mapToObj(JobLookupTest::typed).toList();
    Path input = Parcels.write(directory.resolve("in"), rows, KEYS, 3);

    JobRun run =
        score("--input", input, "--keys", keys, "--pass", "note,list,map,express", "--margin");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(checkAll("")).isEqualTo(ROWS);
  }

  @Test
  void whatTheColumnsOfReasonsDoNotSayIsRecordedWithThePartitionAndItsIndex() throws Exception {
    model = new TestPackages(directory.resolve("store")).reasons().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, 20, 0, 1);

    JobRun run =
        score(
            "--input", input, "--keys", "parcel_id", "--reasons", "2", "--reasons-direction", "up");

    assertThat(run.exitCode()).as(run.err()).isZero();
    try (LookupIndex index = verified("")) {
      ReasonsForm form = index.manifest().reasons().orElseThrow();
      assertThat(form.direction()).isEqualTo("up");
      assertThat(form.outputs()).isEmpty();
      assertThat(form.numbers()).containsExactly("distance", "zone");
      assertThat(form.truths()).containsExactly("express");
      assertThat(form.groups()).containsOnly(Map.entry("service", List.of("express", "carrier")));
      assertThat(form.up()).containsOnly(Map.entry("distance", "The way is long"));
      for (int key = 0; key < 20; key++) {
        byte[] members = ((Scored) found(index, "" + key).orElseThrow()).members();
        assertThat(new String(members, StandardCharsets.UTF_8))
            .contains("\"stored_reasons\":[", "\"reasons_base\":")
            .doesNotContain("\"reasons\":");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"--pass, 9, at most 8388608", "--keys, 2, at most 1048576"})
  void aRowThatNoServerCouldReadIsRefusedBeforeAnythingIsPublished(
      String option, int mebibytes, String limit) {
    Object[] cells = new Object[Parcels.SCHEMA.size()];
    for (int column = 0; column < cells.length; column++) {
      cells[column] = Parcels.row(1).get(column);
    }

    cells[cells.length - 1] = "x".repeat(mebibytes << 20);
    List<Row> rows = List.of(Parcels.row(0), RowFactory.create(cells));
    Path input = Parcels.write(directory.resolve("in"), rows, Parcels.SCHEMA, 1);
    List<Object> more = new ArrayList<>(List.of("--input", input, option, "note"));
    if (option.equals("--pass")) {
      more.addAll(List.of("--keys", "parcel_id"));
    }

    JobRun run = score(more.toArray());

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains("1 problem", "index of the output (--lookup-index)", limit);
    assertThat(output).doesNotExist();
  }

  @Test
  void quarantinedAndRepeatedKeysAreFound() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 50, 2);
    Parcels.write(input, 100, 110, 0, 1);
    Parcels.write(input, List.of(Parcels.row(1), RowFactory.create(nullKey())), Parcels.SCHEMA, 1);

    JobRun run = score("--input", input, "--keys", "parcel_id", "--max-quarantined", "1");

    assertThat(run.exitCode()).as(run.err()).isZero();
    checkQuarantinedAndRepeated(verified(""));
  }

  private static void checkQuarantinedAndRepeated(LookupIndex index) throws Exception {
    try (index) {
      assertThat(found(index, "50").orElseThrow())
          .isInstanceOfSatisfying(
              Quarantined.class,
              entry ->
                  assertThat(new String(entry.faults(), StandardCharsets.UTF_8))
                      .isEqualTo(
                          "[{\"field\":\"weight\",\"code\":\"missing_value\",\"got\":\"no value\","
                              + "\"expected\":\"a value\"}]"));
      assertThat(found(index, "101")).contains(new Repeated(2));
      assertThat(found(index, "100")).contains(new Repeated(2)); // scored and quarantined
      assertThat(found(index, "1")).contains(new Repeated(2));
      assertThat(found(index, "1200")).isEmpty();
      assertThat(found(index, "2").orElseThrow())
          .isInstanceOfSatisfying(
              Scored.class,
              entry ->
                  assertThat(new String(entry.members(), StandardCharsets.UTF_8))
                      .matches(",\"label\":\"(late|on time|0|1|[a-z ]+)\""));
      IndexManifest manifest = index.manifest();
      assertThat(manifest.rows()).isEqualTo(ROWS - ROWS / 50 + 10 + 2);
      assertThat(manifest.quarantined()).isEqualTo(ROWS / 50);
      assertThat(manifest.repeatedKeys()).isEqualTo(11);
      assertThat(manifest.withoutKey()).isEqualTo(1);
      assertThat(manifest.spread().quantiles()).hasSize(19).isSorted();
    }
  }

  private static Object[] nullKey() {
    Row row = Parcels.row(5_000);
    Object[] values = new Object[row.size()];
    for (int column = 1; column < values.length; column++) {
      values[column] = row.get(column);
    }

    return values;
  }

  @Test
  void manyShardsAreBuiltInTasks() throws Exception {
    int rows = 90 * 90;
    Path few = Parcels.write(directory.resolve("few"), 0, 90, 0, 1);
    Path input = directory.resolve("in");
    TestSpark.session()
        .read()
        .parquet(few.toString())
        .crossJoin(TestSpark.session().range(0, 90, 1, 3).toDF("copy"))
        .withColumn("parcel_id", functions.expr("parcel_id * 90 + copy"))
        .withColumn("pad", functions.expr("concat(parcel_id, repeat(uuid(), 185))"))
        .write()
        .option("compression", "none")
        .option("parquet.enable.dictionary", "false")
        .parquet(input.toString());

    JobRun run = score("--input", input, "--keys", "parcel_id", "--pass", "pad");

    assertThat(run.exitCode()).as(run.err()).isZero();
    try (LookupIndex index = index("")) {
      assertThat(index.manifest().shards()).hasSizeGreaterThan(1);
    }

    assertThat(checkAll("")).isEqualTo(rows);
  }

  @Test
  void replacedPartitionHasOnlyTheIndexOfItsRun() throws Exception {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), 0, 100, 0, 1);
    Parcels.write(input.resolve("day=2"), 100, 200, 0, 1);
    Object[] options = {"--input", input, "--keys", "parcel_id"};
    assertThat(score(options).exitCode()).isZero();
    assertThat(indexes()).hasSize(2);

    Parcels.write(input.resolve("day=2"), 200, 300, 0, 1);
    assertThat(score(options).exitCode()).isZero();

    assertThat(indexes()).hasSize(2);
    assertThat(checkAll("day=1")).isEqualTo(100);
    assertThat(checkAll("day=2")).isEqualTo(200);
  }

  @Test
  void runThatIsRefusedOrFailsLeavesTheOldIndexAndNoneOfItsOwn() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 100, 0, 1);
    Object[] options = {"--input", input, "--keys", "parcel_id"};
    assertThat(score(options).exitCode()).isZero();
    Parcels.write(input, 100, 200, 0, 1);

    JobRun failed =
        JobRun.observed(
            step -> {
              if (step == Step.VERIFIED) {
                throw new IllegalStateException("Injected failure");
              }
            },
            arguments(options));

    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(indexes()).hasSize(1);
    assertThat(checkAll("")).isEqualTo(100);
  }

  @Test
  void publishedOutputIsPublishedAgainWithAnIndexWhenOneIsAskedFor() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 100, 0, 1);
    Object[] options = {
      "--model", model, "--output", output, "--input", input, "--keys", "parcel_id"
    };
    assertThat(JobRun.of(options).exitCode()).isZero();
    assertThat(indexes()).isEmpty();

    assertThat(score("--input", input, "--keys", "parcel_id").exitCode()).isZero();

    assertThat(checkAll("")).isEqualTo(100);
  }

  @Test
  void keyThatCannotBeLookedUpIsRefused() throws Exception {
    Path input = Parcels.write(directory.resolve("in/day=1"), 0, 10, 0, 1).getParent();

    JobRun number = score("--input", input, "--keys", "distance");
    JobRun partition = score("--input", input, "--keys", "day");

    assertThat(number.exitCode()).isEqualTo(3);
    assertThat(number.err()).contains("key column 'distance' is of type double, but look-ups need");
    assertThat(partition.exitCode()).isEqualTo(3);
    assertThat(partition.err()).contains("all keys [day] are partition columns");
  }

  private List<Path> indexes() throws IOException {
    Path all = StateDirectory.indexes(state()).toPath();
    if (!Files.exists(all)) {
      return List.of();
    }

    try (Stream<Path> files = Files.walk(all)) {
      return files.filter(file -> file.endsWith(IndexManifest.FILE)).toList();
    }
  }

  private Location state() throws IOException {
    return StateDirectory.of(Location.of(output.toRealPath()));
  }

  /** Opens the job's index of a partition, after all its bytes were compared with their digests. */
  private LookupIndex verified(String partition) throws IOException {
    LookupIndex.verify(at(partition));
    return index(partition);
  }

  private Path at(String partition) throws IOException {
    return StateDirectory.index(state(), published(partition).directory(), partition).toPath();
  }

  private PartitionManifest published(String partition) throws IOException {
    Path file = output.resolve(partition).resolve(PartitionManifest.FILE);
    return PartitionManifest.fromJson(Files.readAllBytes(file), file.toString());
  }

  private LookupIndex index(String partition) throws IOException {
    PartitionManifest published = published(partition);
    LookupIndex index = LookupIndex.open(at(partition));
    assertThat(index.manifest().identity()).isEqualTo(published.identity());
    assertThat(index.manifest().directory()).isEqualTo(published.directory());
    assertThat(index.manifest().scoredAt()).isEqualTo(published.stagedAt());
    return index;
  }

  private static Optional<StoredEntry> found(LookupIndex index, String... key) throws Exception {
    KeyBytes bytes = new KeyBytes();
    for (int column = 0; column < key.length; column++) {
      index.manifest().keys().add(column, key[column], bytes);
    }

    return index.find(bytes);
  }

  /** Compares what is found with each row that Spark reads; returns how many there are. */
  private int checkAll(String partition) throws Exception {
    List<Row> rows = ScoringJobTest.read(output.resolve(partition)).collectAsList();
    checkAll(rows, verified(partition));
    return rows.size();
  }

  private static void checkAll(List<Row> rows, LookupIndex index) throws Exception {
    try (index) {
      List<KeyColumn> keys = index.manifest().keys().columns();
      for (Row row : rows) {
        String[] key =
            keys.stream().map(column -> text(row.getAs(column.name()))).toArray(String[]::new);
        Scored scored = (Scored) found(index, key).orElseThrow();
        assertThat(Float.floatToRawIntBits(scored.scores()[0]))
            .isEqualTo(Float.floatToRawIntBits(row.<Float>getAs("score")));
        assertThat(new String(scored.members(), StandardCharsets.UTF_8))
            .isEqualTo(members(row, keys.size()));
      }
    }
  }

  private static String text(Object value) {
    if (value instanceof Timestamp time) {
      return time.toInstant().toString();
    }

    return value instanceof BigDecimal number ? number.toPlainString() : value.toString();
  }

  /** Returns the members that a row of {@link #KEYS} or {@link Parcels#SCHEMA} has. */
  private static String members(Row row, int keys) {
    List<String> passed = new ArrayList<>();
    List<String> own = new ArrayList<>();
    for (StructField field : List.of(row.schema().fields()).subList(keys, row.size() - 1)) {
      if (field.name().equals("score")) {
        continue;
      }

      Object value = row.getAs(field.name());
      String json =
          switch (field.name()) {
            case "list" -> "[" + row.getList(row.fieldIndex("list")).get(0) + ",\"NaN\"]";
            case "map" ->
                "[{\"key\":\"a\",\"value\":"
                    + row.getJavaMap(row.fieldIndex("map")).get("a")
                    + "}]";
            default -> value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
          };
      boolean isOwn = List.of("label", "margin").contains(field.name());
      (isOwn ? own : passed).add("\"%s\":%s".formatted(field.name(), json));
    }

    String columns = passed.isEmpty() ? "" : ",\"columns\":{" + String.join(",", passed) + "}";
    return columns + "," + String.join(",", own);
  }
}
