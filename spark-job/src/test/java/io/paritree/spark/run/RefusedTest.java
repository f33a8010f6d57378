package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.UnsupportedModelException;
import io.paritree.model.RecordedNames;
import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be scored or published is refused before the first task, with all problems. */
class RefusedTest {
  @TempDir static Path store;
  private static TestPackages packages;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    packages = new TestPackages(store);
    model = packages.binary().toString();
  }

  @Test
  void allProblemsAreReportedTogetherAndNoTaskRuns() {
    StructType schema =
        new StructType()
            .add("parcel_id", DataTypes.LongType)
            .add("score", DataTypes.LongType)
            .add("distance", DataTypes.StringType)
            .add("Weight", DataTypes.FloatType)
            .add("express", DataTypes.BooleanType)
            .add("carrier", DataTypes.IntegerType)
            .add("zone", DataTypes.IntegerType)
            .add("departure", DataTypes.DateType);
    Row row = RowFactory.create(1L, 2L, "12", 1f, true, 4, 10, LocalDate.of(2024, 1, 2));
    Path input = Parcels.write(directory.resolve("in"), List.of(row), schema, 1);
    AtomicInteger tasks = new AtomicInteger();
    SparkListener counter =
        new SparkListener() {
          @Override
          public void onTaskStart(SparkListenerTaskStart start) {
            tasks.incrementAndGet();
          }
        };
    TestSpark.session().sparkContext().addSparkListener(counter);

    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--output",
            directory.resolve("out"),
            "--keys",
            "parcel_id,nobody",
            "--pass",
            "score");

    TestSpark.session().sparkContext().removeSparkListener(counter);
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains("column 'score' is requested as a key or passed column")
        .contains("column 'nobody'")
        .contains("column 'distance' is STRING, but feature 'distance' needs a number")
        .contains("column 'weight', which the model reads, is not in file", "it has 'Weight'")
        .contains("column 'carrier' is INT, but feature 'carrier' needs ")
        .contains("column 'departure' is a DATE, which has no hour");
    assertThat(tasks).hasValue(0);
    assertThat(directory.resolve("out")).doesNotExist();
    assertThat(directory.resolve("_paritree/out").toFile().list()).containsExactly("runs");
  }

  @Test
  void filesOfDifferentTypesAreReported() {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    StructType other = new StructType();
    for (var field : Parcels.SCHEMA.fields()) {
      if (field.name().equals("zone")) {
        other = other.add("zone", DataTypes.StringType);
      } else if (!field.name().equals("carrier")) {
        other = other.add(field);
      }
    }

    Row row = RowFactory.create(1L, 1.0, 1f, true, "10", "2024-01-01T00:00", "");
    Parcels.write(input, List.of(row), other, 1);

    JobRun run = score(input);

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("column 'zone' is ", "column 'carrier'");
  }

  @Test
  void nanosecondTimestampsAreRefusedWithTheCure() throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message m { required int64 parcel_id; optional double distance;"
                + " optional float weight; optional boolean express;"
                + " optional binary carrier (STRING); optional int32 zone;"
                + " optional int64 departure (TIMESTAMP(NANOS,true)); }");
    Path file = Files.createDirectories(directory.resolve("in")).resolve("a.parquet");
    try (ParquetWriter<org.apache.parquet.example.data.Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toString()))
            .withType(schema)
            .build()) {
      SimpleGroup group = new SimpleGroup(schema);
      group.add("parcel_id", 1L);
      writer.write(group);
    }

    JobRun run = score(directory.resolve("in"));

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("'departure'", "nanoseconds", "coerce_timestamps='us'");
  }

  @Test
  void inputThatIsNotThereIsReportedWithTheFileSystemWhereItWasSought() {
    JobRun run = score(directory.resolve("nowhere"));

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains(
            "there is no input %s on the local disk".formatted(directory.resolve("nowhere")),
            "fs.defaultFS");
  }

  @Test
  void storeWithoutItsJarIsReportedInASentence() {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    for (List<Object> places :
        List.<List<Object>>of(
            List.of("nosuch://host/in", directory.resolve("out")),
            List.of(input, "nosuch://host/out"))) {
      JobRun run =
          JobRun.of(
              "--model",
              model,
              "--input",
              places.get(0),
              "--output",
              places.get(1),
              "--keys",
              "parcel_id");

      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err())
          .startsWith("Cannot open nosuch://host/")
          .contains("no file system for 'nosuch'; add a jar")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void damagedFileIsNamed() throws IOException {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    Files.writeString(input.resolve("bad.parquet"), "PAR1 this is no Parquet PAR1");

    JobRun run = score(input);

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("bad.parquet");
  }

  @Test
  void partitionThatIsNotThereIsRefused() {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("store=007"), 0, 10, 0, 1);
    Path levels = directory.resolve("levels");
    Parcels.write(levels.resolve("store=1/zone=2"), 0, 10, 0, 1);
    Parcels.write(levels.resolve("store=2/zone=3"), 10, 20, 0, 1);

    JobRun absent = score(input, "--partition", "store=7");
    JobRun unknown = score(input, "--partition", "shop=7");
    JobRun neverBoth =
        score(levels, "--partition", "store=1", "--partition", "store=9", "--partition", "zone=3");

    assertThat(absent.exitCode()).isEqualTo(3);
    assertThat(absent.err()).contains("there is no partition store=7");
    assertThat(unknown.exitCode()).isEqualTo(3);
    assertThat(unknown.err()).contains("no partition column 'shop'; it has [store]");
    assertThat(neverBoth.exitCode()).isEqualTo(3);
    assertThat(neverBoth.err())
        .contains(
            "there is no partition store=1 with a requested value of zone",
            "there is no partition store=9\n",
            "there is no partition zone=3 with a requested value of store");
  }

  @Test
  void aColumnOfFilesIsNoPartitionAndThatIsSaid() {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);

    JobRun named = score(input, "--partition", "zone=7");
    JobRun days = score(input, "--from", "2026-11-24", "--to", "2026-11-25");

    for (JobRun run : List.of(named, days)) {
      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err())
          .contains("the input has no partition columns")
          .contains("partitions of files are directories, such as day=2026-11-24");
    }
  }

  @Test
  void filesOfATableWithALogOfItsOwnAreRefused() throws IOException {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), 0, 10, 0, 1);
    for (String log : List.of("_delta_log", "_spark_metadata", ".hoodie")) {
      Path made = Files.createDirectory(input.resolve(log));

      for (Path read : List.of(input, input.resolve("day=1"))) {
        JobRun run = score(read);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("input %s holds %s".formatted(input, log), "plain Parquet");
      }

      Files.delete(made);
    }

    assertThat(score(input).exitCode()).isZero();
  }

  @Test
  void filesOfAnIcebergTableAreRefusedWhateverPartOfItIsRead() throws IOException {
    Path table = directory.resolve("loans");
    Path data = table.resolve("data");
    Parcels.write(data.resolve("day=1"), 0, 10, 0, 1);
    Path metadata = Files.createDirectories(table.resolve("metadata"));
    assertThat(score(data).exitCode()).isZero();
    for (String name :
        List.of("v2.metadata.json", "00001-5f.metadata.json", "v1.metadata.json.gz")) {
      Path log = Files.createFile(metadata.resolve(name));

      for (Path read : List.of(table, data, data.resolve("day=1"))) {
        JobRun run = score(read);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("belongs to the Iceberg table " + table, "--input-table");
      }

      Files.delete(log);
    }
  }

  @Test
  void outputMustBeApartFromTheInput() throws IOException {
    Path input = Parcels.write(directory.resolve("data/in"), 0, 10, 0, 1);
    Path link = Files.createSymbolicLink(directory.resolve("link"), input);

    for (Path output :
        List.of(
            input, input.resolve("scores"), directory.resolve("data"), link, link.resolve("x"))) {
      JobRun run = scoreTo(input, output);
      assertThat(run.exitCode()).as(output.toString()).isEqualTo(3);
      assertThat(run.err()).contains("must not be the same or contain each other");
    }

    assertThat(scoreTo(link, input).exitCode()).isEqualTo(3);
    assertThat(input.resolve("_paritree")).doesNotExist();
    JobRun root = scoreTo(input, Path.of("/"));
    assertThat(root.exitCode()).as(root.err()).isEqualTo(3);
  }

  @Test
  void stateOfTheOutputIsApartFromTheInputAndNowhereElse() throws IOException {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    Path output = directory.resolve("out");

    Path quarantine = Parcels.write(directory.resolve("_paritree/out/runs/one"), 0, 10, 0, 1);
    assertThat(scoreTo(quarantine, output).err())
        .contains("input %s is inside the output's state".formatted(quarantine));

    Path states = quarantine.getParent().getParent().getParent();
    assertThat(scoreTo(states, output).err()).contains("is inside input " + states);

    Path record = Files.createDirectories(output).resolve(".paritree-state");
    Files.writeString(record, directory.resolve("mine").toString());
    JobRun elsewhere = scoreTo(input, output, "--output-partition", "day=1");
    assertThat(elsewhere.exitCode()).isEqualTo(3);
    assertThat(elsewhere.err())
        .contains("has its state in the directory that " + record, "remove that file");
    Files.delete(record);
    assertThat(scoreTo(input, output, "--output-partition", "day=1").exitCode()).isZero();
  }

  @Test
  void anInputThatIsOneFileMayLieBesideTheOutputButNotInIt() throws IOException {
    Path file = Parcels.writeCsv(directory.resolve("mine/parcels.csv"), 0, 10);
    Object[] csv = {"--input-format", "csv"};
    byte[] before = Files.readAllBytes(file);

    for (Path output :
        List.of(
            file,
            directory.resolve("mine"),
            directory,
            Files.createSymbolicLink(directory.resolve("link"), directory.resolve("mine")))) {
      JobRun run = scoreTo(file, output, csv);
      assertThat(run.exitCode()).as(output.toString()).isEqualTo(3);
      assertThat(run.err()).contains("must not be the same or contain each other");
    }

    JobRun run = scoreTo(file, directory.resolve("mine/scores"), csv);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(scoreTo(file, directory.resolve("mine/scores"), csv).out()).contains("already");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    Path kept = directory.resolve("mine/_paritree/other.csv");
    Files.copy(file, kept);
    assertThat(scoreTo(kept, directory.resolve("mine/scores"), csv).exitCode()).isZero();
    Path inState = directory.resolve("mine/_paritree/scores/parcels.csv");
    Files.copy(file, inState);
    assertThat(scoreTo(inState, directory.resolve("mine/scores"), csv).err())
        .contains("inside the output's state");
  }

  @Test
  void foreignDirectoryIsKeptUnlessRequestedOtherwise() throws IOException {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    Path output = Parcels.write(directory.resolve("out"), 50, 60, 0, 1);

    JobRun refused = scoreTo(input, output);
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err())
        .contains("_paritree.json", "--replace-foreign", output + ", which holds", "with 10 rows");
    assertThat(ScoringJobTest.read(output).columns()).contains("note");

    JobRun replacing = scoreTo(input, output, "--replace-foreign");
    assertThat(replacing.exitCode()).isZero();
    assertThat(replacing.err()).contains("--replace-foreign: this run replaces " + output);
    assertThat(Scores.of(output)).hasSize(10);
  }

  /** The old advice, {@code --replace-foreign}, removed five published days. */
  @Test
  void publishedPartitionsAreNeverReplacedByRowsOfAnotherLayout() throws IOException {
    Path input = directory.resolve("in");
    for (int day = 1; day <= 5; day++) {
      Parcels.write(input.resolve("day=" + day + "/hub=1"), day * 10, day * 10 + 10, 0, 1);
    }

    Path output = directory.resolve("out");
    assertThat(scoreTo(input, output).exitCode()).isZero();
    Map<String, String> published = Scores.files(output);
    Path whole = Parcels.write(directory.resolve("whole"), 0, 10, 0, 1);
    Path days = directory.resolve("days");
    Parcels.write(days.resolve("day=1"), 0, 10, 0, 1);
    for (Path other : List.of(whole, days)) {
      for (String option : List.of("--force", "--replace-foreign")) {
        JobRun run = scoreTo(other, output, option);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
        assertThat(run.err())
            .contains(
                other == whole
                    ? "5 partitions that Paritree has published, with 50 rows"
                    : "1 partition that Paritree has published, with 10 rows (day=1/hub=1)")
            .doesNotContain("or replace");
        assertThat(Scores.files(output)).isEqualTo(published);
      }
    }

    Path otherwise = directory.resolve("otherwise");
    Parcels.write(otherwise.resolve("hub=1"), 0, 10, 0, 1);
    JobRun run = scoreTo(otherwise, output, "--replace-foreign");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains("is partitioned by [day, hub]");
  }

  @Test
  void partitionsAreNotWrittenBelowPublishedRows() throws IOException {
    Path whole = Parcels.write(directory.resolve("whole"), 0, 10, 0, 1);
    Path output = directory.resolve("out");
    assertThat(scoreTo(whole, output).exitCode()).isZero();
    Map<String, String> published = Scores.files(output);
    Path days = directory.resolve("days");
    Parcels.write(days.resolve("day=1"), 0, 10, 0, 1);

    JobRun run = scoreTo(days, output, "--replace-foreign");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains("10 rows that Paritree has published there");
    assertThat(Scores.files(output)).isEqualTo(published);
  }

  @Test
  void linkToTheOutputIsKeptAndLeadsToWhatIsPublished() throws IOException {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    Path elsewhere = Files.createDirectories(directory.resolve("disk/scores"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), elsewhere);

    JobRun run = scoreTo(input, link);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(link).isSymbolicLink();
    assertThat(Scores.of(elsewhere)).hasSize(10);
    assertThat(directory.resolve("disk/_paritree/scores/runs")).isDirectory();
  }

  @Test
  void partitionsAreNotMixedWithOtherFiles() throws IOException {
    Path input = directory.resolve("in");
    Parcels.write(input.resolve("day=1"), 0, 10, 0, 1);
    Path output = Parcels.write(directory.resolve("out"), 50, 60, 0, 1);

    JobRun run = scoreTo(input, output);

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("is not a partition of day");
  }

  @Test
  void partitionsOfOtherColumnsAreNotMixed() throws IOException {
    Path byDay = directory.resolve("by-day");
    Parcels.write(byDay.resolve("day=1"), 0, 10, 0, 1);
    Path byDayAndHub = directory.resolve("by-day-and-hub");
    Parcels.write(byDayAndHub.resolve("day=1/hub=2"), 20, 30, 0, 1);
    Path byDayAndLine = directory.resolve("by-day-and-line");
    Parcels.write(byDayAndLine.resolve("day=9/line=2"), 40, 50, 0, 1);

    for (Path first : List.of(byDay, byDayAndHub, byDayAndLine)) {
      Path output = directory.resolve("out-" + first.getFileName());
      assertThat(scoreTo(first, output).exitCode()).isZero();
      for (Path second : List.of(byDay, byDayAndHub, byDayAndLine)) {
        JobRun run = scoreTo(second, output);
        assertThat(run.exitCode())
            .as("%s %s", second, run.err())
            .isEqualTo(second == first ? 0 : 3);
      }
    }
  }

  @Test
  void modelThatIsDamagedIsRefused() throws IOException {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    Path damaged = packages.binary(9, 3);
    Path file = damaged.resolve("model.ubj");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    JobRun run = score(input, "--model", damaged);

    assertThat(run.exitCode()).isEqualTo(6);
    assertThat(run.err()).contains("Model refused", "model.ubj");
  }

  @Test
  void modelWithCategoriesOfUnknownValuesIsRefused() {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);

    JobRun run = score(input, "--model", packages.bareParcelModel());

    assertThat(run.exitCode()).isEqualTo(6);
    assertThat(run.err()).contains("Model refused", "'carrier', 'zone'", "values are unknown");
  }

  @Test
  void modelWithNamesOfCategoriesThatItsFileMayHaveInPartIsRefusedWithTheCause() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    byte[] cut = RecordedNames.cut("[3,2,0]", List.of("AA", "DL", "UA", "Zürich Post"));
    Path model = Files.write(directory.resolve("cut.ubj"), RecordedNames.ubjson(cut, 2));

    JobRun run = score(input, "--model", model);

    assertThat(run.exitCode()).isEqualTo(6);
    assertThat(run.err())
        .contains(
            "Model refused",
            "XGBoost 3.1 to 3.3 cut the names",
            "\"Zürich Pos\"",
            "train it again with 3.4");
  }

  @Test
  void outputThatIsAFileOrBelowOneIsRefused() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    Path file = Files.writeString(directory.resolve("file"), "kept");

    for (String output : List.of("file", "file/out", "file/out/below")) {
      JobRun run = scoreTo(input, directory.resolve(output));
      assertThat(run.exitCode()).as(output).isEqualTo(3);
      assertThat(run.err()).contains("output ", "file").doesNotContain("\tat ");
    }

    assertThat(file).hasContent("kept");
  }

  /** Uses a mount that every Linux has, in a dry run, which would not write there in any case. */
  @Test
  void outputThatIsAMountIsRefusedBeforeAnythingIsScored() {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);

    for (String partition : List.of("", "day=1")) {
      List<Object> arguments = new ArrayList<>(List.of("--dry-run", "--replace-foreign"));
      if (!partition.isEmpty()) {
        arguments.addAll(List.of("--output-partition", partition));
      }

      JobRun run = scoreTo(input, Path.of("/proc"), arguments.toArray());

      assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
      assertThat(run.err())
          .contains("output /proc is on another file system than /_paritree/proc")
          .contains("give a directory below it");
    }
  }

  @Test
  void outputThatIsALinkIntoTheInputIsRefusedThoughItLeadsToNothingYet() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 10, 0, 1);
    Path link = Files.createSymbolicLink(directory.resolve("link"), input.resolve("new"));

    JobRun run = scoreTo(input, link);

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("must not be the same or contain each other");
    assertThat(input.resolve("new")).doesNotExist();
  }

  private JobRun score(Path input, Object... more) {
    return scoreTo(input, directory.resolve("out"), more);
  }

  private static JobRun scoreTo(Path input, Path output, Object... more) {
    return JobRun.observed(
        StepObserver.NONE,
        Map.of("--model", model, "--input", input, "--output", output, "--keys", "parcel_id"),
        more);
  }

  /** An executor opens the model again, in a heap that may be too small for it. */
  @Test
  void aModelThatAnExecutorRefusesIsSaidInOneSentence() {
    StepObserver executor =
        step -> {
          if (step == Step.INPUT_CHECKED) {
            throw new IllegalStateException(
                "Job aborted due to stage failure",
                new IllegalStateException(
                    "Cannot open the model in an executor",
                    new UnsupportedModelException("Cannot open m: it needs more of heap")));
          }
        };

    JobRun run =
        JobRun.observed(
            executor,
            "--model",
            model,
            "--input",
            Parcels.write(directory.resolve("in"), 0, 10, 0, 1),
            "--output",
            directory.resolve("out"),
            "--keys",
            "parcel_id");

    assertThat(run.exitCode()).isEqualTo(6);
    assertThat(run.err()).endsWith("Model refused: Cannot open m: it needs more of heap\n");
    assertThat(run.err()).doesNotContain("\tat ");
  }
}
