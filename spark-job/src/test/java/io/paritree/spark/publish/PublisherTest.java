package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.MemoryDisk;
import io.paritree.output.PartitionManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A partition holds the files of one run, even if runs are killed and others publish. */
class PublisherTest {
  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private Path output;
  private OutputPlace place;

  @BeforeEach
  void place() throws IOException {
    output = directory.resolve("out");
    place = StagedRun.place(output);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {
        "STAGING_MADE",
        "VERIFIED",
        "PREPARED",
        "LOCKED",
        "OTHERS_FINISHED",
        "COMPARED",
        "SWAP_BEGUN",
        "NEW_MOVED",
        "REPORT_MOVED",
        "DIRECTORY_DELETED",
        "UNLOCKED"
      })
  void deathInAFirstPublicationShowsAPartitionWholeOrNotAtAll(Step fatal) throws Exception {
    die("new", fatal);

    for (String partition : StagedRun.PARTITIONS) {
      assertThat(contents(partition)).isIn(Set.of(), Set.of("new"));
    }

    publishAndExpect("new");
    assertNoGarbage();
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {
        "PREPARED",
        "LOCKED",
        "COMPARED",
        "SWAP_BEGUN",
        "OLD_MOVED",
        "NEW_MOVED",
        "REPORT_MOVED"
      })
  void deathInAReplacementShowsOldOrNewAndIsFinishedByTheNextRun(Step fatal) throws Exception {
    publishAndExpect("old");
    dieAndFinish(fatal);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {
        "PREPARED",
        "LOCKED",
        "COMPARED",
        "SWAP_BEGUN",
        "OLD_MOVED",
        "NEW_MOVED",
        "REPORT_MOVED"
      })
  void deathWhileAnotherSpellingIsReplacedNeverShowsBoth(Step fatal) throws Exception {
    publishAndExpect("old");
    for (String partition : StagedRun.PARTITIONS) {
      StagedRun.respell(place, partition);
    }

    dieAndFinish(fatal);
    for (String partition : StagedRun.PARTITIONS) {
      assertThat(output.resolve(StagedRun.respelled(partition))).doesNotExist();
      assertThat(output.resolve(partition)).exists();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"VERIFIED", "PREPARED", "SWAP_BEGUN", "OLD_MOVED", "NEW_MOVED"})
  void recoveryFinishesTheReplacementOfAnotherSpellingBesideTheCanonicalOne(Step fatal)
      throws Exception {
    publishAndExpect("older");
    StagedRun.respell(place, "day=1");
    Path both = output.resolve(StagedRun.respelled("day=1"));
    Path away = Files.move(both, directory.resolve("away"));
    publishAndExpect("old");
    Files.move(away, both); // as an earlier version has left both
    die("new", fatal);

    new Recovery(place, LockTimes.DEFAULT).recover();

    assertThat(place.look().isPublished("day=2", fatal == Step.VERIFIED ? "old" : "new")).isTrue();
    if (fatal == Step.VERIFIED) {
      assertThat(StagedRun.contents(place, "day=1")).contains("older", "old");
    } else {
      assertThat(contents("day=1")).isEqualTo(Set.of("new"));
    }

    assertNoGarbage();
    publishAndExpect("newer");
  }

  @Test
  void runThatHasSeenAnotherSpellingDoesNotOverwriteWhatHasReplacedIt() throws Exception {
    publishAndExpect("old");
    StagedRun.respell(place, "day=1");
    List<String> before = StagedRun.tokens(place);
    publishAndExpect("first");

    assertThatThrownBy(() -> StagedRun.publish(place, "second", before, StepObserver.NONE))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("day=1");
    assertThat(contents("day=1")).isEqualTo(Set.of("first"));
  }

