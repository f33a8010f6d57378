package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.SomeForms;
import io.paritree.model.TestPackages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  @SomeForms(
      count = 4,
      value = {
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

  @Test
  void aNameInAnotherCaseIsAnotherColumnWhichTheRefusalShows() {
    Path input = directory.resolve("in");
    JobSessions.wide(TestSpark.session(), 2)
        .range(10)
        .selectExpr("id ID", "float(id) F0")
        .write()
        .parquet(input.toString());

    JobRun run = score(input, "id");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("it has 'ID'", "it has 'F0'", "names must match exactly");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id,id    | column 'id' is requested twice",
        "id,score | the job itself writes a column"
      })
  void columnsThatCollideAreRefused(String keys, String reason) {
    Path input = input("id", "score");

    JobRun run = score(input, keys);

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
