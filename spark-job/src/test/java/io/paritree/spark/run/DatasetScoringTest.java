package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.Seed;
import io.paritree.SomeForms;
import io.paritree.model.TestPackages;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.sql.DatasetScoring;
import io.paritree.spark.sql.Paritree;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The call on a Dataset gives the rows and bits of the job. */
class DatasetScoringTest {
  private static final int ROWS = 5_000;
  private static final int BAD_EVERY = 50;

  private static final long SEED = Seed.next();

  private static final String TYPED_SCHEMA =
      """
      {"features": [
        {"name": "double", "type": "number", "max": 500},
        {"name": "float", "type": "number", "min": -3},
        {"name": "int", "type": "category", "categories": [10, 20, 30], "unseen": "reject"},
        {"name": "long", "type": "number", "nullable": false},
        {"name": "short", "type": "number", "missing": [-99]},
        {"name": "byte", "type": "number"},
        {"name": "text", "type": "category", "categories": ["AA", "Zürich Post"],
         "unseen": {"as": "AA"}},
        {"name": "decimal", "type": "number"},
        {"name": "code", "type": "category", "categories": "codes"}]}""";

  private static final StructType TYPES =
      new StructType()
          .add("id", DataTypes.IntegerType)
          .add("double", DataTypes.DoubleType)
          .add("float", DataTypes.FloatType)
          .add("int", DataTypes.IntegerType)
          .add("long", DataTypes.LongType)
          .add("short", DataTypes.ShortType)
          .add("byte", DataTypes.ByteType)
          .add("text", DataTypes.StringType)
          .add("decimal", DataTypes.createDecimalType(38, 18))
          .add("code", DataTypes.DoubleType);

  /** The values of each column that are rare. */
  private static final List<Object[]> RARE =
      List.of(
          new Object[] {null, Double.NaN, 1 / 0d, 0.1, -0d, 1e300, 1e-300, 16_777_217d, 500.00001},
          new Object[] {null, Float.NaN, -0f, Float.MIN_VALUE, -1 / 0f, -4f},
          new Object[] {null, 0, 40, 16_777_217},
          new Object[] {null, Long.MAX_VALUE, Long.MIN_VALUE, 0L, (1L << 53) + 1, 16_777_217L},
          new Object[] {null, (short) -99, (short) 0, Short.MIN_VALUE},
          new Object[] {null, (byte) 0, Byte.MIN_VALUE},
          new Object[] {null, "", "Nobody's", "a text of more than eight bytes"},
          new Object[] {null, new BigDecimal("16777217"), new BigDecimal("0.1"), BigDecimal.ZERO},
          new Object[] {null, Double.NaN, -1d, 1.5, 3e9, 1e300});

  private static final List<String> CODES =
      List.of("not_finite", "out_of_range", "missing_value", "unseen_category", "wrong_type");

  @TempDir static Path directory;
  private static List<String> typed;
  private static TestPackages packages;
  private static String late;
  private static Dataset<Row> published;
  private static Path input;

  @BeforeAll
  static void seal() {
    packages = new TestPackages(directory.resolve("models"));
    late = packages.binary().toString();
    input = Parcels.write(directory.resolve("in"), 0, ROWS, BAD_EVERY, 3);
  }

  private static Dataset<Row> read(Path path) {
    return TestSpark.session().read().parquet(path.toString());
  }

  /** The same rows, first as files, then as a query, so that they are scored in another way. */
  private static List<Dataset<Row>> readInBothWays(Path path) {
    Dataset<Row> files = read(path);
    return List.of(files, files.where("true"));
  }

  private static Dataset<Row> job(Path model, Path parcels, Path output, Object... more) {
    Object[] options = Stream.concat(Stream.of("--margin"), Stream.of(more)).toArray();
    JobRun run = JobRun.ofParcels(model, parcels, output, options);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return read(output);
  }

  /** Returns what a run of the job publishes, with the notes. */
  private static Dataset<Row> published() {
    if (published == null) {
      published = job(Path.of(late), input, directory.resolve("out"), "--pass", "note");
    }

    return published;
  }

  @Test
  void rowsBitsAndColumnsAreThoseOfTheJob() throws Exception {
    Dataset<Row> expected = published();

    for (Dataset<Row> rows : readInBothWays(input)) {
      Dataset<Row> scored =
          Paritree.model(late).keys("parcel_id").pass("note").withMargin().score(rows);

      assertThat(scored.schema().fieldNames()).isEqualTo(expected.schema().fieldNames());
      Dataset<Row> good = scored.where("score IS NOT NULL");
      assertThat(good.count()).isEqualTo(ROWS - ROWS / BAD_EVERY);
      assertThat(good.exceptAll(expected).count()).isZero();
    }
  }

