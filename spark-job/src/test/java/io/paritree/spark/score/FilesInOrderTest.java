package io.paritree.spark.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.run.TestSpark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.paths.SparkPath;
import org.apache.spark.rdd.InputFileBlockHolder;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.datasources.FilePartition;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.collection.immutable.Map$;

/** Each task reads files whose paths follow each other, and all files are read once. */
class FilesInOrderTest {
  private static final int ROWS = 4_000;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void tasksReadTheFilesInTheOrderOfTheirPaths(String vectorized) {
    SparkSession session = TestSpark.session().newSession();
    session.conf().set("spark.sql.parquet.enableVectorizedReader", vectorized);
    session.conf().set("spark.sql.files.maxPartitionBytes", "1MB");
    session.conf().set("spark.sql.files.openCostInBytes", "200KB");
    String input = directory.resolve("in").toString();
    session
        .range(0, ROWS, 1, 5)
        .selectExpr("id", "id * id % 7 day")
        .write()
        .partitionBy("day")
        .parquet(input);
    QueryExecution query = session.read().parquet(input).select("id").queryExecution();

    JavaRDD<InternalRow> rows = FilesInOrder.of(query.executedPlan(), query.toRdd(), Set.of());

    List<List<String>> tasks = rows.mapPartitions(FilesInOrderTest::files).collect();
    List<String> read = tasks.stream().flatMap(List::stream).distinct().toList();
    assertThat(tasks).hasSize(query.toRdd().getNumPartitions()).hasSizeGreaterThan(2);
    assertThat(tasks.stream().flatMap(List::stream)).hasSize(ROWS).isSorted();
    assertThat(read).hasSize(4 * 5);
  }

  /** Returns the file of each row. */
  private static Iterator<List<String>> files(Iterator<InternalRow> rows) {
    List<String> files = new ArrayList<>();
    while (rows.hasNext()) {
      rows.next();
      files.add(InputFileBlockHolder.getInputFilePath().toString());
    }

    return List.of(files).iterator();
  }

  @Test
  void stretchesAreAboutEquallyLong() {
    List<PartitionedFile> files =
        Stream.of(10, 10, 40, 5, 5, 5, 5, 20, 20).map(FilesInOrderTest::file).toList();

    FilePartition[] stretches = FilesInOrder.stretches(files, 3, 0);

    assertThat(stretches)
        .extracting(stretch -> Stream.of(stretch.files()).mapToLong(PartitionedFile::length).sum())
        .containsExactly(20L, 60L, 40L);
    assertThat(Stream.of(stretches).flatMap(stretch -> Stream.of(stretch.files())))
        .containsExactlyElementsOf(files);
  }

  private static PartitionedFile file(long length) {
    return new PartitionedFile(
        InternalRow.empty(),
        SparkPath.fromPathString("/in/" + length),
        0,
        length,
        new String[0],
        0,
        length,
        Map$.MODULE$.empty());
  }
}
