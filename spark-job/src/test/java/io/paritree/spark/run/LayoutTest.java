package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many files the output has, and how long they are. */
class LayoutTest {
  private static final int TARGET = 1 << 20;
  private static final int ROWS = 150_000;

  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).binary().toString();
  }

  @Test
  void filesAreAsLongAsAskedButTheLastOfEachTask() throws Exception {
    JobRun run = score(many(1), "--file-size", "1MiB", "--pass", "note");

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Path> files = files(directory.resolve("out"));
    assertThat(files).hasSizeGreaterThan(4);
    for (Path file : files.subList(0, files.size() - 1)) {
      assertThat(Files.size(file)).isBetween(TARGET * 85L / 100, TARGET * 105L / 100);
    }

    assertThat(Files.size(files.get(files.size() - 1))).isLessThan(TARGET * 105L / 100);
    assertThat(ScoringJobTest.read(directory.resolve("out")).count()).isEqualTo(ROWS);
  }

  @Test
  void sortedFilesAreAsLongAsAskedAndDoNotOverlap() throws Exception {
    JobRun run = score(many(1), "--file-size", "1MiB", "--pass", "note", "--sort-by-keys");

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Path> files = files(directory.resolve("out"));
    assertThat(files).hasSizeGreaterThan(4);
    long last = Long.MIN_VALUE;
    for (Path file : files) {
      assertThat(Files.size(file)).isLessThan(TARGET * 105L / 100);
      List<Row> rows = ScoringJobTest.read(file).select("parcel_id").collectAsList();
      assertThat(rows).extracting(row -> row.getLong(0)).isSorted();
      assertThat(rows.get(0).getLong(0)).isGreaterThan(last);
      last = rows.get(rows.size() - 1).getLong(0);
    }

    assertThat(last).isEqualTo(ROWS - 1);
  }

  @Test
  void manyTinyFilesBecomeOne() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 2_000, 0, 60);
    assertThat(files(input)).hasSize(60);

    JobRun run = score(input);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(files(directory.resolve("out"))).hasSize(1);
    assertThat(Scores.of(directory.resolve("out")))
        .isEqualTo(ScoringJobTest.expected(model, 0, 2_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "csv"})
  void smallFilesOfManyPartitionsBecomeAboutOnePerPartition(String format) throws Exception {
    int partitions = 6;
    int filesOfEach = 8;
    int rows = 2_000;
    Path once = Parcels.write(directory.resolve("once"), 0, rows, 0, 1);
    Path input = directory.resolve("in");
    TestSpark.session()
        .read()
        .parquet(once.toString())
        .withColumn("day", functions.expr("parcel_id % " + partitions))
        .repartition(filesOfEach)
        .write()
        .partitionBy("day")
        .option("header", true)
        .format(format)
        .save(input.toString());
    assertThat(filesBelow(input)).isEqualTo(partitions * filesOfEach);

    JobRun run = score(input, "--input-format", format);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(filesBelow(directory.resolve("out"))).isBetween(partitions, partitions + 3);
    assertThat(Scores.of(directory.resolve("out")))
        .isEqualTo(ScoringJobTest.expected(model, 0, rows));
  }

  private static int filesBelow(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return (int) all.filter(file -> file.getFileName().toString().startsWith("part-")).count();
    }
  }

  /** Returns rows whose keys are in no order, with a note that does not compress. */
  private Path many(int files) {
    Path once = Parcels.write(directory.resolve("once"), 0, 1_000, 0, 1);
    Path input = directory.resolve("in");
    TestSpark.session()
        .read()
        .parquet(once.toString())
        .drop("parcel_id")
        .crossJoin(TestSpark.session().range(ROWS / 1_000).withColumnRenamed("id", "copy"))
        .withColumn(
            "note",
            functions.sha2(
                functions.concat_ws(" ", functions.col("note"), functions.col("copy")), 256))
        .coalesce(1)
        .withColumn(
            "parcel_id",
            functions.pmod(
                functions.monotonically_increasing_id().multiply(77_773), functions.lit(ROWS)))
        .coalesce(files)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(input.toString());
    return input;
  }

  private static List<Path> files(Path output) throws IOException {
    try (Stream<Path> all = Files.list(output)) {
      return all.filter(Parquets::isParquet)
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    }
  }

  private JobRun score(Path input, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model,
                "--input",
                input,
                "--output",
                directory.resolve("out"),
                "--keys",
                "parcel_id"));
    arguments.addAll(List.of(more));
    return JobRun.of(arguments.toArray());
  }
}