  @Test
  void withoutAChoiceAllColumnsAreKeptAndRowsKeepTheirOrder() throws Exception {
    Dataset<Row> rows =
        read(input)
            .selectExpr(
                "*",
                "CAST(parcel_id % 128 AS BYTE) AS byte",
                "CAST(parcel_id AS SHORT) AS short",
                "IF(parcel_id % 5 = 0, NULL, CAST(-2147483648 + parcel_id AS INT)) AS int",
                "IF(parcel_id % 7 = 0, NULL, 9223372036854775807 - parcel_id) AS long",
                "1L AS one",
                "'text' AS text",
                "1.5BD AS decimal",
                "IF(parcel_id % 3 = 0, NULL, CAST(IF(parcel_id % 3 = 1, 'NaN', '-0') AS FLOAT)) AS float",
                "IF(parcel_id % 2 = 0, NULL, CAST('4.9e-324' AS DOUBLE)) AS double",
                "DATE'1500-01-01' AS day",
                "TIMESTAMP_NTZ'1500-01-01 01:02:03' AS local");

    Dataset<Row> scored =
        Paritree.score(rows, packages.store().resolve("parcel-late") + "@champion");

    assertThat(scored.columns())
        .startsWith(rows.columns())
        .endsWith("score", "label", "model_version");
    Dataset<Row> kept = scored.select(columns(rows));
    assertThat(kept.schema()).isEqualTo(rows.schema());
    assertThat(kept.collectAsList()).hasToString(rows.collectAsList().toString());
  }

  static Column[] columns(Dataset<Row> rows) {
    return List.of(rows.columns()).stream().map(functions::col).toArray(Column[]::new);
  }

  @Test
  void directoriesWithTheSameModelFileAndOtherSignaturesAreTheirOwnModels() throws Exception {
    byte[] file = TestPackages.wideModel(2, 9, 3);
    Path one = packages.logged("one", file, "distance", "weight");
    Path other = packages.logged("other", file, "weight", "distance");
    Dataset<Row> rows = read(input);
    Dataset<Row> exchanged =
        rows.selectExpr("parcel_id", "weight AS distance", "distance AS weight");

    Dataset<Row> expected = Paritree.model(one.toString()).keys("parcel_id").score(exchanged);
    Dataset<Row> scored = Paritree.model(other.toString()).keys("parcel_id").score(rows);

    assertThat(
            scored
                .select("parcel_id", "score")
                .exceptAll(expected.select("parcel_id", "score"))
                .count())
        .isZero();
    assertThat(scored.select("model_version").first())
        .isNotEqualTo(expected.select("model_version").first());
    Dataset<Row> unchanged = Paritree.model(one.toString()).keys("parcel_id").score(rows);
    assertThat(
            scored
                .select("parcel_id", "score")
                .exceptAll(unchanged.select("parcel_id", "score"))
                .count())
        .isGreaterThan(ROWS / 2);
  }

  @Test
  void severalScoresAndFaultsAreColumns() throws Exception {
    Path classes = packages.classes();
    Dataset<Row> expected = job(classes, input, directory.resolve("out-classes"));

    for (Dataset<Row> rows : readInBothWays(input)) {
      Dataset<Row> scored =
          Paritree.model(classes.toString())
              .keys("parcel_id")
              .withMargin()
              .withFaults()
              .score(rows);

      Dataset<Row> good = scored.where("faults IS NULL").drop("faults");
      assertThat(good.exceptAll(expected).count() + expected.exceptAll(good).count()).isZero();
      List<Row> bad = scored.where("faults IS NOT NULL").orderBy("parcel_id").collectAsList();
      assertThat(bad).hasSize(ROWS / BAD_EVERY);
      assertThat(bad.get(1).getLong(0)).isEqualTo(50);
      assertThat(bad.get(1).anyNull()).isTrue();
      assertThat(bad.get(1).getList(bad.get(1).fieldIndex("faults")).toString())
          .isEqualTo("[[weight,missing_value,no value,a value]]");
    }
  }