  /** Also where they were published after the run had seen nothing but foreign files there. */
  @Test
  void partitionsThatWerePublishedBelowADirectoryAreNotReplacedWithIt() throws Exception {
    Files.createDirectories(output.resolve("day=1"));
    Files.writeString(output.resolve("day=1").resolve("part-foreign"), "foreign");
    List<String> before = StagedRun.tokens(place);
    Path below = Files.createDirectories(output.resolve("day=1").resolve("city=a"));
    OutputPlace elsewhere = StagedRun.place(directory.resolve("elsewhere"));
    StagedRun.publish(elsewhere, "own", StagedRun.tokens(elsewhere), StepObserver.NONE);
    Files.copy(
        directory.resolve("elsewhere/day=1").resolve(PartitionManifest.FILE),
        below.resolve(PartitionManifest.FILE));

    assertThatThrownBy(() -> StagedRun.publish(place, "new", before, StepObserver.NONE))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("day=1");
    assertThat(below.resolve(PartitionManifest.FILE)).exists();
    assertNoGarbage();
  }

  private void dieAndFinish(Step fatal) throws Exception {
    die("new", fatal);

    for (String partition : StagedRun.PARTITIONS) {
      Set<String> seen = contents(partition);
      boolean mayBeAbsent = fatal == Step.OLD_MOVED && partition.equals("day=1");
      assertThat(seen)
          .isIn(mayBeAbsent ? List.of(Set.of()) : List.of(Set.of("old"), Set.of("new")));
    }

    publishAndExpect("new");
    assertNoGarbage();
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"VERIFIED", "PREPARED", "SWAP_BEGUN", "OLD_MOVED", "NEW_MOVED"})
  void recoveryFinishesWhatWasPreparedAndRemovesWhatWasNot(Step fatal) throws Exception {
    publishAndExpect("old");
    die("new", fatal);

    List<String> found = new Recovery(place, LockTimes.DEFAULT).recover();

    assertThat(found).hasSize(1);
    for (String partition : StagedRun.PARTITIONS) {
      assertThat(contents(partition)).isEqualTo(Set.of(fatal == Step.VERIFIED ? "old" : "new"));
    }

    assertNoGarbage();
    assertThat(new Recovery(place, LockTimes.DEFAULT).recover()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"PREPARED", "SWAP_BEGUN", "OLD_MOVED", "NEW_MOVED"})
  void deadRunOfWhichAStagedFileIsGoneIsNotPublished(Step fatal) throws Exception {
    publishAndExpect("old");
    die("new", fatal);
    Path lost = onlyUnfinished().resolve("new").resolve("day=2").resolve("part-b-new");
    Files.delete(lost);

    List<String> found = new Recovery(place, LockTimes.DEFAULT).recover();

    assertThat(String.join("", found)).contains("removed", "part-b-new");
    for (String partition : StagedRun.PARTITIONS) {
      assertThat(contents(partition)).isEqualTo(Set.of("old"));
      assertThat(place.look().isPublished(partition, "old")).isTrue();
    }

    assertNoGarbage();
    publishAndExpect("new");
  }

  @Test
  void deadPreparedRunIsRemovedWhereAnotherHasPublished() throws Exception {
    List<String> before = StagedRun.tokens(place);
    die("dead", Step.PREPARED);
    // Another run, which began before the dead one ended, and therefore does not know of it.
    Path hidden = place.state().toPath().resolveSibling("hidden");
    Path dead = onlyUnfinished();
    Files.move(dead, hidden);
    StagedRun.publish(place, "other", before, StepObserver.NONE);
    Files.move(hidden, dead);

    List<String> found = new Recovery(place, LockTimes.DEFAULT).recover();

    assertThat(found).singleElement().asString().contains("removed", "another one has published");
    assertThat(contents("day=1")).isEqualTo(Set.of("other"));
    assertNoGarbage();
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"VERIFIED", "PREPARED", "LOCKED", "SWAP_BEGUN", "OLD_MOVED", "NEW_MOVED"})
  void nextRunOfAnotherIdentitySucceedsWhateverTheDeadHasLeft(Step fatal) throws Exception {
    publishAndExpect("old");
    die("dead", fatal);

    publishAndExpect("newer");
    assertNoGarbage();
  }

  @Test
  void runThatLivesIsLeftAlone() throws Exception {
    Publisher publisher = new Publisher(place, LockTimes.DEFAULT, StepObserver.NONE);
    try (Publisher.Run run = publisher.begin("alive")) {
      publishAndExpect("other");
      assertThat(place.unfinished()).containsExactly(run.directory().name());
      assertThat(new Recovery(place, LockTimes.DEFAULT).recover())
          .singleElement()
          .asString()
          .contains("is running");
    }

    assertNoGarbage();
  }

  @Test
  void laterRunDoesNotOverwriteWhatWasPublishedSinceItBegan() throws Exception {
    List<String> before = StagedRun.tokens(place);
    StagedRun.publish(place, "first", before, StepObserver.NONE);

    assertThatThrownBy(() -> StagedRun.publish(place, "second", before, StepObserver.NONE))
        .isInstanceOf(ConflictException.class)
        .hasMessageContainingAll("day=1", "day=2");
    assertThat(contents("day=1")).isEqualTo(Set.of("first"));
    assertNoGarbage();
  }

  @Test
  void ofEightAtOnceOnePublishes() throws Exception {
    for (int round = 0; round < 5; round++) {
      place = StagedRun.place(directory.resolve("race" + round));
      output = place.output().toPath();
      List<String> outcomes = race(8, round % 2 == 0);
      assertThat(outcomes.stream().filter("published"::equals)).hasSize(1);
      assertThat(new TreeSet<>(outcomes))
          .isEqualTo(Set.of("published", round % 2 == 0 ? "already" : "conflict"));
      for (String partition : StagedRun.PARTITIONS) {
        assertThat(contents(partition)).hasSize(1);
      }

      assertNoGarbage();
    }
  }

  private List<String> race(int runs, boolean alike) throws Exception {
    List<String> before = StagedRun.tokens(place);
    CyclicBarrier barrier = new CyclicBarrier(runs);
    ExecutorService threads = Executors.newFixedThreadPool(runs);
    try {
      List<Future<String>> running = new ArrayList<>();
      for (int run = 0; run < runs; run++) {
        String content = alike ? "same" : "run" + run;
        Callable<String> task =
            () -> {
              barrier.await();
              try {
                return StagedRun.publish(place, content, before, StepObserver.NONE).isEmpty()
                    ? "already"
                    : "published";
              } catch (ConflictException e) {
                return "conflict";
              }
            };
        running.add(threads.submit(task));
      }

      List<String> outcomes = new ArrayList<>();
      for (Future<String> run : running) {
        outcomes.add(run.get());
      }

      return outcomes;
    } finally {
      threads.shutdown();
    }
  }

  private void publishAndExpect(String content) throws Exception {
    StagedRun.publish(place, content, StagedRun.tokens(place), StepObserver.NONE);
    for (String partition : StagedRun.PARTITIONS) {
      assertThat(contents(partition)).isEqualTo(Set.of(content));
    }
  }

  /** Returns the contents of a partition's files; each run writes two files of the same content. */
  private Set<String> contents(String partition) throws IOException {
    if (!Files.exists(output.resolve(partition))
        && !Files.exists(output.resolve(StagedRun.respelled(partition)))) {
      return Set.of();
    }

    List<String> contents = StagedRun.contents(place, partition);
    assertThat(contents).hasSize(2);
    return new TreeSet<>(contents);
  }

  private void assertNoGarbage() throws IOException {
    assertThat(place.unfinished()).isEmpty();
    Path running = place.running().toPath();
    if (Files.exists(running)) {
      try (Stream<Path> signs = Files.list(running)) {
        assertThat(signs).isEmpty();
      }
    }
  }

  private Path onlyUnfinished() throws IOException {
    assertThat(place.unfinished()).hasSize(1);
    return place.state().resolve(place.unfinished().get(0)).toPath();
  }

  private void die(String content, Step fatal) throws IOException {
    Death.at(fatal, place, StagedRun.QUICK, content);
  }
}
