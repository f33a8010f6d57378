package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.model.EngineKind;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.record.CsvCells;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the job writes is what the model says of each row. */
class ScoringJobTest {
  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).binary().toString();
  }

  @Test
  void scoresEveryRowOfAParquetDirectory() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 5_000, 0, 3);
    Path output = directory.resolve("out");

    JobRun run =
        JobRun.of("--model", model, "--input", input, "--output", output, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(scores(output)).isEqualTo(expected(0, 5_000));
  }

  private static Map<Long, Integer> scores(Path output) {
    Map<Long, Integer> scores = new TreeMap<>();
    List<Row> rows =
        TestSpark.session()
            .read()
            .parquet(output.toString())
            .select("parcel_id", "score")
            .collectAsList();
    for (Row row : rows) {
      assertThat(scores.put(row.getLong(0), Float.floatToRawIntBits(row.getFloat(1)))).isNull();
    }

    return scores;
  }

  /** Returns the bits of each record's score, by way of CSV cells and one row at a time. */
  private static Map<Long, Integer> expected(int from, int to) throws Exception {
    ScoringModel open = ScoringModel.open(model, EngineKind.FOREST);
    Map<Long, Integer> scores = new TreeMap<>();
    Faults faults = new Faults();
    for (int index = from; index < to; index++) {
      float[] row = new float[open.schema().width()];
      List<String> cells = TestRecords.cells(index);
      for (Field field : open.schema().fields()) {
        byte[] cell =
            cells.get(TestRecords.COLUMNS.indexOf(field.column())).getBytes(StandardCharsets.UTF_8);
        CsvCells.encode(field, cell, 0, cell.length, row, 0, faults);
      }

      assertThat(faults.list()).isEmpty();
      float[] score = new float[1];
      open.engine().score(row, 1, null, score);
      scores.put((long) index, Float.floatToRawIntBits(score[0]));
    }

    return scores;
  }
}