  /** Of numbers that are no floats, of integers and categories; kept columns and others. */
  @ParameterizedTest
  @SomeForms(
      count = 2,
      value = {
        "id | CODEGEN_ONLY | true",
        "   | CODEGEN_ONLY | true",
        "id | CODEGEN_ONLY | false",
        "   | NO_CODEGEN   | false"
      })
  void valuesOfEveryTypeHaveTheBitsAndFaultsOfTheJob(String keys, String mode, boolean isOfFiles)
      throws Exception {
    if (typed == null) {
      typed = scoredByJob();
    }

    SparkSession session = SqlSession.of(packages.store(), Map.of());
    session.conf().set("spark.sql.codegen.factoryMode", mode);
    DatasetScoring scoring = Paritree.model(packages.store().resolve("typed") + "/1");
    scoring = keys.isEmpty() ? scoring : scoring.keys(keys);
    Dataset<Row> rows = session.read().parquet(directory.resolve("typed").toString());

    Dataset<Row> scored =
        scoring.withMargin().withFaults().score(isOfFiles ? rows : rows.where("true"));

    Dataset<Row> compared =
        ScoredRows.withCodes(scored.select("id", "score", "margin", "model_version", "faults"));
    assertThat(texts(compared)).as("-Dseed=%s", SEED).isEqualTo(typed);
    assertThat(compared.where("codes IS NULL").count()).isGreaterThan(ROWS / 4);
    for (String code : CODES) {
      assertThat(compared.where("codes LIKE '%" + code + "%'").count()).as(code).isPositive();
    }
  }

  private static List<String> texts(Dataset<Row> rows) {
    return rows.select("id", "score", "margin", "model_version", "codes").collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  /** Writes rows of {@link #TYPES}, and returns what the job makes of them. */
  private static List<String> scoredByJob() throws IOException {
    Path model = packages.sealNumbers("typed", 1, TestPackages.wideModel(9, 9, 3), TYPED_SCHEMA);
    Path rows = directory.resolve("typed");
    TestSpark.session()
        .createDataFrame(anyRows(), TYPES)
        .withColumn("text", functions.expr("IF(id % 100 = 0, CAST(unhex('C3') AS STRING), text)"))
        .coalesce(2)
        .write()
        .parquet(rows.toString());
    Path output = directory.resolve("out-typed");
    JobRun run =
        JobRun.observed(
            StepObserver.NONE,
            Map.of("--model", model, "--input", rows, "--output", output, "--keys", "id"),
            "--margin",
            "--max-quarantined",
            1);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return texts(ScoredRows.ofJob(output, "id"));
  }

  private static List<Row> anyRows() {
    Random random = new Random(SEED);
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < ROWS; id++) {
      Object[] values = new Object[TYPES.size()];
      values[0] = id;
      for (int at = 1; at < values.length; at++) {
        Object[] rare = RARE.get(at - 1);
        values[at] =
            random.nextInt(30) == 0
                ? rare[random.nextInt(rare.length)]
                : usual(TYPES.fields()[at].dataType(), random);
      }

      rows.add(RowFactory.create(values));
    }

    return rows;
  }

  private static Object usual(DataType type, Random random) {
    int small = random.nextInt(100);
    return switch (type.typeName()) {
      case "double" -> 100 * random.nextGaussian();
      case "float" -> (float) random.nextGaussian();
      case "integer" -> 10 * (1 + small % 3);
      case "long" -> (1L << 24) + random.nextInt(1 << 24);
      case "short" -> (short) small;
      case "byte" -> (byte) small;
      case "string" -> small % 2 == 0 ? "AA" : "Zürich Post";
      default -> BigDecimal.valueOf(small, 3);
    };
  }

  @Test
  void nothingIsScoredBeforeTheResultIsUsedAndColumnsThatNothingReadsAreNotRead() throws Exception {
    Dataset<Row> broken =
        read(input).withColumn("weight", functions.expr("CAST(raise_error('read') AS FLOAT)"));

    Dataset<Row> scored = Paritree.model(late).keys("parcel_id").score(broken);

    assertThatThrownBy(scored::collect).hasStackTraceContaining("read");
    Dataset<Row> slim = Paritree.model(late).keys("parcel_id").score(read(input));
    assertThat(slim.select("parcel_id").queryExecution().executedPlan().toString())
        .contains("parcel_id")
        .doesNotContain("scored0", "note");
    slim = Paritree.model(late).keys("parcel_id").score(read(input).where("true"));
    assertThat(slim.queryExecution().executedPlan().toString())
        .contains("MapPartitions", "distance")
        .doesNotContain("note");
    assertThat(slim.queryExecution().optimizedPlan().toString())
        .as("an object for each value")
        .contains("wholerow")
        .doesNotContain("createexternalrow", "decodeusingserializer");
    assertThat(slim.queryExecution().optimizedPlan().toJSON()).contains("WholeRow");
  }

