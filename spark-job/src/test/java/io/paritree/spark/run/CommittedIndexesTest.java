package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.output.DeltaLog;
import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.Step;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Indexes of stored scores belong to the version of a Delta table that the run's commit makes. */
@Tag("clusters")
class CommittedIndexesTest extends DeltaScores {
  @Test
  void indexesBelongToTheVersionThatTheCommitMakes() throws Exception {
    Path days = directory.resolve("days");
    FileUtils.copyDirectory(input.toFile(), days.toFile());
    Parcels.write(days.resolve("day=2023-12-31"), 0, 10, 1, 1);
    Object[] run = {"--input", days, "--lookup-index", "--max-quarantined", "1", "--run-id", ""};
    succeeds(score(with(run, "one", "--partition", "day=2024-01-01")));
    assertThat(runsOfIndexes()).isEqualTo(Map.of("day=2024-01-01", "one"));
    succeeds(score(with(run, "two", "--group-by", "day")));
    assertThat(runsOfIndexes())
        .isEqualTo(
            Map.of("day=2023-12-31", "two", "day=2024-01-01", "one", "day=2024-01-02", "two"));
    assertThat(stored()).isEqualTo(Scores.of(rows())).hasSize(2 * ROWS);
    Set<String> files = Set.of(rows().inputFiles());

    sql("DELETE FROM TABLE_ WHERE parcel_id = 3");
    sql("OPTIMIZE TABLE_ ZORDER BY (parcel_id)");
    assertThat(rows().inputFiles()).doesNotContainAnyElementsOf(files);
    assertThat(actions(version() - 1)).as("deletion").anyMatch(DeltaLog.Action::changesRows);
    assertThat(actions(version()))
        .as("what a server looks at: the same rows in other files")
        .isNotEmpty()
        .noneMatch(action -> action.changesRows() || action.kind() == DeltaLog.Kind.PROTOCOL);
    succeeds(score(with(run, "three", "--partition", "day=2024-01-01")));
    assertThat(indexes().base()).isEqualTo(version() - 1);
    assertThat(runsOfIndexes())
        .as("also of a partition without rows, and of rewritten files")
        .isEqualTo(
            Map.of("day=2023-12-31", "two", "day=2024-01-01", "three", "day=2024-01-02", "two"));
    assertThat(stored()).isEqualTo(Scores.of(rows())).hasSize(2 * ROWS);
    try (Stream<Path> kept = Files.list(StateDirectory.indexes(state()).toPath())) {
      assertThat(kept.map(one -> one.getFileName().toString().replaceFirst("-.*", "")))
          .containsOnly("two", "three");
    }

    sql("UPDATE TABLE_ SET score = 0 WHERE parcel_id = 150");
    Object[] four = with(run, "four", "--model", otherModel, "--partition", "day=2024-01-01");
    succeeds(score(four));
    assertThat(runsOfIndexes())
        .isEqualTo(Map.of("day=2023-12-31", "two", "day=2024-01-01", "four"));
    assertThat(stored()).isEqualTo(Scores.of(rows().where("day = '2024-01-01'"))).hasSize(ROWS);
  }

  /** Returns what the commit of a version has done, as a server reads it. */
  private List<DeltaLog.Action> actions(long version) throws IOException {
    Location at = Location.of(table.toRealPath());
    List<DeltaLog.Action> actions = new ArrayList<>();
    new DeltaLog(FileStore.of(at), at, 4 << 20).read(version, actions::add);
    return actions;
  }

  private static Object[] with(Object[] options, String run, Object... more) {
    Object[] all = Stream.concat(Stream.of(options), Stream.of(more)).toArray();
    all[options.length - 1] = run;
    return all;
  }

  /** Returns the ids of the runs whose indexes belong to the last commit's version. */
  private Map<String, String> runsOfIndexes() throws IOException {
    Map<String, String> runs = new TreeMap<>(indexes().runs());
    runs.replaceAll((partition, run) -> run.replaceFirst("-.*", ""));
    return runs;
  }

  @Test
  void directoriesWhoseNamesAreEscapedOtherwiseAreThePartitionsOfTheirValues() throws Exception {
    Path odd = directory.resolve("odd");
    Parcels.write(odd.resolve("region=New%20York"), 0, ROWS, 0, 1);
    Parcels.write(odd.resolve("region=a%3ab"), ROWS, ROWS + 30, 0, 1);
    Parcels.write(odd.resolve("region=a%3Ab"), ROWS + 30, ROWS + 50, 0, 1);
    Parcels.write(odd.resolve("region=K%C3%B6ln"), ROWS + 50, 2 * ROWS - 10, 0, 1);
    Parcels.write(odd.resolve("region=Köln"), 2 * ROWS - 10, 2 * ROWS, 0, 1);
    Object[] run = {"--input", odd, "--lookup-index"};

    succeeds(score(run));

    long version = version();
    assertThat(score(run).out()).contains("already published");
    assertThat(version()).isEqualTo(version);
    assertThat(rows().where("region = 'New York'").count()).isEqualTo(ROWS);
    assertThat(rows().where("region = 'a:b'").count()).isEqualTo(ROWS / 2);
    assertThat(rows().where("region = 'Köln'").count()).isEqualTo(ROWS / 2);
    assertThat(indexes().runs()).containsOnlyKeys("region=New York", "region=a%3Ab", "region=Köln");
    assertThat(stored()).isEqualTo(Scores.of(rows())).hasSize(2 * ROWS);
    JobRun late =
        disturbed(
            Step.STAGING_MADE,
            () -> sql("INSERT INTO TABLE_ SELECT * FROM TABLE_ WHERE parcel_id = 3"),
            "--input",
            odd,
            "--model",
            otherModel);
    assertThat(late.exitCode()).as(late.err()).isEqualTo(5);
    assertThat(late.err()).contains("another writer has changed region=New York");
  }
}
