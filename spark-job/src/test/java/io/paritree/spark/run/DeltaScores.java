package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.LookupIndex;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.lookup.TableIndexes;
import io.paritree.model.TestPackages;
import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Delta table for the scores of two days of parcels. Days and models are the same for all tests
 * of a class, which do not change them; each test has a table of its own, which is not made yet.
 */
abstract class DeltaScores {
  static final SparkSession SPARK = TestSpark.interpreting();
  static final int ROWS = 100;

  @TempDir static Path shared;
  static String model;
  static String otherModel;

  /** Two partitions of {@link #ROWS} rows each, in two files each. */
  static Path input;

  @TempDir Path directory;
  Path table;

  @BeforeAll
  static void makeInput() {
    TestPackages packages = new TestPackages(shared.resolve("models"));
    model = packages.binary().toString();
    otherModel = packages.binary(2, 6).toString();
    input = shared.resolve("in");
    for (int day = 1; day <= 2; day++) {
      Parcels.write(input.resolve("day=2024-01-0" + day), (day - 1) * ROWS, day * ROWS, 0, 2);
    }
  }

  @BeforeEach
  void chooseTable() {
    table = directory.resolve("score table");
  }

  @AfterEach
  void dropTables() {
    SPARK.sql("DROP TABLE IF EXISTS scores");
  }

  /** Makes the table as a run over both days does, with the run's state, by a copy of the first. */
  void takeScored() throws IOException {
    Path first = shared.resolve(table.getFileName());
    if (!Files.exists(first)) {
      succeeds(score("--table", first));
    }

    Path state = Path.of("_paritree").resolve(table.getFileName());
    FileUtils.copyDirectory(first.toFile(), table.toFile());
    FileUtils.copyDirectory(
        first.resolveSibling(state).toFile(), table.resolveSibling(state).toFile());
  }

  /** Makes the table with typed columns and without rows. */
  void makeTable() {
    sql(
        "CREATE TABLE TABLE_ (parcel_id BIGINT, score FLOAT, label STRING, model_version STRING,"
            + " day DATE) USING delta PARTITIONED BY (day)");
  }

  JobRun score(Object... more) {
    return observed(StepObserver.NONE, more);
  }

  JobRun observed(StepObserver observer, Object... more) {
    return JobRun.observed(
        observer,
        Map.of("--model", model, "--input", input, "--keys", "parcel_id", "--table", table),
        Stream.concat(Stream.of("--create-table"), Stream.of(more)).toArray());
  }

  /** Lets another writer act when the run has reached a step for the first time. */
  JobRun disturbed(Step when, Runnable other, Object... more) {
    boolean[] done = new boolean[1];
    return observed(
        step -> {
          if (step == when && !done[0]) {
            done[0] = true;
            other.run();
          }
        },
        more);
  }

  static void succeeds(JobRun run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  static void refused(JobRun run, String... sentences) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains(sentences);
  }

  Dataset<Row> rows() {
    return SPARK.read().format("delta").load(table.toString());
  }

  /** Runs a statement of another writer, in which {@code TABLE_} is the table. */
  void sql(String statement) {
    SPARK.sql(statement.replace("TABLE_", "delta.`%s`".formatted(table)));
  }

  Path log() {
    return table.resolve("_delta_log");
  }

  /** Returns the number of the newest version. */
  long version() {
    try (Stream<Path> commits = Files.list(log())) {
      return commits
          .map(commit -> commit.getFileName().toString())
          .filter(name -> name.matches("[0-9]+\\.json"))
          .mapToLong(name -> Long.parseLong(name.substring(0, name.indexOf('.'))))
          .max()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what the table's history says of the newest version. */
  Row last() {
    return SPARK
        .sql("DESCRIBE HISTORY delta.`%s`".formatted(table))
        .select("userMetadata", "operationParameters")
        .collectAsList()
        .get(0);
  }

  Location state() throws IOException {
    return StateDirectory.of(Location.of(table.toRealPath()));
  }

  /** Returns what the run of the last commit says about the table's indexes. */
  TableIndexes indexes() throws IOException {
    String commit = Files.readString(log().resolve("%020d.json".formatted(version())));
    Path all = StateDirectory.indexes(state()).toPath();
    try (Stream<Path> runs = Files.list(all)) {
      Path run =
          runs.filter(one -> commit.contains("\"appId\":\"" + one.getFileName() + '"'))
              .findAny()
              .orElseThrow();
      return TableIndexes.fromJson(
          Files.readAllBytes(run.resolve(TableIndexes.FILE)), run.toString());
    }
  }

  /** Returns the bits of all scores in the table's indexes. */
  Map<Long, Integer> stored() throws Exception {
    Map<Long, Integer> scores = new TreeMap<>();
    for (Map.Entry<String, String> run : indexes().runs().entrySet()) {
      Path at = StateDirectory.index(state(), run.getValue(), run.getKey()).toPath();
      try (LookupIndex index = LookupIndex.open(at)) {
        for (long key = 0; key < 2 * ROWS; key++) {
          KeyBytes bytes = new KeyBytes();
          bytes.putLong(key);
          if (index.find(bytes).orElse(null) instanceof Scored row) {
            assertThat(scores.put(key, Float.floatToRawIntBits(row.scores()[0]))).isNull();
          }
        }
      }
    }

    return scores;
  }
}
