package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sorting needs only the memory that it gets: rows that do not fit go to the disk. */
class SortingIT {
  private static final int PARTITIONS = 4;
  private static final int ROWS = 25_000;

  @TempDir Path directory;

  @Test
  void rowsOfManyPartitionsAreSortedWithLittleMemory() throws Exception {
    Path model = new TestPackages(directory.resolve("models")).wide(2, 5, 3);
    Path input = directory.resolve("in");
    TestSpark.session()
        .range(PARTITIONS * ROWS)
        .selectExpr(
            "id * 7919 %% %s key".formatted(PARTITIONS * ROWS),
            "cast(id as float) f0",
            "cast(id as double) f1",
            "repeat(uuid(), 3) note",
            "id %% %s day".formatted(PARTITIONS))
        .coalesce(1)
        .write()
        .partitionBy("day")
        .parquet(input.toString());
    Path output = directory.resolve("out");
    Path log = directory.resolve("job.log");

    Process job =
        JobProcess.startPackaged(
            List.of("-Dspark.memory.fraction=0.005"),
            log,
            "--model",
            model,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "key",
            "--pass",
            "note",
            "--sort-by-keys");

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isZero();
    for (int day = 0; day < PARTITIONS; day++) {
      assertSorted(output.resolve("day=" + day));
    }
  }

  private static void assertSorted(Path partition) throws Exception {
    try (Stream<Path> files = Files.list(partition)) {
      List<Path> written = files.filter(Parquets::isParquet).toList();
      assertThat(written).hasSizeBetween(1, 2);
      long rows = 0;
      for (Path file : written) {
        List<Row> keys = ScoringJobTest.read(file).select("key").collectAsList();
        assertThat(keys).extracting(row -> row.getLong(0)).isSorted();
        rows += keys.size();
      }

      assertThat(rows).isEqualTo(ROWS);
    }
  }
}