  /** Spark leaves out fields of structs that a query does not read. */
  @Test
  void aFieldOfAStructIsTheOneThatWasAskedFor() throws Exception {
    Dataset<Row> rows =
        read(input)
            .selectExpr(
                "*",
                "named_struct('a', parcel_id, 'b', named_struct('x', 'no', 'y', carrier)) AS nested",
                "array(named_struct('x', 1.5D, 'y', note)) AS many",
                "map('k', named_struct('x', 7L, 'y', zone)) AS byKey",
                "IF(parcel_id % 3 = 0, NULL, named_struct('a', 'b', 'c', parcel_id)) AS other");

    Dataset<Row> scored = Paritree.model(late).withFaults().score(rows);

    String wrong =
        "NOT (y <=> carrier AND c <=> IF(parcel_id % 3 = 0, NULL, parcel_id) AND m <=> note AND z <=> zone)";
    for (Dataset<Row> some : List.of(scored, scored.limit(3_000), scored.orderBy("note"))) {
      Dataset<Row> fields =
          some.selectExpr(
              "nested.b.y",
              "other.c",
              "many[0].y AS m",
              "byKey['k'].y AS z",
              "parcel_id",
              "carrier",
              "note",
              "zone");
      assertThat(fields.count()).isGreaterThanOrEqualTo(3_000);
      assertThat(fields.where(wrong).count()).isZero();
      assertThat(fields.where("y IS NOT NULL AND c IS NOT NULL").count()).isGreaterThan(1_000);
    }

    assertThat(scored.selectExpr("faults[0].code AS code").distinct().collectAsList())
        .hasToString("[[missing_value], [null]]");
    assertThat(
            scored
                .selectExpr("explode(faults) AS f")
                .select("f.expected")
                .distinct()
                .collectAsList())
        .hasToString("[[a value]]");
    assertThat(scored.select(columns(rows)).schema()).isEqualTo(rows.schema());
  }

  /** Spark evaluates expressions in three ways. */
  @ParameterizedTest
  @CsvSource({"true, CODEGEN_ONLY", "false, CODEGEN_ONLY", "false, NO_CODEGEN"})
  void bitsAreTheSameInAnyWayOfEvaluation(boolean isOfStages, String mode) throws Exception {
    SparkSession session = SqlSession.of(packages.store(), Map.of());
    session.conf().set("spark.sql.codegen.wholeStage", isOfStages);
    session.conf().set("spark.sql.codegen.factoryMode", mode);
    Dataset<Row> rows =
        session.read().parquet(input.toString()).withColumn("constant", functions.lit("text"));

    Dataset<Row> scored = Paritree.model(late).withMargin().withFaults().score(rows);

    Dataset<Row> twice =
        Paritree.model(late)
            .keys("parcel_id", "first", "constant")
            .withMargin()
            .score(
                scored
                    .withColumnRenamed("score", "first")
                    .drop("margin", "label", "faults", "model_version"));
    assertThat(twice.where("score IS NOT NULL").count()).isEqualTo(ROWS - ROWS / BAD_EVERY);
    assertThat(twice.where("NOT score <=> first OR constant != 'text'").count()).isZero();
    assertThat(
            published()
                .drop("note")
                .join(
                    scored.withColumnRenamed("margin", "other").drop("score", "label"), "parcel_id")
                .where("margin <=> other")
                .count())
        .isEqualTo(ROWS - ROWS / BAD_EVERY);
  }

  @Test
  void whatDoesNotFitIsRefusedAtOnce() {
    Dataset<Row> rows = read(input).drop("weight").withColumn("label", functions.lit(1));

    assertThatThrownBy(() -> Paritree.model(late).pass("label", "nothing").score(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 problems")
        .hasMessageContaining("'weight', which the model reads, is missing")
        .hasMessageContaining("'nothing', a key or passed column, is missing")
        .hasMessageContaining("'label' would occur twice");
    assertThatThrownBy(
            () -> Paritree.score(read(input).withColumn("Label", functions.lit(1)), late))
        .as("names that differ in their case only")
        .hasMessageContaining("'label' would occur twice");
    assertThatThrownBy(() -> Paritree.score(rows, late + "0"))
        .isInstanceOf(CorruptModelException.class);
  }

  @Test
  void strictlyARowThatCannotBeScoredEndsTheQuery() throws Exception {
    Dataset<Row> scored = Paritree.model(late).strict().score(read(input));

    assertThatThrownBy(scored::count).hasStackTraceContaining("'weight' missing_value");
  }

  @Test
  void aResultMayBeCachedShuffledAndJoined() throws Exception {
    Dataset<Row> scored =
        Paritree.model(late).keys("parcel_id").score(read(input).repartition(3)).cache();

    Dataset<Row> byCarrier =
        scored
            .join(read(input).select("parcel_id", "carrier"), "parcel_id")
            .groupBy("carrier")
            .agg(functions.count("score").as("rows"));

    assertThat(byCarrier.agg(functions.sum("rows")).first().getLong(0))
        .isEqualTo(ROWS - ROWS / BAD_EVERY);
    assertThat(byCarrier.queryExecution().executedPlan().toString())
        .contains("AdaptiveSparkPlan", "InMemoryTableScan");
    scored.unpersist();
  }
}
