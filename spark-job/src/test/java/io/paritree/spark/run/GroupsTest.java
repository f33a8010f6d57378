package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backfills: days, groups that are published one after the other, keys and their order. */
class GroupsTest {
  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).binary().toString();
  }

  @Test
  void daysOfARangeAreScoredAndEachMustBeThere() {
    Path input = days(1, 2, 3, 5);

    JobRun missing = score(input, "--from", "2024-01-02", "--to", "2024-01-05");
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.err()).contains("there is no partition day=2024-01-04");

    JobRun skipped =
        score(input, "--from", "day=2024-01-02", "--to", "2024-01-05", "--skip-missing");
    assertThat(skipped.exitCode()).as(skipped.err()).isZero();
    assertThat(published())
        .containsExactlyInAnyOrder("day=2024-01-02", "day=2024-01-03", "day=2024-01-05");
  }

  @Test
  void aColumnOfNullsAloneIsNotTakenForTheDays() {
    Path input = directory.resolve("in");
    String region = "region=__HIVE_DEFAULT_PARTITION__/";
    Parcels.write(input.resolve(region + "day=2024-01-01"), 0, 10, 0, 1);
    Parcels.write(input.resolve(region + "day=2024-01-02"), 10, 20, 0, 1);

    JobRun run = score(input, "--from", "2024-01-02", "--to", "2024-01-02");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(directory.resolve("out").resolve(region + "day=2024-01-02")).exists();
    assertThat(directory.resolve("out").resolve(region + "day=2024-01-01")).doesNotExist();
  }

  @Test
  void groupThatFailsLeavesTheEarlierOnesPublishedAndTheNextRunGoesOnFromThere() throws Exception {
    Path input = days(1, 3);
    Path bad = input.resolve("day=2024-01-02");
    Parcels.write(bad, 20, 30, 2, 1);

    Path metrics = directory.resolve("job.prom");
    Path conf =
        Files.writeString(
            directory.resolve("job.conf"), "scoring-job.metrics-file = \"%s\"".formatted(metrics));

    JobRun failed = score(input, "--group-by", "day", "--conf", conf, "--all-or-nothing");
    assertThat(failed.exitCode()).isEqualTo(4);
    assertThat(published()).containsExactly("day=2024-01-01");
    assertThat(failed.out())
        .contains(
            "quarantined; held: 1 partition (day=2024-01-02); published: 1 partition"
                + " (day=2024-01-01)\n",
            "  day=2024-01-02 (held)    10 ",
            "  total                    20 ");
    assertThat(Files.readString(metrics))
        .contains(
            "published=\"now\"} 1.0\n",
            "became=\"quarantined\",output=\"%s\"} 5.0\n".formatted(directory.resolve("out")));
    Map<String, String> first = Scores.files(directory.resolve("out/day=2024-01-01"));

    JobRun resumed = score(input, "--group-by", "day", "--max-quarantined", "0.6");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(published()).hasSize(3);
    assertThat(Scores.files(directory.resolve("out/day=2024-01-01"))).isEqualTo(first);
    assertThat(resumed.out()).contains("published before: 1 partition (day=2024-01-01)", "total");
  }

  @Test
  void groupsAfterOneThatIsHeldArePublishedAndTheRunEndsWithItsCode() {
    Path input = days(1, 3);
    Parcels.write(input.resolve("day=2024-01-02"), 20, 30, 2, 1);

    JobRun run = score(input, "--group-by", "day", "--run-id", "held");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
    assertThat(published()).containsExactly("day=2024-01-01", "day=2024-01-03");
    assertThat(run.err()).containsOnlyOnce("- day=2024-01-02: 5 of 10 rows (50.0 %)");
    assertThat(run.out())
        .contains(
            "quarantined; held: 1 partition (day=2024-01-02); published: 2 partitions"
                + " (day=2024-01-01, day=2024-01-03)\n",
            "  day=2024-01-02 (held) ");
    StatusTest.assertEnded(directory.resolve("out"), "held", 4, "1 held");
  }

  @Test
  void runThatIsKilledAfterAHeldGroupHasNotEnded() throws Exception {
    Path input = days(1, 3);
    Parcels.write(input.resolve("day=2024-01-02"), 20, 30, 2, 1);
    assertThat(score(input, "--group-by", "day", "--run-id", "killed").exitCode()).isEqualTo(4);
    for (String run : runs()) {
      if (run.endsWith(".3")) {
        Files.delete(directory.resolve("_paritree/out/runs").resolve(run).resolve("report.json"));
      }
    }

    StatusTest.assertEnded(directory.resolve("out"), "killed", 1, "1 held");
  }

  @Test
  void groupThatCannotBeginLeavesTheEarlierOnesInTheSummary() throws Exception {
    Path input = days(1, 2);
    Path running = directory.resolve("_paritree/out/running");

    JobRun failed =
        observed(
            step -> {
              if (step == Step.UNLOCKED) {
                replaceByFile(running);
              }
            },
            input,
            "--group-by",
            "day");

    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(published()).containsExactly("day=2024-01-01");
    assertThat(failed.out())
        .contains("failed, nothing of this group was published; published before it: 1 partition");
  }

  @Test
  void runOfWhichTheLastGroupWasPublishedByAnotherOneHasPublished() {
    Path input = days(1, 2);

    JobRun run =
        observed(
            step -> {
              if (step == Step.VERIFIED && Files.exists(directory.resolve("out"))) {
                assertThat(score(input).exitCode()).isZero();
              }
            },
            input,
            "--group-by",
            "day");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains(": published; published before: 1 partition (day=2024-01-02)\n");
  }

  @Test
  void groupsOfARunCountAsOneOfTheRunsThatAreKept() throws Exception {
    Path input = directory.resolve("in");
    for (int day = 1; day <= 3; day++) {
      Parcels.write(input.resolve("day=2024-01-0" + day), day * 10 - 10, day * 10, 2, 1);
    }

    Path conf =
        Files.writeString(
            directory.resolve("job.conf"), "scoring-job { kept-runs = 2, max-quarantined = 1 }");
    for (String id : List.of("first", "second", "third")) {
      JobRun run = score(input, "--group-by", "day", "--force", "--conf", conf, "--run-id", id);

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(quarantines(run)).hasSize(3).allSatisfy(one -> assertThat(one).isDirectory());
    }

    assertThat(runs()).hasSize(6).noneMatch(run -> run.startsWith("first"));
  }

  @Test
  void runThatKeepsOnlyItselfKeepsAllItsGroupsWhenTheLastOneFails() throws Exception {
    Path input = days(1, 2);
    Parcels.write(input.resolve("day=2024-01-03"), 20, 30, 2, 1);
    Path conf = Files.writeString(directory.resolve("job.conf"), "scoring-job.kept-runs = 1");
    Object[] options = {"--conf", conf, "--all-or-nothing", "--run-id"};
    assertThat(score(days(1), with(options, "before", "--force")).exitCode()).isEqualTo(4);

    JobRun run = score(input, with(options, "now", "--group-by", "day"));

    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(runs()).hasSize(3).allMatch(name -> name.startsWith("now-"));
  }

  @Test
  void groupingColumnMustBeAPartition() {
    JobRun run = score(days(1), "--group-by", "week");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("column 'week' of --group-by", "[day]");
  }

  @Test
  void repeatedKeysAreCountedOrRefused() throws Exception {
    Path input = days(1, 2);
    Parcels.write(input.resolve("day=2024-01-02"), 15, 18, 0, 1);
    Path conf =
        Files.writeString(directory.resolve("job.conf"), "scoring-job.count-duplicates = false");

    JobRun refused = score(input, "--unique-keys");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err()).contains("3 rows repeat a key [parcel_id]");
    assertThat(directory.resolve("out")).doesNotExist();
    try (Stream<Path> runs = Files.list(directory.resolve("_paritree/out/runs"))) {
      assertThat(runs.toList())
          .singleElement()
          .satisfies(
              run ->
                  assertThat(run.resolve("report.json"))
                      .content()
                      .contains("\"outcome\" : \"refused\"", "\"duplicate_keys\" : 3"));
    }

    JobRun counted = score(input);
    assertThat(counted.exitCode()).as(counted.err()).isZero();
    assertThat(counted.out()).contains("scored rows that repeat a key: 3");

    JobRun notCounted = score(input, "--conf", conf, "--force");
    assertThat(notCounted.exitCode()).as(notCounted.err()).isZero();
    assertThat(notCounted.out()).doesNotContain("repeat a key");
  }

  @Test
  void rowsAreTheSameOnlyIfAllTheirKeysAre() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 300, 0, 3);

    JobRun all = score(input, "--keys", "zone,parcel_id");
    assertThat(all.exitCode()).as(all.err()).isZero();
    assertThat(all.out()).contains("scored rows that repeat a key: 0\n");

    long zones = ScoringJobTest.read(input).select("zone").distinct().count();
    JobRun zone = score(input, "--keys", "zone");
    assertThat(zone.exitCode()).as(zone.err()).isZero();
    assertThat(zone.out()).contains("scored rows that repeat a key: %s\n".formatted(300 - zones));
  }

  @Test
  void keysOfTwoPartitionsAreNotRepeated() {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), 0, 10, 0, 1);
    Parcels.write(input.resolve("day=2"), 0, 10, 0, 1);

    assertThat(score(input, "--unique-keys").exitCode()).isZero();
  }

  @Test
  void rowsOfEachFileAreSortedByTheirKeysWhereAsked() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 2_000, 0, 3);
    Path conf = Files.writeString(directory.resolve("job.conf"), "scoring-job.rows-per-file = 400");

    JobRun run = score(input, "--sort-by-keys", "--conf", conf);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out")))
        .isEqualTo(ScoringJobTest.expected(model, 0, 2_000));
    int files = 0;
    try (Stream<Path> all = Files.list(directory.resolve("out"))) {
      for (Path file : (Iterable<Path>) all.filter(Parquets::isParquet)::iterator) {
        files++;
        List<Row> rows = ScoringJobTest.read(file).select("parcel_id").collectAsList();
        assertThat(rows).hasSizeLessThanOrEqualTo(400);
        assertThat(rows).extracting(row -> row.getLong(0)).isSorted();
      }
    }

    assertThat(files).isGreaterThanOrEqualTo(5);
  }

  private static Object[] with(Object[] first, Object... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray();
  }

  private Path days(int... days) {
    Path input = directory.resolve("in");
    for (int day : days) {
      Parcels.write(input.resolve("day=2024-01-0" + day), day * 10 - 10, day * 10, 0, 1);
    }

    return input;
  }

  /** Returns the quarantines that a run's summary names. */
  private static List<Path> quarantines(JobRun run) {
    String line =
        run.out().lines().filter(each -> each.startsWith("  quarantine: ")).findFirst().orElse("");
    return Stream.of(line.replace("  quarantine: ", "").split(", ")).map(Path::of).toList();
  }

  /** Returns the names of the reports and quarantines that are kept. */
  private List<String> runs() {
    return names("_paritree/out/runs");
  }

  private List<String> published() {
    return names("out");
  }

  private List<String> names(String below) {
    try (Stream<Path> entries = Files.list(directory.resolve(below))) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces a directory by a file, so that no directory can be made in it. */
  static void replaceByFile(Path place) {
    try {
      Files.move(place, place.resolveSibling("aside"));
      Files.writeString(place, "a file");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JobRun score(Path input, Object... more) {
    return observed(StepObserver.NONE, input, more);
  }

  private JobRun observed(StepObserver observer, Path input, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("--model", model, "--input", input, "--output", directory.resolve("out")));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--keys")) {
      arguments.addAll(List.of("--keys", "parcel_id"));
    }

    return JobRun.observed(observer, arguments.toArray());
  }
}
