package io.paritree.spark.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.output.DataFile;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.StepObserver;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of a table of any format, before a run writes rows that replace others. */
class OutputTableTest {
  private static final List<String> DAYS = List.of("day=2024-01-01", "day=2024-01-02", "day=x");

  @TempDir Path directory;
  private MemoryTable table;
  private OutputPlace place;

  @BeforeEach
  void makeTable() throws IOException {
    Location location = Location.of(directory.resolve("scores"));
    place = new OutputPlace(FileStore.of(location), location);
    Files.createDirectories(place.state().toPath());
    table = new MemoryTable(location.toString());
    table.make(MemoryTable.WITH_DAY);
  }

  private List<String> problems(StructType rows) {
    List<String> problems = new ArrayList<>();
    table.found(new TableToWrite("scores", false)).check(rows, DAYS, column -> false, problems);
    return problems;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parcel_id BIGINT, score DOUBLE, label STRING, day STRING"
            + "|column 'score' is DOUBLE in table scores, and FLOAT in this run's rows",
        "PARCEL_ID BIGINT, score FLOAT, label STRING, day STRING"
            + "|column 'parcel_id' is 'PARCEL_ID' in table scores",
        "parcel_id BIGINT, score FLOAT, label STRING"
            + "|is partitioned by [], and this run would write partitions by [day]",
        "parcel_id BIGINT, score FLOAT, label STRING, day DATE"
            + "|partition day=x cannot be written",
        "parcel_id BIGINT, score FLOAT, day STRING"
            + "|lacks the columns [label]; add them with ALTER TABLE scores ADD COLUMNS (`label` STRING)",
        "parcel_id BIGINT, score FLOAT, label STRING, margin FLOAT, day STRING"
            + "|has the columns [margin], which this run does not write"
      })
  void columnsThatCannotTakeTheRowsAreTheOneProblem(String columns, String sentence) {
    table.make(StructType.fromDDL(columns));

    List<String> problems = problems(MemoryTable.ROWS);

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0)).contains(sentence);
  }

  @Test
  void columnsThatAreThereAreNoProblem() {
    assertThat(problems(MemoryTable.ROWS)).isEmpty();
  }

  @Test
  void rowsAreForeignUntilARunHasWrittenToTheirPartition() throws Exception {
    table.insert(DAYS.get(0));
    table.insert(DAYS.get(1));
    assertThat(foreign()).containsExactlyElementsOf(DAYS.subList(0, 2));

    publish(DAYS.get(0));
    table.insert(DAYS.get(0));
    assertThat(foreign()).containsExactly(DAYS.get(1));
    table.rewrite();
    assertThat(foreign()).as("no file has a mark").containsExactly(DAYS.get(1));
    table.expireHistory();
    assertThat(foreign()).as("no commit is known").containsExactly(DAYS.get(1));

    table.makeAnew(DAYS.get(0));
    assertThat(foreign()).as("another table").containsExactly(DAYS.get(0));
  }

  private List<String> foreign() throws IOException {
    return table.found().foreign(DAYS, place);
  }

  private void publish(String partition) throws Exception {
    OutputTable found = table.found();
    new TableCommit(found, place, "run", Map.of(), StepObserver.NONE)
        .publish(
            List.of(new PreparedPartition(partition, "a", found.state().token(partition))),
            Map.of(partition, List.of(new DataFile("file", 9, 1, Optional.empty()))),
            published -> {});
  }
}
