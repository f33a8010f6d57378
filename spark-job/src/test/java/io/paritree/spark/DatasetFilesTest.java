package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.model.TestPackages;
import io.paritree.spark.proof.QueryScoring;
import io.paritree.spark.proof.SparkForm;
import io.paritree.spark.proof.TableScoring;
import io.paritree.spark.sql.DatasetScoring;
import io.paritree.spark.sql.Paritree;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a Dataset is nothing but files, results are computed as Spark reads them. */
class DatasetFilesTest {
  private static final int ROWS = 3_000;
  private static final int BAD_EVERY = 50;

  @TempDir static Path directory;
  private static String late;
  private static String files;
  private static List<String> expected;

  /** A field of the model is the name of directories, and in some files others are missing. */
  @BeforeAll
  static void write() throws Exception {
    late = new TestPackages(directory.resolve("models")).binary().toString();
    files = directory.resolve("files").toString();
    Dataset<Row> parcels =
        TestSpark.interpreting()
            .read()
            .parquet(Parcels.write(directory.resolve("in"), 0, ROWS, BAD_EVERY, 2).toString())
            .withColumn("nested", functions.expr("named_struct('a', parcel_id, 'b', note)"))
            .coalesce(1);
    append(parcels.where("parcel_id % 3 > 0"));
    append(parcels.where("parcel_id % 9 = 0").drop("distance", "express", "zone", "departure"));
    append(parcels.where("parcel_id % 9 IN (3, 6)").drop("weight"));
    expected = texts(scoring().score(rows(TestSpark.session()).where("true")));
    assertThat(expected).hasSize(ROWS);
    assertThat(expected).filteredOn(row -> row.contains("missing_value")).hasSizeGreaterThan(50);
  }

  private static void append(Dataset<Row> rows) {
    rows.write().mode("append").partitionBy("carrier").parquet(files);
  }

  private static DatasetScoring scoring() {
    return Paritree.model(late).withMargin().withFaults();
  }

  private static Dataset<Row> rows(SparkSession session) {
    return session.read().option("mergeSchema", "true").parquet(files);
  }

