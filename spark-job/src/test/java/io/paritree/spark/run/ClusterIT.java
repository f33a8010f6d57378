package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.score.Quarantine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a standalone cluster the job gives the same rows, bits and counts as a local run. */
@Tag("clusters")
class ClusterIT {
  private static final int DAYS = 3;
  private static final int FILES_PER_DAY = 4;
  private static final int ROWS_PER_DAY = 6_000;
  private static final int BAD_EVERY = 100;

  @TempDir static Path directory;
  private static SparkCluster cluster;
  private static String model;
  private static Path input;
  private static Outcome local;

  @BeforeAll
  static void startAndRunLocally() throws Exception {
    cluster = SparkCluster.start(directory.resolve("cluster"));
    model = new TestPackages(directory.resolve("models")).binary().toString();
    input = directory.resolve("in");
    for (int day = 0; day < DAYS; day++) {
      int first = day * ROWS_PER_DAY;
      Path partition = input.resolve("day=" + day);
      Parcels.write(partition, first, first + ROWS_PER_DAY, BAD_EVERY, FILES_PER_DAY);
    }

    JobRun run = JobRun.of(arguments("local", "forest").toArray());
    assertThat(run.exitCode()).as(run.err()).isZero();
    local = outcome("local");
    assertThat(local.scores()).hasSize(DAYS * ROWS_PER_DAY * (BAD_EVERY - 1) / BAD_EVERY);
    assertThat(local.quarantined()).hasSize(DAYS * ROWS_PER_DAY / BAD_EVERY);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** {@link CsvInputTest} and {@link SameBitsIT} have both on each push. */
  @Test
  @Tag("nightly")
  void theSubmittedJobReadsCsvAndBearsKryo() throws Exception {
    Path csv = Parcels.writeCsv(directory.resolve("csv/a.csv"), 0, 300).getParent();
    Parcels.writeCsv(csv.resolve("b.csv"), 300, 500, "500,too few cells");
    Path log = directory.resolve("csv.log");
    List<Object> arguments = new ArrayList<>(arguments("from-csv", "forest"));
    arguments.set(arguments.indexOf(input), csv);
    arguments.addAll(List.of("--input-format", "csv"));

    List<String> kryo =
        List.of("--conf", "spark.serializer=org.apache.spark.serializer.KryoSerializer");
    Process job = cluster.score(log, kryo, arguments.toArray());

    assertThat(JobProcess.exitCode(job)).as(tail(log)).isZero();
    assertThat(Scores.of(directory.resolve("from-csv")))
        .isEqualTo(ScoringJobTest.expected(model, 0, 500));
    assertThat(QuarantineTest.quarantine(directory.resolve("from-csv")).count()).isEqualTo(1);
  }

  @Test
  void theExitCodeReachesTheCaller() throws Exception {
    Path log = directory.resolve("refused.log");

    Process job = submit("refused", "neither", log, List.of());

    assertThat(JobProcess.exitCode(job)).as(tail(log)).isEqualTo(2);
    assertThat(directory.resolve("refused")).doesNotExist();
  }

  /** In cluster mode, spark-submit ends with 0 whatever has happened to the driver. */
  @Test
  @Tag("nightly")
  void theCodeOfARunInClusterModeIsAskedFromItsRecord() throws Exception {
    List<Object> arguments = new ArrayList<>(arguments("remote", "forest"));
    arguments.set(arguments.indexOf(input), directory.resolve("nowhere"));
    arguments.addAll(List.of("--run-id", "night"));
    List<String> remote =
        List.of(
            "--deploy-mode", "cluster", "--conf", "spark.standalone.submit.waitAppCompletion=true");
    Path log = directory.resolve("remote.log");

    Process job = cluster.score(log, remote, arguments.toArray());
    assertThat(JobProcess.exitCode(job)).as(tail(log)).isZero();

    Path answer = directory.resolve("answer.log");
    Object[] question = {"--status", "--output", directory.resolve("remote"), "--run-id", "night"};
    Process status = cluster.score(answer, remote, question);
    assertThat(JobProcess.exitCode(status)).as(tail(answer)).isEqualTo(3);
    assertThat(tail(answer)).contains("night  refused, exit code 3", "there is no input");
  }

  /**
   * With the native engine; {@link #aTaskThatRunsTwiceSinceItsFirstTryIsSlowChangesNothing} has the
   * other.
   */
  @Test
  void anExecutorThatIsKilledWhileItWritesChangesNothing() throws Exception {
    Path log = directory.resolve("killed.log");
    Process job = submit("killed", "xgboost", log, List.of());

    cluster.stopWhileWriting(job, state("killed")).destroyForcibly();

    assertThat(JobProcess.exitCode(job)).as(tail(log)).isZero();
    assertThat(SparkCluster.found(log, Pattern.compile("(Lost executor)"))).isNotEmpty();
    assertThat(outcome("killed")).isEqualTo(local);
  }

  @Test
  @Tag("nightly")
  void anExecutorThatIsKilledWhileItScoresBySqlChangesNothing() throws Exception {
    String name = "sql-killed";
    SqlTrial trial = new SqlTrial(directory.resolve("sql"), ROWS_PER_DAY, FILES_PER_DAY);
    List<String> settings = new ArrayList<>(trial.settings(name));
    settings.removeIf(setting -> setting.startsWith("spark.executor.memory="));
    Path log = directory.resolve("sql-killed.log");
    Process job =
        cluster.submit(log, settings, trial.program(), SqlProgram.class, trial.arguments(name));

    cluster.stopWhileWriting(job, directory.resolve("sql").resolve(name)).destroyForcibly();

    assertThat(JobProcess.exitCode(job)).as(tail(log)).isZero();
    assertThat(SparkCluster.found(log, Pattern.compile("(Lost executor)"))).isNotEmpty();
    assertThat(trial.faults(name, log)).isEmpty();
  }

  @Test
  @Tag("nightly")
  void aTaskThatRunsTwiceSinceItsFirstTryIsSlowChangesNothing() throws Exception {
    Path log = directory.resolve("speculative.log");
    List<String> speculation =
        List.of(
            "--conf",
            "spark.speculation=true",
            "--conf",
            "spark.speculation.interval=50ms",
            "--conf",
            "spark.speculation.quantile=0.1",
            "--conf",
            "spark.speculation.multiplier=1.1");
    Process job = submit("speculative", "forest", log, speculation);

    ProcessHandle slow = cluster.stopWhileWriting(job, state("speculative"));
    Pattern second = Pattern.compile("(Starting task [0-9]+\\.1 in stage)");
    SparkCluster.await("a second try", () -> !SparkCluster.found(log, second).isEmpty());
    cluster.letGo(slow);

    assertThat(JobProcess.exitCode(job)).as(tail(log)).isZero();
    assertThat(outcome("speculative")).isEqualTo(local);
  }

  /** Submits the job with one task per file. */
  private static Process submit(String output, String engine, Path log, List<String> options)
      throws IOException {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--conf", "spark.sql.files.minPartitionNum=" + DAYS * FILES_PER_DAY));
    return cluster.score(log, all, arguments(output, engine).toArray());
  }

  private static List<Object> arguments(String output, String engine) {
    return List.of(
        "--model",
        model,
        "--input",
        input,
        "--output",
        directory.resolve(output),
        "--keys",
        "parcel_id",
        "--engine",
        engine);
  }

  private static Path state(String output) {
    return directory.resolve("_paritree").resolve(output);
  }

  /**
   * What a run has written, except for names and times.
   *
   * @param scores the bits of each key's score
   * @param quarantined key, place and codes of each quarantined row
   * @param counts of the report
   * @param unfinished directories of runs that have not ended
   */
  private record Outcome(
      Map<Long, Integer> scores, List<Row> quarantined, Row counts, List<String> unfinished) {}

  private static Outcome outcome(String output) throws IOException {
    Path runs = state(output).resolve("runs");
    List<Path> ended = list(runs);
    assertThat(ended).hasSize(1);
    List<Row> quarantined =
        TestSpark.session()
            .read()
            .parquet(ended.get(0).resolve("quarantine").toString())
            .select("parcel_id", Quarantine.FILE, Quarantine.ROW, Quarantine.CODES)
            .orderBy("parcel_id")
            .collectAsList();
    Row counts =
        TestSpark.session()
            .read()
            .option("multiLine", true)
            .json(ended.get(0).resolve("report.json").toString())
            .select("read", "scored", "quarantined", "codes", "missing", "scores.count")
            .first();
    List<String> unfinished =
        list(state(output)).stream()
            .map(path -> path.getFileName().toString())
            .filter(name -> name.startsWith("20"))
            .toList();
    return new Outcome(Scores.of(directory.resolve(output)), quarantined, counts, unfinished);
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  private static String tail(Path log) throws IOException {
    String text = Files.readString(log);
    return text.substring(Math.max(0, text.length() - 4_000));
  }
}
