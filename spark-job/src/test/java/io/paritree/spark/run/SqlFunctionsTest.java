package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Forms;
import io.paritree.model.TestPackages;
import io.paritree.model.layout.ModelStore;
import io.paritree.store.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.AnalysisException;
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

/** The functions of models give the rows and bits of the job. */
class SqlFunctionsTest {
  private static final int ROWS = 3_000;
  private static final int BAD_EVERY = 50;

  @TempDir static Path directory;
  private static TestPackages packages;
  private static Path input;

  @BeforeAll
  static void seal() {
    packages = new TestPackages(directory.resolve("models"));
    packages.binary();
    packages.classes();
    packages.wide(2, 3, 3);
    input = Parcels.write(directory.resolve("in"), 0, ROWS, BAD_EVERY, 3);
  }

  private static SparkSession session(Map<String, String> settings) {
    SparkSession session = SqlSession.of(packages.store(), settings);
    session.read().parquet(input.toString()).createOrReplaceTempView("parcels");
    return session;
  }

  /** Returns what the job writes, by key. */
  private static Map<Long, Row> job(Path model, Path output, String... columns) {
    JobRun run = JobRun.ofParcels(model, input, output, "--margin", "--reasons", "3");
    assertThat(run.exitCode()).as(run.err()).isZero();
    return byKey(
        TestSpark.session().read().parquet(output.toString()).select("parcel_id", columns));
  }

