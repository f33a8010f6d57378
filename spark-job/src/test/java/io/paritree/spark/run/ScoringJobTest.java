package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.record.CsvCells;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job writes what the model gives for each row, in a layout that every reader knows. */
class ScoringJobTest {
  @TempDir static Path store;
  private static TestPackages packages;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    packages = new TestPackages(store);
    model = packages.binary().toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"forest", "xgboost"})
  void scoresEveryRowOfAParquetDirectory(String engine) throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 5_000, 0, 3);
    Path output = directory.resolve("out");

    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--engine",
            engine);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(output)).isEqualTo(expected(0, 5_000));
    assertThat(run.out()).contains("published", "5,000");
  }

  @Test
  void keepsThePartitionsOfTheInputAsTexts() throws Exception {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("store=007/day=a%2Fb"), 0, 50, 0, 1);
    Parcels.write(input.resolve("store=7/day=x y"), 50, 80, 0, 1);
    Parcels.write(input.resolve("store=__HIVE_DEFAULT_PARTITION__/day=1"), 80, 90, 0, 1);
    Path output = directory.resolve("out");

    JobRun run =
        JobRun.of(
            "--model", model, "--input", input, "--output", output, "--keys", "parcel_id,store");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(dataDirectories(output))
        .containsExactlyInAnyOrder(
            "store=007/day=a%2Fb", "store=7/day=x y", "store=__HIVE_DEFAULT_PARTITION__/day=1");
    assertThat(read(output.resolve("store=007/day=a%2Fb")).count()).isEqualTo(50);
    assertThat(Scores.of(output)).isEqualTo(expected(0, 90));
  }

  @Test
  void namesThatLookLikePatternsAreNames() throws Exception {
    Path input = directory.resolve("in[1]");
    List<String> partitions = List.of("p=*", "p=?", "p=[ab]", "p={a,b}", "p=a\\b", "p=}");
    for (int index = 0; index < partitions.size(); index++) {
      Path partition = input.resolve(partitions.get(index));
      Parcels.write(partition, index * 10, index * 10 + 10, 0, 2);
    }

    Parcels.write(input.resolve("p=*"), 9, 10, 0, 1);
    Path output = directory.resolve("out");

    JobRun run =
        JobRun.of("--model", model, "--input", input, "--output", output, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("scored rows that repeat a key: 1\n");
    assertThat(dataDirectories(output))
        .containsExactlyInAnyOrder("p=%2A", "p=%3F", "p=%5Bab%5D", "p=%7Ba,b}", "p=a%5Cb", "p=}");
    assertThat(read(output).count()).isEqualTo(61);
    assertThat(read(output).select("parcel_id", "p").distinct().count()).isEqualTo(60);
  }

  @Test
  void valuesOfOnePartitionColumnAreAlternativesAndColumnsRestrict() throws Exception {
    Path input = directory.resolve("in");
    int from = 0;
    for (String partition :
        List.of("s=1/d=a", "s=1/d=b", "s=2/d=a", "s=2/d=b", "s=01/d=a", "s=3/d=a")) {
      Parcels.write(input.resolve(partition), from, from + 10, 0, 1);
      from += 10;
    }

    Path output = directory.resolve("out");
    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--partition",
            "s=1",
            "--partition",
            "s=2",
            "--partition",
            "d=a");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(dataDirectories(output)).containsExactlyInAnyOrder("s=1/d=a", "s=2/d=a");
  }

  @Test
  void partitionWithoutARowIsPublishedEmpty() throws Exception {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), 0, 10, 0, 1);
    Parcels.write(input.resolve("day=2"), List.of(), Parcels.SCHEMA, 1);
    Files.createDirectories(input.resolve("day=3"));
    Path output = directory.resolve("out");

    JobRun run =
        JobRun.of("--model", model, "--input", input, "--output", output, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(dataDirectories(output)).containsExactlyInAnyOrder("day=1", "day=2", "day=3");
    Dataset<Row> empty = read(output.resolve("day=3"));
    assertThat(empty.columns()).containsExactly("parcel_id", "score", "label", "model_version");
    assertThat(empty.count()).isZero();
  }

  @Test
  void writesAllRowsToOneOutputPartitionWhereAsked() throws Exception {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), 0, 30, 0, 1);
    Parcels.write(input.resolve("day=2"), 30, 50, 0, 1);
    Path output = directory.resolve("out");

    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id,day",
            "--output-partition",
            "score_date=2001-06-24");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(dataDirectories(output)).containsExactly("score_date=2001-06-24");
    assertThat(read(output).filter("day = '2'").count()).isEqualTo(20);
    assertThat(Scores.of(output)).isEqualTo(expected(0, 50));
  }

  @Test
  void writesKeysPassedColumnsScoreMarginLabelAndVersion() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 20, 0, 1);
    Path output = directory.resolve("out");

    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--pass",
            "note,zone",
            "--margin",
            "--run-id",
            "night-1");

    assertThat(run.exitCode()).as(run.err()).isZero();
    StructType schema = read(output).schema();
    assertThat(schema.fields())
        .extracting(StructField::name, field -> field.dataType().typeName())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("parcel_id", "long"),
            org.assertj.core.groups.Tuple.tuple("note", "string"),
            org.assertj.core.groups.Tuple.tuple("zone", "integer"),
            org.assertj.core.groups.Tuple.tuple("score", "float"),
            org.assertj.core.groups.Tuple.tuple("margin", "float"),
            org.assertj.core.groups.Tuple.tuple("label", "string"),
            org.assertj.core.groups.Tuple.tuple("model_version", "string"));
    Metadata origin = schema.apply("score").metadata();
    assertThat(origin.getString("paritree.model")).isEqualTo("parcel-late");
    assertThat(origin.getString("paritree.version")).isEqualTo("parcel-late/1");
    assertThat(origin.getString("paritree.digest")).hasSize(64);
    assertThat(origin.getString("paritree.run")).isEqualTo("night-1");
    for (Row row : read(output).collectAsList()) {
      assertThat(row.getString(1)).isEqualTo("note " + row.getLong(0));
      assertThat(row.getString(5)).isEqualTo(row.getFloat(3) > 0.25f ? "late" : "on_time");
      assertThat(row.getString(6)).isEqualTo("parcel-late/1");
    }
  }

  @Test
  void writesOneScorePerClass() throws Exception {
    String classes = packages.classes().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, 50, 0, 1);
    Path output = directory.resolve("out");

    JobRun run =
        JobRun.of(
            "--model",
            classes,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--margin");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(read(output).columns())
        .containsExactly(
            "parcel_id",
            "score_small",
            "score_medium",
            "score_large",
            "margin_small",
            "margin_medium",
            "margin_large",
            "label",
            "model_version");
    for (Row row : read(output).collectAsList()) {
      float best = Math.max(row.getFloat(1), Math.max(row.getFloat(2), row.getFloat(3)));
      assertThat((Float) row.getAs("score_" + row.getString(7))).isEqualTo(best);
    }
  }

  @Test
  void wideInputIsScoredAsNarrowOnesAre() throws Exception {
    Path wide = packages.wide(150, 5, 3);
    StructType schema = new StructType().add("parcel_id", DataTypes.LongType);
    for (int feature = 0; feature < 150; feature++) {
      schema = schema.add("f" + feature, DataTypes.FloatType);
    }

    List<Row> rows = new ArrayList<>();
    for (int index = 0; index < 40; index++) {
      Object[] values = new Object[151];
      values[0] = (long) index;
      for (int feature = 0; feature < 150; feature++) {
        values[feature + 1] = (feature + index) % 9 == 0 ? null : (float) (index * feature % 101);
      }

      rows.add(RowFactory.create(values));
    }

    Path input = Parcels.write(directory.resolve("in"), rows, schema, 1);
    Path output = directory.resolve("out");
    JobRun run =
        JobRun.of("--model", wide, "--input", input, "--output", output, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    ScoringModel open = Opening.open(wide.toString(), EngineKind.FOREST);
    Map<Long, Integer> expected = new TreeMap<>();
    for (Row row : rows) {
      float[] slots = new float[150];
      for (int feature = 0; feature < 150; feature++) {
        slots[feature] = row.isNullAt(feature + 1) ? Float.NaN : row.getFloat(feature + 1);
      }

      float[] score = new float[1];
      open.engine().score(slots, 1, null, score);
      expected.put(row.getLong(0), Float.floatToRawIntBits(score[0]));
    }

    assertThat(Scores.of(output)).isEqualTo(expected);
  }

  @Test
  void namesWithDotsAndBlanksAreMatchedExactly() throws Exception {
    String[] names = {"a.b", "c d", "`e`", "f.g h"};
    Path bare = store.resolve("dotted.ubj");
    float[] values = new float[400];
    float[] labels = new float[100];
    for (int index = 0; index < values.length; index++) {
      values[index] = (index * 7_919) % 101;
      labels[index / 4] += values[index];
    }

    DMatrix matrix = new DMatrix(values, 100, 4, Float.NaN);
    matrix.setLabel(labels);
    matrix.setFeatureNames(names);
    Files.write(
        bare,
        XGBoost.train(matrix, Map.of("max_depth", 3, "nthread", 1), 5, Map.of(), null, null)
            .toByteArray("ubj"));
    matrix.dispose();
    StructType schema = new StructType().add("parcel_id", DataTypes.LongType);
    for (String name : names) {
      schema = schema.add(name, DataTypes.FloatType);
    }

    List<Row> rows = new ArrayList<>();
    Map<Long, Integer> expected = new TreeMap<>();
    ScoringModel open = Opening.open(bare.toString(), EngineKind.FOREST);
    for (int row = 0; row < 100; row++) {
      float[] slots = java.util.Arrays.copyOfRange(values, row * 4, row * 4 + 4);
      rows.add(RowFactory.create((long) row, slots[0], slots[1], slots[2], slots[3]));
      float[] score = new float[1];
      open.engine().score(slots, 1, null, score);
      expected.put((long) row, Float.floatToRawIntBits(score[0]));
    }

    Path input = Parcels.write(directory.resolve("in"), rows, schema, 1);
    Path output = directory.resolve("out");
    JobRun run =
        JobRun.of(
            "--model",
            bare,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--pass",
            "c d,a.b");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(output)).isEqualTo(expected);
    assertThat(read(output).columns())
        .containsExactly("parcel_id", "c d", "a.b", "score", "model_version");
    assertThat(read(output).select("model_version").first().getString(0))
        .matches("unsealed:[0-9a-f]{12}");
  }

  /** As parquet-avro writes them; without a dictionary Spark 4.2 cannot read them in batches. */
  @Test
  void shortDecimalsThatAreWrittenAsBytesAreRead() throws Exception {
    String wide = new TestPackages(directory.resolve("models")).wide(1, 5, 3).toString();
    ScoringModel open = Opening.open(wide, EngineKind.FOREST);
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message rows { required int64 id; optional binary f0 (DECIMAL(10,3)); }");
    Path file = Files.createDirectories(directory.resolve("in")).resolve("a.parquet");
    Map<Long, Float> expected = new TreeMap<>();
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(schema)
            .withDictionaryEncoding(false)
            .build()) {
      for (long id = 0; id < 50; id++) {
        BigInteger unscaled = BigInteger.valueOf(id * 11_250 - 300_000);
        writer.write(
            new SimpleGroup(schema)
                .append("id", id)
                .append("f0", Binary.fromConstantByteArray(unscaled.toByteArray())));
        float[] score = new float[1];
        open.engine().score(new float[] {unscaled.intValue() / 1_000f}, 1, null, score);
        expected.put(id, score[0]);
      }
    }

    Path output = directory.resolve("out");
    JobRun run =
        JobRun.of(
            "--model", wide, "--input", file, "--output", output, "--keys", "id", "--pass", "f0");

    assertThat(run.exitCode()).as(run.err()).isZero();
    Map<Long, Float> scores = new TreeMap<>();
    for (Row row : read(output).collectAsList()) {
      scores.put(row.getLong(0), row.getFloat(2));
      assertThat(row.getDecimal(1).unscaledValue().longValue())
          .isEqualTo(row.getLong(0) * 11_250 - 300_000);
    }

    assertThat(scores).isEqualTo(expected);
    assertThat(Set.copyOf(scores.values())).hasSizeGreaterThan(3);
  }

  @Test
  void dryRunWritesNothing() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 50, 5, 1);
    Path output = directory.resolve("out");
    Path conf =
        Files.writeString(
            directory.resolve("job.conf"),
            "scoring-job.metrics-file = \"%s\"".formatted(directory.resolve("paritree.prom")));

    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--conf",
            conf,
            "--dry-run");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("nothing was written", "missing_value=10");
    try (Stream<Path> entries = Files.list(directory)) {
      assertThat(entries).containsExactlyInAnyOrder(input, conf);
    }
  }

  @Test
  void columnsThatHaveBecomeWiderChangeNoScore() throws Exception {
    Path input = directory.resolve("in");
    Dataset<Row> rows =
        TestSpark.session()
            .read()
            .parquet(Parcels.write(directory.resolve("all"), 0, 300, 0, 1) + "");
    String narrow = "int(parcel_id) parcel_id, distance, weight, express, carrier, zone, departure";
    String wide =
        narrow.replace("int(parcel_id)", "parcel_id").replace("weight", "double(weight) weight");
    rows.where("parcel_id < 100").selectExpr(narrow.split(", ")).write().parquet(input + "/day=1");
    rows.where("parcel_id between 100 and 199")
        .selectExpr(wide.replace("zone", "bigint(zone) zone").split(", "))
        .write()
        .parquet(input + "/day=2");
    rows.where("parcel_id >= 200")
        .selectExpr(wide.replace("zone", "cast(zone as decimal(22,2)) zone").split(", "))
        .write()
        .parquet(input + "/day=3");

    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            directory.resolve("out"),
            "--keys",
            "parcel_id",
            "--unique-keys");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out"))).isEqualTo(expected(0, 300));
    assertThat(read(directory.resolve("out")).schema().apply("parcel_id").dataType())
        .isEqualTo(DataTypes.LongType);
  }

  @Test
  void dryRunSamplesAFileThatHasRows() throws Exception {
    Path parquet = directory.resolve("parquet");
    Parcels.write(parquet.resolve("day=1"), List.of(), Parcels.SCHEMA, 1);
    Parcels.write(parquet.resolve("day=2"), 0, 50, 0, 1);
    Path csv = directory.resolve("csv");
    Parcels.writeCsv(csv.resolve("a.csv"), 0, 0, "", "");
    Files.createFile(csv.resolve("b.csv"));
    Parcels.writeCsv(csv.resolve("c.csv"), 0, 50);
    Parcels.writeCsv(csv.resolve("d.csv"), 0, 70);

    for (Path input : List.of(parquet, csv)) {
      JobRun run =
          JobRun.of(
              "--model",
              model,
              "--input",
              input,
              "--input-format",
              input.getFileName(),
              "--output",
              directory.resolve("out"),
              "--keys",
              "parcel_id",
              "--dry-run");

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out()).contains("0 of 50 sampled rows");
    }
  }

  static Dataset<Row> read(Path output) {
    return TestSpark.interpreting().read().parquet(output.toString());
  }

  /** Returns the directories that hold data, and checks that the output holds nothing else. */
  private static Set<String> dataDirectories(Path output) throws Exception {
    Set<String> directories = new TreeSet<>();
    for (String file : Scores.files(output).keySet()) {
      Path path = Path.of(file);
      assertThat(path.getFileName().toString())
          .matches("part-[A-Za-z0-9-]+\\.zstd\\.parquet|_SUCCESS|_paritree\\.json");
      directories.add(path.getParent().toString());
    }

    return directories;
  }

  /** Returns the bits of each record's score, computed from CSV cells and one row at a time. */
  private static Map<Long, Integer> expected(int from, int to) throws Exception {
    return expected(model, from, to);
  }

  static Map<Long, Integer> expected(String model, int from, int to) throws Exception {
    ScoringModel open = Opening.open(model, EngineKind.FOREST);
    Map<Long, Integer> scores = new TreeMap<>();
    Faults faults = new Faults();
    for (int index = from; index < to; index++) {
      float[] row = new float[open.schema().width()];
      List<String> cells = TestRecords.cells(index);
      for (Field field : open.schema().fields()) {
        byte[] cell =
            cells.get(TestRecords.COLUMNS.indexOf(field.column())).getBytes(StandardCharsets.UTF_8);
        CsvCells.encode(field, cell, 0, cell.length, row, 0, faults);
      }

      assertThat(faults.list()).isEmpty();
      float[] score = new float[1];
      open.engine().score(row, 1, null, score);
      scores.put((long) index, Float.floatToRawIntBits(score[0]));
    }

    return scores;
  }
}