  private static List<String> texts(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  @ParameterizedTest
  @CsvSource({
    "spark.sql.parquet.columnarReaderBatchSize, 4096,  true",
    "spark.sql.parquet.columnarReaderBatchSize, 300,   true",
    "spark.sql.parquet.columnarReaderBatchSize, 5000,  false",
    "spark.sql.columnVector.offheap.enabled,    true,  false",
    "spark.sql.parquet.enableVectorizedReader,  false, false"
  })
  void rowsAndBitsAreThoseOfAQueryHoweverSparkReads(
      String setting, String value, boolean isInBatches) throws Exception {
    SparkSession session = TestSpark.session().newSession();
    session.conf().set(setting, value);

    Dataset<Row> scored = scoring().score(rows(session));

    assertThat(texts(scored)).isEqualTo(expected);
    String plan = scored.queryExecution().executedPlan().toString();
    assertThat(plan).doesNotContain("MapPartitions");
    assertThat(plan.contains("ColumnarToRow")).isEqualTo(isInBatches);
  }

  /** Columns that are selected in the model's case are those of the files, by another name. */
  @ParameterizedTest
  @ValueSource(strings = {"carrier", "weight"})
  void columnsThatAreSelectedInAnotherCaseAreThoseOfAQuery(String column) throws Exception {
    SparkSession session = TestSpark.session();
    String name = column.toUpperCase(Locale.ROOT);
    String other = directory.resolve(name).toString();
    Dataset<Row> some = rows(session).where("parcel_id < 300");
    some.withColumnRenamed(column, name)
        .write()
        .partitionBy(column.equals("carrier") ? name : "carrier")
        .parquet(other);

    Dataset<Row> selected =
        session
            .read()
            .parquet(other)
            .select(Arrays.stream(some.columns()).map(functions::col).toArray(Column[]::new));
    assertThat(selected.columns()).contains(column).doesNotContain(name);
    Dataset<Row> scored = scoring().score(selected);

    assertThat(texts(scored)).isEqualTo(texts(scoring().score(some))).hasSize(300);
    assertThat(scored.queryExecution().executedPlan().toString()).contains("MapPartitions");
  }

  @Test
  void aBatchThatIsLargerThanWhenTheQueryWasPlannedIsRefused() throws Exception {
    SparkSession session = TestSpark.session().newSession();
    String large = directory.resolve("large").toString();
    rows(session).crossJoin(session.range(2)).coalesce(1).write().parquet(large);
    Dataset<Row> scored = scoring().score(session.read().parquet(large));
    assertThat(scored.queryExecution().executedPlan().toString()).contains("ColumnarToRow");

    session.conf().set("spark.sql.parquet.columnarReaderBatchSize", "5000");

    assertThatThrownBy(scored::collectAsList)
        .rootCause()
        .hasMessageContainingAll(
            "Cannot score a batch of 5000 rows of file:",
            "spark.sql.parquet.columnarReaderBatchSize was at most 4096");
  }

  @Test
  void proofsOfTheCallScoreBatchesHoweverManyResultsThereAre() throws Exception {
    SparkSession session = TestSpark.session();
    Path model =
        new TestPackages(directory.resolve("wide"))
            .sealNumbers(
                "wide",
                1,
                TestPackages.classesModel(60), // 120 scores and margins
                """
                {"features": [{"name": "f0", "type": "number"}, {"name": "f1", "type": "number"}]}""");
    String path = directory.resolve("records").toString();
    String[] columns = {
      "CAST(id AS INT) AS " + TableScoring.KEY, "CAST(id AS FLOAT) AS f0", "CAST(2 AS FLOAT) AS f1"
    };
    session.range(9).selectExpr(columns).coalesce(1).write().parquet(path);

    Dataset<Row> scored =
        new QueryScoring(model.toString()).scored(session, SparkForm.DATASET, path);

    assertThat(scored.queryExecution().executedPlan().toString())
        .contains("ColumnarToRow")
        .doesNotContain("MapPartitions");
  }

  @Test
  void conditionsOnResultsAreNotAskedOfFilesAndUnreadResultsNotComputed() throws Exception {
    Dataset<Row> rows = rows(TestSpark.session());
    Dataset<Row> scored = scoring().score(rows);
    Dataset<Row> queried = scoring().score(rows.where("true"));

    String condition =
        "score > 0.2 AND label IS NOT NULL AND parcel_id % 7 < 5 AND parcel_id > 100";
    List<String> found = texts(scored.where(condition).select("nested.b", "margin"));
    assertThat(found).isEqualTo(texts(queried.where(condition).select("nested.b", "margin")));
    assertThat(found).hasSizeBetween(100, ROWS - 100);
    assertThat(
            texts(scored.where("faults[0].field = 'weight'").selectExpr("faults[0].got", "note")))
        .isEqualTo(
            texts(queried.where("faults[0].field = 'weight'").selectExpr("faults[0].got", "note")))
        .hasSizeGreaterThan(10);
    Dataset<Row> unscored = scored.select("parcel_id", "model_version");
    assertThat(unscored.queryExecution().executedPlan().toString()).doesNotContain("scored0");
    assertThat(unscored.where("model_version = 'parcel-late/1'").count()).isEqualTo(ROWS);
    assertThat(
            scored
                .as("one")
                .join(scored.as("other"), "parcel_id")
                .where("one.score <=> other.score AND one.label <=> other.label")
                .count())
        .isEqualTo(ROWS);
  }

  @Test
  void cachedRowsAreNotReadAgainAndNoFailureIsIgnored() throws Exception {
    SparkSession session = TestSpark.session().newSession();
    Dataset<Row> rows = rows(session).cache();
    Dataset<Row> some = rows.drop("nested");

    assertThat(scoring().score(some).queryExecution().executedPlan().toString())
        .contains("InMemoryTableScan", "MapPartitions");
    rows.unpersist();
    Dataset<Row> selected = some.drop("note").cache();
    assertThat(scoring().score(selected.drop("parcel_id")).queryExecution().executedPlan())
        .asString()
        .contains("InMemoryTableScan", "MapPartitions");
    selected.unpersist();
    assertThat(scoring().score(some).queryExecution().executedPlan().toString())
        .doesNotContain("MapPartitions");
    some.cache();
    assertThat(some.queryExecution().executedPlan().toString()).contains("InMemoryTableScan");
    some.unpersist();
    session.conf().set("spark.sql.files.ignoreCorruptFiles", "true");
    assertThat(scoring().score(some).queryExecution().executedPlan().toString())
        .contains("MapPartitions");
    Dataset<Row> ignoring =
        TestSpark.session()
            .read()
            .option("mergeSchema", "true")
            .option("ignoreCorruptFiles", "true")
            .parquet(files);
    assertThat(scoring().score(ignoring).queryExecution().executedPlan().toString())
        .contains("MapPartitions");
  }
}