  private static Map<Long, Row> byKey(Dataset<Row> rows) {
    Map<Long, Row> byKey = new TreeMap<>();
    rows.collectAsList().forEach(row -> byKey.put(row.getLong(0), row));
    return byKey;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rowsAndBitsAreThoseOfTheJobWithAndWithoutGeneratedCode(boolean generated) {
    SparkSession session =
        session(
            Map.of(
                "spark.sql.codegen.wholeStage",
                String.valueOf(generated),
                "spark.sql.codegen.factoryMode",
                generated ? "FALLBACK" : "NO_CODEGEN"));
    Map<Long, Row> expected =
        job(
            packages.store().resolve("parcel-late/1"),
            directory.resolve("out-" + generated),
            "score",
            "margin",
            "label",
            "model_version",
            "reasons");

    Map<Long, Row> scored =
        byKey(
            session.sql(
                """
                SELECT parcel_id, p.score, p.margin, p.label, p.model_version,
                       paritree.`parcel-late`.reasons(struct(*), 3) AS reasons
                FROM (SELECT *, paritree.`parcel-late`.predict(struct(*)) AS p FROM parcels)
                WHERE p.faults IS NULL\
                """));

    assertThat(scored).hasSize(ROWS - ROWS / BAD_EVERY).isEqualTo(expected);
  }

  @Test
  void aRowThatCannotBeScoredIsNullAndHasItsFaults() {
    SparkSession session = session(Map.of());

    Dataset<Row> rows =
        session.sql(
            """
            SELECT parcel_id, paritree.`parcel-late`.score(struct(*)) AS score,
                   paritree.`parcel-late`.predict(struct(*)) AS p,
                   paritree.`parcel-late`.faults(struct(*)) AS faults
            FROM parcels\
            """);
    List<Row> bad = rows.where("score IS NULL").orderBy("parcel_id").collectAsList();

    assertThat(rows.count()).isEqualTo(ROWS);
    assertThat(bad).hasSize(ROWS / BAD_EVERY);
    assertThat(bad.get(1).toString())
        .isEqualTo(
            "[50,null,[null,null,null,parcel-late/1,ArraySeq([weight,missing_value,no value,a"
                + " value])],ArraySeq([weight,missing_value,no value,a value])]");
    assertThat(rows.where("faults IS NOT NULL AND score IS NOT NULL").count()).isZero();
  }

  @Test
  void missingAndIllTypedColumnsAreAllInOneErrorOfTheAnalysis() {
    SparkSession session = session(Map.of());

    assertThatThrownBy(
            () ->
                session.sql(
                    """
                    SELECT paritree.`parcel-late`.score(struct(
                      distance AS distanec, 'heavy' AS weight, express, carrier, zone, DATE'2026-01-01' AS departure))
                    FROM parcels\
                    """))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("paritree.parcel-late.score")
        .hasMessageContaining("3 problems")
        .hasMessageContaining(
            "'distance', which the model reads, is missing; the nearest name is 'distanec'")
        .hasMessageContaining("column 'weight' is STRING, but feature 'weight' needs a number")
        .hasMessageContaining("column 'departure' is a DATE, which has no hour");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "paritree.`parcel-late`.score(distance)|expected one struct with the model's columns",
        "paritree.`parcel-late`.reasons(struct(*))|expected a struct with the model's columns and a"
            + " number",
        "paritree.`parcel-late@challenger`.score(struct(*))|there is no such alias; there are"
            + " aliases [champion]",
        "paritree.nothing.score(struct(*))|there is no file or directory",
        "paritree.wide.label(struct(*))|the model has no labels",
      })
  void whatCannotBeCalledIsRefusedByTheAnalysis(String call, String reason) {
    SparkSession session = session(Map.of());

    assertThatThrownBy(() -> session.sql("SELECT %s FROM parcels".formatted(call)))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void moreReasonsThanThereAreFieldsAreRefused() {
    Dataset<Row> rows =
        session(Map.of()).sql("SELECT paritree.`parcel-late`.reasons(struct(*), 99) FROM parcels");

    assertThatThrownBy(rows::collectAsList)
        .hasStackTraceContaining("99 reasons are asked for, expected 1 to 6");
  }

  @Test
  void aModelIsNamedByAliasVersionOrPathAndSeveralScoresAreAStruct() throws Exception {
    Path logged = Files.createDirectories(directory.resolve("logged"));
    Files.writeString(
        logged.resolve("MLmodel"),
        """
        flavors:
          xgboost:
            data: model.ubj
            model_class: xgboost.core.Booster
        """);
    new ModelStore(Location.of(packages.store())).setAlias("parcel-class", "next", 1);
    Path bare = packages.bareWideModel(2, 3, 3);
    Files.copy(bare, logged.resolve("model.ubj"));
    SparkSession session = session(Map.of());

    Row row =
        session
            .sql(
                """
                SELECT paritree.`parcel-class@next`.score(struct(*)) AS a,
                       paritree.`parcel-class`.`1`.score(struct(*)) AS b,
                       paritree.`parcel-class/1`.predict(struct(*)).score_large AS c,
                       paritree.`%s`.label(struct(*)) AS d,
                       paritree.`%s`.PREDICT(struct(1.5 AS f0, zone AS f1)).model_version AS e,
                       paritree.`%s`.score(struct(1.5 AS f0, zone AS f1)) =
                         paritree.`%s`.score(struct(1.5 AS f0, zone AS f1)) AS f
                FROM parcels WHERE parcel_id = 1\
                """
                    .formatted(packages.store().resolve("parcel-class/1"), bare, bare, logged))
            .first();

    assertThat(row.getStruct(0).schema().fieldNames())
        .containsExactly("score_small", "score_medium", "score_large");
    assertThat(row.getStruct(1)).isEqualTo(row.getStruct(0));
    assertThat(row.getFloat(2)).isEqualTo(row.getStruct(0).getFloat(2));
    assertThat(row.getString(3)).isIn("small", "medium", "large");
    assertThat(row.getString(4)).startsWith("unsealed:");
    assertThat(row.getBoolean(5)).as("an MLflow directory").isTrue();
  }

  @Test
  void directoriesWithTheSameModelFileAndOtherSignaturesAreTheirOwnModels() {
    byte[] file = TestPackages.wideModel(2, 9, 3);
    Path one = packages.logged("one", file, "distance", "weight");
    Path other = packages.logged("other", file, "weight", "distance");
    String query =
        """
        SELECT parcel_id, paritree.`%s`.score(struct(*)) AS a, paritree.`%s`.score(struct(*)) AS b,
               paritree.`%s`.score(struct(weight AS distance, distance AS weight)) AS c,
               paritree.`%s`.predict(struct(*)).model_version AS v,
               paritree.`%s`.predict(struct(*)).model_version AS w
        FROM parcels\
        """;

    Dataset<Row> rows = session(Map.of()).sql(query.formatted(one, other, one, one, other));

    assertThat(rows.where("a <> b").count()).isGreaterThan(ROWS / 2);
    assertThat(rows.where("b <=> c").count()).isEqualTo(ROWS);
    assertThat(rows.where("v <> w").count()).isEqualTo(ROWS);
  }

  @Test
  void namesOfColumnsMatchExactlyThoughSparkIgnoresCase() {
    String query =
        """
        SELECT count(paritree.`parcel-late`.score(struct(
          Distance, weight, EXPRESS, carrier, zone, departure))) FROM parcels\
        """;

    assertThatThrownBy(() -> session(Map.of()).sql(query))
        .hasMessageContaining("'distance', which the model reads, is missing")
        .hasMessageContaining("the nearest name is 'Distance'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark.sql.catalog.paritree.strict", "paritree.strict"})
  void strictlyARowThatCannotBeScoredEndsTheQuery(String setting) {
    SparkSession session = session(Map.of(setting, "true"));
    String query = "SELECT max(paritree.`parcel-late`.score(struct(*))) FROM parcels";

    assertThat(session.sql(query + " WHERE weight IS NOT NULL").first().isNullAt(0)).isFalse();
    assertThatThrownBy(() -> session.sql(query).collect())
        .hasStackTraceContaining("Cannot score the record")
        .hasStackTraceContaining("'weight' missing_value: got no value");
  }

  @Test
  void anOptionThatDoesNotExistIsRefused() {
    SparkSession session = session(Map.of("spark.sql.catalog.paritree.stire", "x"));

    assertThatThrownBy(() -> session.sql("SELECT paritree.a.score(struct(1)) FROM parcels"))
        .hasStackTraceContaining("there is no such option; there are [store, strict]");
  }

  @Test
  void functionsOfAModelAreListed() {
    List<String> names =
        session(Map.of())
            .sql("SHOW USER FUNCTIONS IN paritree.`parcel-late`")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0).replaceFirst(".*\\.", ""))
            .toList();

