package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outcomes are of the days that are asked for, whole, or are refused. */
class OutcomeDaysTest {
  private static final int ROWS = 40;
  private static final List<String> DAYS = List.of("20260101", "20260121", "20260210");

  @TempDir static Path shared;
  private static Path model;
  private static Path input;
  private static Path labels;

  /** Contains the output and its state, and nothing else. */
  private static Path scored;

  @TempDir Path directory;
  private Path home;

  @BeforeAll
  static void scoreThreeDays() throws IOException {
    model = new TestPackages(shared.resolve("models")).binary();
    input = shared.resolve("in");
    StringBuilder text = new StringBuilder("parcel_id,late\n");
    for (int index = 0; index < DAYS.size() * ROWS; index++) {
      text.append("%s,%s\n".formatted(index, index % 3 == 0));
      if (index % ROWS == 0) {
        Path day = input.resolve("day=" + DAYS.get(index / ROWS));
        Parcels.write(day, index, index + ROWS, 0, 1);
      }
    }

    labels = Files.writeString(shared.resolve("labels.csv"), text);
    scored = Files.createDirectories(shared.resolve("scored"));
    succeeds(JobRun.ofParcels(model, input, scored.resolve("out")));
  }

  @BeforeEach
  void takeScored() throws IOException {
    home = directory.resolve("home");
    FileUtils.copyDirectory(scored.toFile(), home.toFile());
  }

  private static void succeeds(JobRun run) {
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
  }

  private static JobRun outcomes(Object... where) {
    Object[] labelled = {"--keys", "parcel_id", "--labels", labels, "--label", "late"};
    return JobRun.ofOutcomes(Stream.concat(Stream.of(labelled), Stream.of(where)).toArray());
  }

  private JsonNode report(Object... where) throws IOException {
    Path json = Files.createTempFile(directory, "report", ".json");
    succeeds(outcomes(Stream.concat(Stream.of(where), Stream.of("--json", json)).toArray()));
    return OutcomesRun.report(json);
  }

  private static int matched(JsonNode report) {
    return report.get("slices").get(0).get("matched").asInt();
  }

  @Test
  void ofATableOfACatalogOnlyTheDaysThatAreAskedForAreMeasured() throws Exception {
    SparkSession spark = TestSpark.session();
    spark
        .read()
        .parquet(home.resolve("out").toString())
        .withColumn("day", functions.expr("if(parcel_id < 40, '2026-01-21', '2026-03-01')"))
        .withColumn("part", functions.expr("if(parcel_id div 40 = 1, '2026-01-21', 'all')"))
        .write()
        .partitionBy("day", "part")
        .option("path", directory.resolve("days").toString())
        .saveAsTable("scores_of_days");
    try {
      Object[] table = {"--table", "scores_of_days", "--from", "2026-01-01"};

      assertThat(matched(report(table))).isEqualTo(3 * ROWS);
      JsonNode early =
          report(Stream.concat(Stream.of(table), Stream.of("--to", "2026-01-31")).toArray());

      assertThat(matched(early)).as("the last value that is a day is the day").isEqualTo(2 * ROWS);
      JobRun none = outcomes("--table", "scores_of_days", "--from", "2027-01-01");
      assertThat(none.exitCode()).isEqualTo(3);
      assertThat(none.err()).contains("no partition was found in it from 2027-01-01");
    } finally {
      spark.sql("DROP TABLE scores_of_days");
    }
  }

  @Test
  void labelsFindTheirScoresByTextsThatAreNotJoinedAndByWholeNumbersOfAnyWidth() throws Exception {
    SparkSession spark = TestSpark.session();
    Path typed = directory.resolve("typed");
    spark
        .range(DAYS.size() * ROWS / 2)
        .selectExpr("cast(id as int) as number", "'1' as one", "'12' as two", "true as came")
        .union(spark.sql("SELECT 2, '11', null, true"))
        .union(spark.sql("SELECT 3, '111', '2', true"))
        .coalesce(1)
        .write()
        .parquet(typed.toString());
    Path json = directory.resolve("pairs.json");
    spark
        .read()
        .parquet(home.resolve("out").toString())
        .withColumn("number", functions.expr("cast(parcel_id div 2 as bigint)"))
        .withColumn("one", functions.expr("if(parcel_id % 2 = 0, '1', '11')"))
        .withColumn("two", functions.expr("if(parcel_id % 2 = 0, '12', nullif('2', '' || number))"))
        .write()
        .option("path", directory.resolve("pairs").toString())
        .saveAsTable("scores_of_pairs");
    try {
      succeeds(
          JobRun.ofOutcomes(
              "--table",
              "scores_of_pairs",
              "--keys",
              "number,one,two",
              "--labels",
              typed,
              "--label",
              "came",
              "--json",
              json));

      JsonNode report = OutcomesRun.report(json);
      assertThat(matched(report)).isEqualTo(DAYS.size() * ROWS / 2);
      assertThat(report.at("/labels/unknown").asInt()).as("a null is no key").isEqualTo(1);
      assertThat(report.at("/slices/0/measures/rate").asDouble()).isEqualTo(1);
    } finally {
      spark.sql("DROP TABLE scores_of_pairs");
    }
  }

  @Test
  void aPartitionIsNeverLeftOutSinceARunWasKilledWhileItReplacedIt() throws Exception {
    Path output = home.toRealPath().resolve("out");
    Object[] again = {
      "--model", model, "--input", input, "--output", output, "--keys", "parcel_id", "--margin"
    };
    Location place = Location.of(home.toRealPath());

    assertThat(new JobDeath(place, new Semaphore(1), Step.OLD_MOVED, 1).of(List.of(again)))
        .isEmpty();
    JobRun killed = outcomes("--output", output);

    assertThat(killed.exitCode()).as(killed.out() + killed.err()).isEqualTo(1);
    assertThat(killed.err())
        .contains("Cannot measure", "not all rows of [day=2026", "or was killed then");
    assertThat(killed.err().strip().lines()).hasSize(1);
    succeeds(JobRun.of(again));
    assertThat(matched(report("--output", output))).isEqualTo(3 * ROWS);
  }

  @Test
  void rowsMatureByTheDayOfTheirPartitionHoweverItIsWritten() throws Exception {
    Path output = home.resolve("out");
    Object[] horizon = {"--output", output, "--horizon", "30d", "--as-of", "2026-02-20"};

    assertThat(matched(report(horizon))).isEqualTo(2 * ROWS);
    assertThat(
            matched(
                report(
                    Stream.concat(Stream.of(horizon), Stream.of("--scored-at", "day")).toArray())))
        .isEqualTo(2 * ROWS);
  }

  @Test
  void aColumnWithoutAnyDayDoesNotSayWhatIsMature() throws Exception {
    Path output = directory.resolve("zones");
    succeeds(JobRun.ofParcels(model, Parcels.write(zone("7"), 0, ROWS, 0, 1).getParent(), output));

    JobRun run =
        outcomes(
            "--output", output, "--horizon", "30d", "--as-of", "2026-02-20", "--scored-at", "area");

    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(3);
    assertThat(run.err()).contains("no row has a day", "in the column 'area' of --scored-at");
  }

  private Path zone(String value) {
    return directory.resolve("in").resolve("area=" + value);
  }
}
