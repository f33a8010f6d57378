package io.paritree.spark.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.output.DataFile;
import io.paritree.spark.publish.ConflictException;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Partitions become rows of a table of any format by one commit, or not at all. Each format's own
 * tests show that it compares commits as the table in memory does.
 */
class TableCommitTest {
  private static final StructType WITH_MARGIN = MemoryTable.ROWS.add("margin", "float");

  @TempDir Path directory;
  private MemoryTable table;
  private OutputPlace place;
  private final List<String> events = new ArrayList<>();

  @BeforeEach
  void makeTable() throws IOException {
    Location location = Location.of(directory.resolve("scores"));
    place = new OutputPlace(FileStore.of(location), location);
    Files.createDirectories(place.state().toPath());
    table = new MemoryTable(location.toString());
    table.make(MemoryTable.WITH_DAY);
  }

  /** A run that has found the table and writes two files to each of its partitions. */
  private final class Run {
    private final String name;
    private final OutputTable found = table.found();
    private final List<PreparedPartition> partitions = new ArrayList<>();
    private final Map<String, List<DataFile>> files = new TreeMap<>();

    private Run(String name, String identity, StructType rows, String... partitions) {
      this.name = name;
      List<String> problems = new ArrayList<>();
      found.check(rows, List.of(partitions), column -> false, problems);
      found.plan(rows, List.of("day"), problems);
      assertThat(problems).isEmpty();
      for (String partition : partitions) {
        String before = found.state().token(partition);
        this.partitions.add(new PreparedPartition(partition, identity, before));
        files.put(
            partition,
            List.of(
                new DataFile("%s/%s-0".formatted(partition, name), 9, 1, Optional.empty()),
                new DataFile("%s/%s-1".formatted(partition, name), 9, 1, Optional.empty())));
      }
    }

    private List<String> publish(StepObserver observer) throws ConflictException, IOException {
      return new TableCommit(found, place, name, Map.of(), observer)
          .publish(partitions, files, published -> events.add("report of " + published));
    }