    assertThat(names).contains("score", "margin", "label", "predict", "faults", "reasons");
  }

  @Test
  void aQueryKeepsItsVersionWhenTheAliasMovesBeforeOrWhileItRuns() throws Exception {
    TestPackages own = new TestPackages(directory.resolve("moving"));
    own.binary(1, 5);
    SparkSession session = SqlSession.of(own.store(), Map.of());
    session.read().parquet(input.toString()).createOrReplaceTempView("parcels");
    String query = "SELECT paritree.`parcel-late`.predict(struct(*)).model_version FROM parcels";
    Dataset<Row> before = session.sql(query);
    Iterator<Row> running = session.sql(query).toLocalIterator(); // one task after the other
    running.next();

    own.binary(2, 6); // champion names the version that was written last

    assertThat(running)
        .toIterable()
        .hasSize(ROWS - 1)
        .allMatch(row -> row.getString(0).equals("parcel-late/1"));
    assertThat(before.distinct().collectAsList().toString()).isEqualTo("[[parcel-late/1]]");
    assertThat(session.sql(query).distinct().collectAsList().toString())
        .isEqualTo("[[parcel-late/2]]");
  }

  @Test
  void aStreamScoresEachRowAndKeepsItsVersion() throws Exception {
    TestPackages own = new TestPackages(directory.resolve("streaming"));
    own.binary(1, 20);
    SparkSession session = SqlSession.of(own.store(), Map.of());
    Path arriving = directory.resolve("arriving");
    Parcels.write(arriving, 0, 500, BAD_EVERY, 2);
    Dataset<Row> scored =
        session
            .readStream()
            .schema(Parcels.SCHEMA)
            .option("maxFilesPerTrigger", 1)
            .parquet(arriving.toString())
            .select(
                functions.col("parcel_id"),
                functions
                    .call_function("paritree.`parcel-late`.predict", functions.struct("*"))
                    .as("p"))
            .select("parcel_id", "p.*");
    own.binary(2, 6);
    Path sink = directory.resolve("sink");

    TestSpark.drain(scored, sink);

    Map<Long, Row> expected =
        job(packages.store().resolve("parcel-late/1"), directory.resolve("out-stream"), "score");
    List<Row> rows = session.read().parquet(sink.toString()).collectAsList();
    assertThat(rows).hasSize(500);
    for (Row row : rows) {
      Row other = expected.get(row.getLong(0));
      assertThat(row.<Object>getAs("score")).isEqualTo(other == null ? null : other.get(1));
      assertThat(row.<Object>getAs("model_version")).isEqualTo("parcel-late/1");
    }
  }

  @Test
  void valuesOfEveryTypeMeanWhatTheyMeanToTheJob() {
    SparkSession session = session(Map.of());
    session
        .sql(
            """
            SELECT parcel_id, named_struct('way', CAST(distance AS DECIMAL(20, 4)), 'other', array(1)) AS nested,
                   CAST(weight AS DECIMAL(38, 18)) AS weight, CAST(express AS INT) AS express, carrier,
                   CAST(zone AS SMALLINT) AS zone, CAST(departure AS TIMESTAMP_NTZ) AS departure, note
            FROM parcels WHERE departure IS NULL OR departure NOT LIKE '%Z'\
            """)
        .createOrReplaceTempView("typed");

    Dataset<Row> rows =
        session.sql(
            """
            SELECT paritree.`parcel-late`.score(struct(nested.way AS distance, t.* EXCEPT (nested))) AS typed,
                   paritree.`parcel-late`.score(struct(p.*)) AS plain
            FROM typed t JOIN parcels p USING (parcel_id)\
            """);

    assertThat(rows.where("typed IS NOT NULL").count()).isGreaterThan(1_000);
    assertThat(rows.where("NOT (typed <=> plain)").collectAsList()).isEmpty();
  }

  /** With fewer fields than {@code maxFields}, Spark generates code for the query. */
  @Test
  void threeHundredColumnsHaveTheBitsOfTheJob() throws Exception {
    Column[] columns = new Column[301];
    columns[0] = functions.col("id").as("parcel_id");
    for (int index = 0; index < 300; index++) {
      columns[index + 1] =
          functions
              .when(
                  functions.rand(index).gt(0.1),
                  functions.rand(1_000 + index).multiply(2).minus(1).cast("float"))
              .as("f" + index);
    }

    Path wide = directory.resolve("wide");
    TestSpark.session().range(0, 2_000, 1, 2).select(columns).write().parquet(wide.toString());
    Path model = new TestPackages(directory.resolve("models-wide")).wide(300, 30, 5);
    Path output = directory.resolve("wide-out");
    JobRun run = JobRun.ofParcels(model, wide, output);
    assertThat(run.exitCode()).as(run.err()).isZero();
    for (String maxFields : Forms.some(1, List.of("100", "5000"))) {
      SparkSession session = session(Map.of("spark.sql.codegen.maxFields", maxFields));
      Column score =
          functions.call_function("paritree.`%s`.score".formatted(model), functions.struct("*"));

      Dataset<Row> scored =
          session
              .read()
              .parquet(wide.toString())
              .select(functions.col("parcel_id"), score.as("score"));

      assertThat(byKey(scored))
          .as(maxFields)
          .hasSize(2_000)
          .isEqualTo(byKey(session.read().parquet(output.toString()).select("parcel_id", "score")));
    }
  }

  @Test
  void aFilterOnTheScoreOfAQueryThatIsPlannedAgainGivesTheRowsOfTheJob() {
    SparkSession session = session(Map.of("spark.sql.autoBroadcastJoinThreshold", "-1"));
    Map<Long, Row> expected =
        job(
            packages.store().resolve("parcel-late/1"),
            directory.resolve("out-filtered"),
            "score",
            "label");
    expected.values().removeIf(row -> row.getFloat(1) <= 0.3f);

    Dataset<Row> filtered =
        session.sql(
            """
            SELECT a.parcel_id, p.score, p.label
            FROM (SELECT *, paritree.`parcel-late`.predict(struct(*)) AS p FROM parcels) a
            JOIN parcels b ON a.parcel_id = b.parcel_id
            WHERE p.score > CAST(0.3 AS FLOAT)\
            """);

    assertThat(byKey(filtered)).hasSizeBetween(100, ROWS - 100).isEqualTo(expected);
    assertThat(filtered.queryExecution().executedPlan().toString())
        .contains("AdaptiveSparkPlan isFinalPlan");
  }

  @Test
  void noRowIsMalformed() {
    Row row =
        session(Map.of())
            .sql(
                """
                SELECT paritree.`parcel-late`.predict(r) FROM (
                  SELECT IF(parcel_id < 0, struct(*), NULL) AS r FROM parcels LIMIT 1)\
                """)
            .first()
            .getStruct(0);

    assertThat(row.isNullAt(0)).isTrue();
    assertThat(row.getList(4).toString()).contains("malformed_record", "null");
  }
}
