package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A column may have a name that Spark, or the job in its plans, uses itself. */
class ColumnNamesTest {
  private static final int ROWS = 20;

  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).wide(1, 5, 3).toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "count",
        "_rows",
        "_key0",
        "_partition",
        "_metadata",
        "row_index",
        "file_path",
        "F0",
        "a.b",
        "a.`b",
        "count(1)"
      })
  void repeatedKeysAreCountedWhateverTheyAreCalled(String key) {
    Path input = input(key);

    JobRun run = score(input, key);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("scored rows that repeat a key: %s\n".formatted(ROWS / 2));
    assertThat(ScoringJobTest.read(directory.resolve("out")).columns())
        .containsExactly(key, "score", "model_version");
  }

  @Test
  void keysThatDifferInCaseAloneAreKeptApart() {
    Path input = input("count", "Count");

    JobRun run = score(input, "count,Count");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("scored rows that repeat a key: %s\n".formatted(ROWS / 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void caseIsIgnoredOnRequestInEachFileByItself(String vectorized) {
    SparkSession spark = JobSessions.wide(TestSpark.session(), 2);
    Path input = directory.resolve("in");
    spark
        .range(10)
        .selectExpr("id ID", "float(id) F0", "id other", "id OTHER")
        .write()
        .parquet(input + "/Day=1");
    spark.range(10, 20).selectExpr("float(id) f0", "id Id").write().parquet(input + "/Day=2");
    SparkConf cluster = TestSpark.session().sparkContext().conf();
    JobRun exact = score(input, "id");
    JobRun run;
    try {
      cluster.set("spark.sql.parquet.enableVectorizedReader", vectorized);
      run = score(input, "id", "--ignore-case", "--output-partition", "all=1", "--pass", "day");
    } finally {
      cluster.remove("spark.sql.parquet.enableVectorizedReader");
    }

    assertThat(exact.exitCode()).isEqualTo(3);
    assertThat(exact.err()).contains("it has 'ID'", "--ignore-case");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Dataset<Row> output = ScoringJobTest.read(directory.resolve("out/all=1"));
    assertThat(output.columns()).containsExactly("id", "day", "score", "model_version");
    List<Row> rows = output.orderBy("id").collectAsList();
    assertThat(rows).extracting(row -> row.getLong(0)).hasSize(20).startsWith(0L, 1L).endsWith(19L);
    assertThat(rows).extracting(row -> row.getString(1)).startsWith("1").endsWith("2");
  }

  @Test
  void whatReadsTheInputAgainIgnoresCaseByTheSameOptionAndDoesNotGuess() throws Exception {
    SparkSession spark = JobSessions.wide(TestSpark.session(), 2);
    Path input = directory.resolve("in");
    spark
        .range(10)
        .selectExpr("id ID", "float(id) f0", "id other", "id OTHER")
        .write()
        .parquet(input + "/Day=1");
    spark.range(10, 20).selectExpr("float(id) F0", "id ID").write().parquet(input + "/Day=2");
    JobRun run = score(input, "id", "--ignore-case", "--output-partition", "all=1");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Path settings = directory.resolve("job.conf");
    Files.writeString(settings, "scoring-job.ignore-case = true");
    Path output = directory.resolve("out");
    List<List<Object>> commands =
        List.<List<Object>>of(
            List.of("audit", "--output", output, "--model", model, "--strict"),
            List.of(
                "prove", "--model", model, "--input", input, "--ways", "one", "--adversarial", 0));
    for (List<Object> command : commands) {
      JobRun guessed = JobRun.ofParity(command.toArray());
      List<Object> all = new ArrayList<>(command);
      all.add("--ignore-case");
      JobRun ignoring = JobRun.ofParity(all.toArray());

      assertThat(guessed.exitCode()).as("%s", command).isEqualTo(3);
      assertThat(guessed.out() + guessed.err()).contains("'F0'", "--ignore-case");
      assertThat(ignoring.exitCode()).as(ignoring.out() + ignoring.err()).isZero();
    }

    assertThat(JobRun.ofAudit("--output", output, "--model", model, "--conf", settings))
        .extracting(JobRun::out)
        .asString()
        .contains("20  proved");
  }

  @Test
  void caseIsIgnoredInCsvHeadersToo() throws Exception {
    Path input = Files.createDirectories(directory.resolve("in"));
    Files.writeString(input.resolve("a.csv"), "ID,F0\n1,1.5\n");
    Files.writeString(input.resolve("b.csv"), "f0,Id\n2.5,2\n");

    JobRun run = score(input, "id", "--ignore-case", "--input-format", "csv");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(ScoringJobTest.read(directory.resolve("out")).orderBy("id").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("1", "2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id f0 F0     | id    | column 'f0' occurs twice in file",
        "id ID f0     | id,ID | column 'ID' is requested twice",
        "id f0 Score  | id,Score | the job itself writes a column",
        "id F0        | id,F0 | columns 'F0' and 'f0' are the same one"
      })
  void columnsThatThenCollideAreRefused(String columns, String keys, String reason) {
    SparkSession spark = JobSessions.wide(TestSpark.session(), 4);
    Path input = directory.resolve("in");
    String[] selected =
        Arrays.stream(columns.split(" ")).map("float(id) %s"::formatted).toArray(String[]::new);
    spark.range(10).selectExpr(selected).write().parquet(input.toString());

    JobRun run = score(input, keys, "--ignore-case");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains(reason);
  }

  @Test
  void nameThatSparkKeepsForItselfIsRefused() {
    Path input = input("_tmp_metadata_row_index");

    JobRun run = score(input, "_tmp_metadata_row_index");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("'_tmp_metadata_row_index' has a name that Spark reserves");
  }

  /** Writes rows, every second of which repeats the keys of the row before it. */
  private Path input(String... keys) {
    StructType schema = new StructType().add("f0", DataTypes.FloatType);
    for (String key : keys) {
      schema = schema.add(key, DataTypes.LongType);
    }

    List<Row> rows = new ArrayList<>();
    for (int index = 0; index < ROWS; index++) {
      List<Object> values = new ArrayList<>(List.of((float) index));
      for (int key = 0; key < keys.length; key++) {
        values.add((long) (index / 2));
      }

      rows.add(RowFactory.create(values.toArray()));
    }

    SparkSession caseSensitive = JobSessions.wide(TestSpark.session(), schema.size());
    Path input = directory.resolve("in");
    caseSensitive.createDataFrame(rows, schema).coalesce(1).write().parquet(input.toString());
    return input;
  }

  private JobRun score(Path input, String keys, Object... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("--model", model, "--input", input, "--keys", keys, "--output"));
    arguments.add(directory.resolve("out"));
    arguments.addAll(List.of(more));
    return JobRun.of(arguments.toArray());
  }
}