    private List<String> publish() {
      try {
        return publish(step -> events.add(step.name()));
      } catch (ConflictException | IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private Run run(String name, String identity, String... partitions) {
    return new Run(name, identity, MemoryTable.ROWS, partitions);
  }

  /** Lets another writer act before a run publishes, or in the midst of its commit. */
  private List<String> disturbed(Run run, String when, Runnable other)
      throws ConflictException, IOException {
    if (when.equals("before")) {
      other.run();
      return run.publish(StepObserver.NONE);
    }

    boolean[] done = new boolean[1];
    return run.publish(
        step -> {
          if (step == Step.COMMIT_BEGUN && !done[0]) {
            done[0] = true;
            other.run();
          }
        });
  }

  private WrittenPartitions written() {
    return new WrittenPartitions(place, "first");
  }

  @Test
  void theFilesOfPartitionsAreReplacedByOneCommitWhichIsProved() throws Exception {
    assertThat(run("one", "a", "day=1", "day=2").publish()).containsExactly("day=1", "day=2");
    assertThat(events)
        .containsExactly("report of [day=1, day=2]", "COMMIT_BEGUN", "COMMITTED", "COMMIT_PROVED");

    assertThat(run("two", "b", "day=2").publish()).containsExactly("day=2");

    assertThat(table.versions()).isEqualTo(3);
    assertThat(table.files("day=1")).containsExactly("day=1/one-0", "day=1/one-1");
    assertThat(table.files("day=2")).containsExactly("day=2/two-0", "day=2/two-1");
    assertThat(written().in(version -> version == 1)).containsOnlyKeys("day=1", "day=2");
    assertThat(written().in(version -> version == 2)).containsOnlyKeys("day=2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "during"})
  void aWriterToTheSamePartitionsIsAConflict(String when) {
    run("one", "a", "day=1", "day=2", "day=3").publish();
    Run run = run("two", "b", "day=1", "day=2", "day=3");

    assertThatThrownBy(
            () ->
                disturbed(
                    run,
                    when,
                    () -> {
                      table.insert("day=1");
                      table.delete("day=2");
                    }))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("another writer has changed day=1, day=2 in table");

    assertThat(table.files("day=1")).containsExactly("day=1/one-0", "day=1/one-1", "other-2");
    assertThat(table.files("day=2")).isEmpty();
    assertThat(table.files("day=3"))
        .as("nothing is published")
        .allMatch(file -> file.contains("one"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "during"})
  void writersToOtherPartitionsAndRewrittenFilesAreNone(String when) throws Exception {
    run("one", "a", "day=1", "day=2").publish();
    Run run = run("two", "b", "day=1");

    List<String> published =
        disturbed(
            run,
            when,
            () -> {
              table.insert("day=2");
              table.rewrite();
            });

    assertThat(published).containsExactly("day=1");
    assertThat(table.files("day=1")).containsExactly("day=1/two-0", "day=1/two-1");
    assertThat(table.files("day=2")).hasSize(1);
  }

  @Test
  void aRunCommitsWhenOthersHaveComeFirstSeveralTimes() throws Exception {
    run("one", "a", "day=1").publish();
    Run run = run("two", "b", "day=1");
    events.clear();

    run.publish(
        step -> {
          events.add(step.name());
          if (step == Step.COMMIT_BEGUN && table.versions() < 5) {
            table.rewrite();
          }
        });

    assertThat(events).filteredOn("COMMIT_BEGUN"::equals).hasSize(4);
    assertThat(table.files("day=1")).containsExactly("day=1/two-0", "day=1/two-1");
  }

  @Test
  void filesOfWhichTheHistoryNoLongerSaysWhyTheyAreOthersAreAConflict() {
    run("one", "a", "day=1").publish();
    Run run = run("two", "b", "day=1");
    table.rewrite();
    table.expireHistory();

    assertThatThrownBy(() -> run.publish(StepObserver.NONE))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("another writer has changed day=1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "during"})
  void theSameRunTwiceAtOncePublishesOnce(String when) throws Exception {
    run("one", "a", "day=1", "day=2").publish();
    Run run = run("outer", "b", "day=1", "day=2");
    Run none = run("none", "b", "day=1");

    List<String> published = disturbed(run, when, () -> run("inner", "b", "day=1").publish());

    assertThat(published).containsExactly("day=2");
    assertThat(table.files("day=1")).containsExactly("day=1/inner-0", "day=1/inner-1");
    int versions = table.versions();
    assertThat(none.publish()).isEmpty();
    assertThat(table.versions()).isEqualTo(versions);
  }

  @Test
  void aPartitionWithoutRowsIsPublishedOnce() throws Exception {
    run("one", "a", "day=1").publish();
    Run empty = run("two", "b", "day=1");
    empty.files.replaceAll((partition, files) -> List.of());
    Run again = run("three", "b", "day=1");
    again.files.replaceAll((partition, files) -> List.of());

    assertThat(empty.publish()).containsExactly("day=1");

    assertThat(table.files("day=1")).isEmpty();
    assertThat(table.found().state().isPublished("day=1", "b")).isTrue();
    assertThat(table.found().state().isPublished("day=1", "a")).isFalse();
    assertThat(again.publish()).isEmpty();
  }

  @Test
  void columnsThatTheRunDidNotCheckAreAConflict() {
    Run run = run("one", "a", "day=1");
    table.addColumn("other");

    assertThatThrownBy(() -> run.publish(StepObserver.NONE))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("the columns or properties of table");
    assertThat(table.files("day=1")).isEmpty();
  }

  @Test
  void aTableIsMadeWithTheRowsAndByTheFirstGroupOnly() throws Exception {
    table = new MemoryTable(table.found().location());
    Run first = run("two", "b", "day=1");
    assertThat(table.versions()).isZero();

    first.publish();

    assertThat(table.versions()).isEqualTo(1);
    new TableCommit(first.found, place, "two-2", Map.of(), StepObserver.NONE)
        .publish(
            List.of(new PreparedPartition("day=2", "b", first.found.state().token("day=2"))),
            Map.of("day=2", List.of(new DataFile("day=2/two-2", 9, 1, Optional.empty()))),
            published -> {});
    assertThat(table.files("day=2")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"before", "during"})
  void aTableThatAnotherRunHasMadeMeanwhileIsTakenIfItHasTheSameColumns(String when)
      throws Exception {
    table = new MemoryTable(table.found().location());
    Run run = run("one", "a", "day=1");
    Run other = new Run("two", "a", WITH_MARGIN, "day=3");

    disturbed(run, when, () -> run("inner", "a", "day=2").publish());

    assertThat(table.versions()).isEqualTo(2);
    assertThat(table.files("day=1")).hasSize(2);
    assertThat(table.files("day=2")).hasSize(2);
    assertThatThrownBy(() -> other.publish(StepObserver.NONE))
        .isInstanceOf(ConflictException.class);
  }

  /** What ends it is no exception that the job catches anywhere. */
  private static final class Death extends Error {}

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"COMMIT_BEGUN", "COMMITTED", "COMMIT_PROVED"})
  void aRunThatDiesAtAnyStepHasCommittedOrNotAndTheNextOneSucceeds(Step fatal) throws Exception {
    run("one", "a", "day=1", "day=2").publish();
    Run dying = run("dying", "b", "day=1", "day=2");

    assertThatThrownBy(
            () ->
                dying.publish(
                    step -> {
                      if (step == fatal) {
                        throw new Death();
                      }
                    }))
        .isInstanceOf(Death.class);

    String owner = fatal == Step.COMMIT_BEGUN ? "one" : "dying";
    assertThat(table.files("day=1")).allMatch(file -> file.startsWith("day=1/" + owner));
    assertThat(table.files("day=2")).allMatch(file -> file.startsWith("day=2/" + owner));
    assertThat(table.found().state().isPublished("day=1", "b"))
        .isEqualTo(fatal != Step.COMMIT_BEGUN);
    assertThat(run("next", "b", "day=1", "day=2").publish()).hasSize(2);
    assertThat(table.files("day=1")).containsExactly("day=1/next-0", "day=1/next-1");
    assertThat(table.files("day=2")).containsExactly("day=2/next-0", "day=2/next-1");
  }

  @Test
  void aCommitThatTheLogDoesNotHaveIsAFailure() throws Exception {
    Run run = run("one", "a", "day=1");
    table.loseCommits();

    assertThatThrownBy(() -> run.publish(StepObserver.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot prove that the rows are published");

    assertThat(written().in(version -> true)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(classes = {ConcurrentModificationException.class, IllegalStateException.class})
  void aCommitWhoseAnswerIsLostIsTheRunsWhateverOthersDoNext(
      Class<? extends RuntimeException> failure) throws Exception {
    RuntimeException lost = failure.getConstructor(String.class).newInstance("another came first");
    Run alone = run("one", "a", "day=1", "day=2");
    table.loseAnswer(lost, () -> {});
    assertThat(alone.publish()).containsExactly("day=1", "day=2");

    Run run = run("two", "b", "day=1", "day=2");
    table.loseAnswer(lost, () -> table.insert("day=1"));
    table.hideCommits(2);
    assertThat(run.publish()).containsExactly("day=1", "day=2");

    assertThat(table.files("day=1")).contains("day=1/two-0", "day=1/two-1");
    assertThat(written().in(version -> version == 2)).containsOnlyKeys("day=1", "day=2");
  }

  @Test
  void aCommitThatCannotBeLookedForIsNoConflict() {
    run("one", "a", "day=1").publish();
    Run run = run("two", "b", "day=1");
    table.loseAnswer(new ConcurrentModificationException("another came first"), () -> {});
    table.hideCommits(Integer.MAX_VALUE);

    assertThatThrownBy(() -> run.publish(StepObserver.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot find out whether the rows are published");
  }

  @Test
  void aRunWhoseCommitIsProvedHasPublishedThoughTheTableCannotBeReadThen() throws Exception {
    table = new MemoryTable(table.found().location());
    Run run = run("one", "a", "day=1");

    List<String> published =
        run.publish(
            step -> {
              if (step == Step.COMMIT_PROVED) {
                table.damage();
              }
            });

    table.mend();
    assertThat(published).containsExactly("day=1");
    assertThat(table.files("day=1")).hasSize(2);
  }
}
