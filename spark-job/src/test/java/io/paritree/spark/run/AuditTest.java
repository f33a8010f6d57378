package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paritree.json.SealedJson;
import io.paritree.model.TestPackages;
import io.paritree.output.PartitionManifest;
import io.paritree.output.StateDirectory;
import io.paritree.output.StoredAudit;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Published scores are proved, and what is not as it was published is named. */
class AuditTest {
  private static final int ROWS = 12;
  private static final int DAYS = 20;
  private static final String DAY = day(1);
  private static final String NEXT = day(2);

  /** Audits while a partition is published again and again; {@code -Dparitree.audits=100}. */
  private static final int AUDITS = Integer.getInteger("paritree.audits", 2);

  @TempDir static Path shared;
  @TempDir Path directory;

  private static Path store;
  private static Path scored;
  private static Path input;

  private Path output;
  private final Map<String, String> expected = new LinkedHashMap<>();

  private static String day(int number) {
    return "day=2026-01-%02d".formatted(number);
  }

  /** Returns the key of a row of a day. */
  private static long key(int day) {
    return (day - 1) * ROWS + 3L;
  }

  /**
   * Scores some days with all columns that are compared. On the first, rows repeat a key, and have
   * a fault of each kind.
   */
  @BeforeAll
  static void scoreSomeDays() {
    store = shared.resolve("models");
    Path model = new TestPackages(store).binary(1, 5);
    input = shared.resolve("in");
    List<Row> rows = new ArrayList<>();
    for (int index = 0; index < DAYS * ROWS; index++) {
      rows.add(index == 0 ? Parcels.badRow(index) : Parcels.row(index));
    }

    rows.add(Parcels.row(1));
    TestSpark.interpreting()
        .createDataFrame(rows, Parcels.SCHEMA)
        .withColumn("distance", functions.expr("if(parcel_id = 4, 9999, distance)"))
        .withColumn("zone", functions.expr("if(parcel_id = 5, 99, zone)"))
        .withColumn("departure", functions.expr("if(parcel_id = 6, 'never', departure)"))
        .withColumn("tags", functions.expr("array(named_struct('at', now(), 'x', 0D))"))
        .withColumn("ratio", functions.expr("double('NaN')"))
        .withColumn(
            "day",
            functions.expr(
                "concat('2026-01-', lpad(1 + parcel_id div %s, 2, '0'))".formatted(ROWS)))
        .coalesce(1)
        .write()
        .partitionBy("day")
        .parquet(input.toString());
    scored = shared.resolve("scored").resolve("out");
    succeeds(
        JobRun.ofParcels(
            model,
            input,
            scored,
            "--pass",
            "carrier,tags,ratio",
            "--margin",
            "--contributions",
            "--max-quarantined",
            "1"));
  }

  @BeforeEach
  void takeScored() throws IOException {
    FileUtils.copyDirectory(scored.getParent().toFile(), directory.toFile());
    output = directory.resolve("out");
  }

  private static void succeeds(JobRun run) {
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
  }

  private JobRun audit(Object... more) {
    return auditWith(store, more);
  }

  private JobRun auditWith(Path model, Object... more) {
    return JobRun.ofAudit(
        Stream.concat(Stream.of("--output", output, "--model", model), Stream.of(more)).toArray());
  }

  private ForgedPartition partition(String name) {
    return new ForgedPartition(output.resolve(name));
  }

  private static JsonNode evidence(JobRun run) throws IOException {
    byte[] document = run.out().getBytes(StandardCharsets.UTF_8);
    assertThat(SealedJson.isWhole(document)).as(run.out()).isTrue();
    return new ObjectMapper().readTree(document);
  }

  /** Returns what a server reads of the audit of a partition that was kept. */
  private String kept(String partition) throws IOException {
    Location state = StateDirectory.of(Location.of(output.toRealPath()));
    byte[] content = Files.readAllBytes(StateDirectory.audit(state, partition).toPath());
    StoredAudit audit = StoredAudit.of(content, partition, "it");
    assertThat(PartitionManifest.isRun(audit.run())).as(audit.run()).isTrue();
    return new String(audit.document(), StandardCharsets.UTF_8);
  }

  private void forgetRuns() throws IOException {
    FileUtils.deleteDirectory(directory.resolve("_paritree").toFile());
  }

  @Test
  void rowsThatAnotherEngineScoresWithTheSameBitsAreProved() throws Exception {
    JobRun spec = audit("--strict", "--format", "json", "--to", "2026-01-02");
    JobRun xgboost = audit("--engine", "xgboost", "--strict", "--partition", DAY);
    OneCall oneCall = OneCall.in(directory);
    JobRun sampled =
        audit(
            "--sample",
            "0.3",
            "--strict",
            "--format",
            "json",
            "--to",
            "2026-01-03",
            "--input",
            "watched://" + input,
            "--conf",
            oneCall.configuration());

    oneCall.wasMadeByThisThread();
    succeeds(spec);
    JsonNode all = evidence(spec);
    assertThat(all.get("result").asText()).isEqualTo("proved");
    assertThat(all.get("partitions")).hasSize(2);
    JsonNode first = all.get("partitions").get(0);
    assertThat(first.get("compared").asInt()).isEqualTo(first.get("scored").asInt());
    assertThat(first.get("quarantined").asInt()).isEqualTo(4);
    assertThat(first.get("notes").toString()).contains("1 rows repeat a key");
    assertThat(first.get("input").asText()).isEqualTo(input.toString());
    assertThat(all.get("partitions").get(1).get("notes")).isEmpty();
    assertThat(all.get("partitions").get(1).get("not_compared")).isEmpty();
    succeeds(xgboost);
    assertThat(xgboost.out()).contains("with xgboost", DAY + "  parcel-late/1", "proved");
    succeeds(sampled);
    int compared = 0;
    for (JsonNode one : evidence(sampled).get("partitions")) {
      assertThat(one.get("verdict").asText()).isEqualTo("proved_by_sample");
      compared += one.get("compared").asInt();
    }

    assertThat(compared).isBetween(3, 25);
  }

  /** What a forger does. */
  @FunctionalInterface
  private interface Forgery {
    void on(ForgedPartition partition, int day) throws IOException;
  }

  /** Forges the next day, whose manifest then fits its files; an audit must say this of it. */
  private void forge(String says, Forgery forgery) throws IOException {
    int day = expected.size() + 3;
    ForgedPartition partition = partition(day(day));
    forgery.on(partition, day);
    if (Files.exists(partition.manifest())) {
      partition.fit();
    }

    expected.put(day(day), says);
  }

  private void forgeRows(String says, String column, String expression) throws IOException {
    forge(says, (partition, day) -> partition.set(key(day), column, expression));
  }

  @Test
  void noForgeryIsProvedThoughItsDigestsFit() throws Exception {
    forgetRuns();
    forge(
        "a row is published, no such row scored again",
        (partition, day) -> {
          partition.rewrite(key(day), rows -> rows.union(rows.where("parcel_id = " + key(day))));
          partition.add("scored", 1);
          partition.add("read", 1);
        });
    forge(
        "no row is published, a row scored again",
        (partition, day) -> {
          partition.rewrite(key(day), rows -> rows.where("parcel_id <> " + key(day)));
          partition.add("scored", -1);
          partition.add("quarantined", 1);
        });
    forge(
        "0 rows of the input cannot be scored, and 1 were quarantined",
        (partition, day) -> {
          partition.add("quarantined", 1);
          partition.add("read", 1);
        });
    forge(
        "its manifest is of '%s'".formatted(NEXT),
        (partition, day) -> {
          FileUtils.deleteDirectory(partition.directory().toFile());
          FileUtils.copyDirectory(output.resolve(NEXT).toFile(), partition.directory().toFile());
        });
    forge(
        "no such row scored again",
        (partition, day) -> {
          JsonNode scoredInput = partition.read().get("input");
          FileUtils.deleteDirectory(partition.directory().toFile());
          FileUtils.copyDirectory(output.resolve(NEXT).toFile(), partition.directory().toFile());
          partition.edit(json -> json.put("partition", day(day)).set("input", scoredInput));
        });
    forge("no run has published", (partition, day) -> Files.delete(partition.manifest()));
    forge(
        "file more is of no run",
        (partition, day) ->
            FileUtils.copyToDirectory(
                partition.files().get(0).toFile(), partition.directory().resolve("more").toFile()));
    forge(
        "no column [score, label",
        (partition, day) -> partition.rewrite(key(day), rows -> rows.drop("score")));
    forge(
        "proved, but for columns [more]",
        (partition, day) ->
            partition.rewrite(key(day), rows -> rows.withColumn("more", functions.lit(1))));
    forgeRows(": score null is published", "score", "null");
    forgeRows(": score NaN", "score", "float('NaN')");
    forgeRows(": label ", "label", "if(label = 'late', 'on_time', 'late')");
    forgeRows(": model_version parcel-late/9", "model_version", "'parcel-late/9'");
    forgeRows(": carrier ", "carrier", "'nobody'");
    forgeRows(": tags ", "tags", "transform(tags, t -> named_struct('at', t.at, 'x', -0D))");
    forgeRows(": contribution_weight ", "contribution_weight", "float(contribution_weight + 1)");
    forgeRows(": label null is published", "label", "null");
    forgeRows(": ratio null is published, NaN scored again", "ratio", "double(null)");

    JobRun run = audit("--strict");

    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(7);
    assertThat(expected).hasSize(DAYS - 2);
    assertThat(run.out()).containsPattern(DAY + " .*proved\n").containsPattern(NEXT + ".*proved\n");
    expected.forEach(
        (day, says) -> {
          int at = run.out().indexOf("\n  " + day);
          int next = run.out().indexOf("\n  day", at + 1);
          String block = run.out().substring(at, next < 0 ? run.out().length() : next);
          assertThat(block).contains(says).doesNotContainPattern(" proved\n");
        });
  }

  @Test
  void oneOtherBitInAScoreIsFoundByItsDigestAndByItsKey() throws Exception {
    partition(NEXT).flip(key(2));

    Path none = directory.resolve("none/audit.json");
    JobRun byDigest = JobRun.ofAudit("--output", output, "--partition", NEXT, "--json", none);
    forgetRuns();
    partition(NEXT).forgetDigests();
    JobRun byKey = audit("--to", "2026-01-02", "--keep");

    assertThat(byDigest.exitCode()).as(byDigest.out() + byDigest.err()).isEqualTo(7);
    assertThat(byDigest.out()).contains("bytes", "were written").doesNotContain(DAY);
    assertThat(byDigest.err()).contains("Differs: " + NEXT, "Writing the evidence failed: ");
    assertThat(byKey.exitCode()).as(byKey.out() + byKey.err()).isEqualTo(7);
    assertThat(byKey.out())
        .contains("parcel_id=" + key(2) + ": score 0.", "its files have no digests")
        .containsPattern(DAY + ".*proved");
    assertThat(byKey.err()).isEqualToIgnoringNewLines("Differs: " + NEXT);
    assertThat(kept(DAY)).contains("\"verdict\": \"proved\"").doesNotContain(NEXT);
    assertThat(kept(NEXT))
        .contains("\"verdict\": \"differs\"", "parcel_id=" + key(2))
        .doesNotContain(DAY);
  }

  @Test
  void aFileOfTheSameLengthAndOneOfNoRunDifferAndSoDoesAManifestFromTheReport() throws Exception {
    Path file = partition(NEXT).files().get(0);
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
    Files.copy(file, output.resolve(DAY).resolve("_a=1.parquet"));
    partition(day(3)).add("quarantined", 1);

    JobRun run = JobRun.ofAudit("--output", output, "--to", "2026-01-03");

    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(7);
    assertThat(run.out())
        .contains("has the SHA-256", "file _a=1.parquet is of no run", "no --model was given")
        .contains("its manifest has other numbers of rows or other files than the report of run");
    assertThat(run.err()).contains(DAY, NEXT, day(3));
  }

  @Test
  void aModelThatWasReplacedUnderItsVersionIsNamed() throws Exception {
    Path other = directory.resolve("models");
    new TestPackages(other).binary(1, 6);

    JobRun run = auditWith(other, "--partition", NEXT);
    JobRun none = auditWith(directory.resolve("nothing"), "--partition", NEXT, "--strict");

    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(7);
    assertThat(run.out()).contains("is another one than parcel-late/1 with the digest");
    assertThat(none.exitCode()).as(none.out() + none.err()).isEqualTo(3);
    assertThat(none.out()).contains("consistent (missing: the model parcel-late/1");
  }

  @Test
  void rowsOfAnotherInputAreNoDifferenceAndARemovedOneIsMissing() throws Exception {
    Path changed = directory.resolve("changed");
    TestSpark.interpreting()
        .read()
        .parquet(input.resolve(NEXT).toString())
        .where("parcel_id <> " + key(2))
        .write()
        .parquet(changed.resolve(NEXT).toString());
    Path fewer = Files.createDirectories(directory.resolve("fewer"));
    FileUtils.copyDirectory(changed.toFile(), fewer.toFile());
    for (Path file : new ForgedPartition(fewer.resolve(NEXT)).files()) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    }

    JobRun other = audit("--partition", NEXT, "--input", changed);
    JobRun gone = audit("--partition", NEXT, "--input", directory.resolve("gone"), "--strict");
    JobRun without = audit("--partition", DAY, "--input", changed);
    partition(NEXT).edit(json -> json.remove("input"));
    JobRun unknown = audit("--partition", NEXT, "--input", fewer);
    forgetRuns();
    partition(NEXT).forgetDigests();
    JobRun unprovable = audit("--partition", NEXT);

    succeeds(other);
    assertThat(other.out())
        .contains("consistent (missing: the input: files of the input were written since")
        .contains("rows are others than what this input gives");
    assertThat(gone.exitCode()).isEqualTo(3);
    assertThat(gone.out()).contains("consistent (missing: the input", "there is no input");
    assertThat(gone.err()).contains("Not proved: " + NEXT);
    succeeds(without);
    assertThat(without.out()).contains("missing: the input: ", "has no partition " + DAY);
    succeeds(unknown);
    assertThat(unknown.out())
        .contains("consistent (missing: the input: it is not recorded which files were scored")
        .contains("there were 12 rows in them, where it has 11");
    succeeds(unprovable);
    assertThat(unprovable.out()).contains("unprovable (missing: the input: the report of run");
  }

  @Test
  void quarantinedRowsMustHaveTheFaultsThatTheyHave() throws Exception {
    JobRun before = audit("--partition", DAY);
    forgetRuns();
    JobRun removed = audit("--partition", DAY, "--strict");

    succeeds(before);
    assertThat(before.out()).doesNotContain("counted, not compared");
    succeeds(removed);
    assertThat(removed.out()).contains("counted, not compared");
  }

  @Test
  void rowsOfAViewAreProvedAsLongAsItHasThem() {
    String view = "CREATE OR REPLACE VIEW audited AS SELECT * FROM parquet.`%s`";
    String all = view.formatted(input.resolve(NEXT));
    TestSpark.session().sql(all);
    Path published = directory.resolve("of-view");
    Path model = store.resolve("parcel-late/1");
    succeeds(
        JobRun.of(
            "--model",
            model,
            "--input-table",
            "audited",
            "--output",
            published,
            "--keys",
            "parcel_id"));

    JobRun proved = JobRun.ofAudit("--output", published, "--model", store, "--strict");
    TestSpark.session().sql(all + " WHERE parcel_id > 12");
    JobRun changed = JobRun.ofAudit("--output", published, "--model", store, "--strict");
    TestSpark.session().sql("DROP VIEW audited");

    succeeds(proved);
    assertThat(changed.exitCode()).as(changed.out() + changed.err()).isEqualTo(3);
    assertThat(changed.err()).isEqualToIgnoringNewLines("Not proved: " + published);
    assertThat(changed.out())
        .contains("consistent (missing: the input: audited has no versions, so its rows may have");
  }

  /** Writes a table partitioned by a time, in which keys are null or repeated. */
  private static Path tableByTime() {
    Path table = shared.resolve("by-time");
    if (!Files.exists(table)) {
      TestSpark.interpreting()
          .read()
          .parquet(input.resolve(NEXT).toString())
          .withColumn(
              "at", functions.expr("timestamp'2026-01-01' + make_interval(0,0,0,parcel_id % 2)"))
          .withColumn("parcel_id", functions.expr("if(parcel_id < 16, null, parcel_id div 4)"))
          .write()
          .format("delta")
          .partitionBy("at")
          .save(table.toString());
    }

    return table;
  }

  @Test
  void rowsWithoutAKeyOrWithTheSameAreBagsAlsoOfATablePartitionedByATime() throws Exception {
    Path published = directory.resolve("of-times");
    Object[] run = {"--model", store.resolve("parcel-late/1"), "--input-table", tableByTime()};
    succeeds(JobRun.of(with(run, "--output", published, "--keys", "parcel_id")));
    ForgedPartition forged;
    try (Stream<Path> times = Files.list(published)) {
      forged =
          new ForgedPartition(
              times.filter(any -> any.toString().contains("at=")).sorted().findFirst().get());
    }

    JobRun proved = JobRun.ofAudit("--output", published, "--model", store, "--strict");
    forgetRuns();
    forged.rewrite(
        4,
        rows ->
            rows.withColumn("score", functions.expr("if(parcel_id = 4, float(0.5), score)"))
                .withColumn("parcel_id", functions.expr("nullif(parcel_id, 5)")));
    forged.fit();
    JobRun differs = JobRun.ofAudit("--output", published, "--model", store);

    succeeds(proved);
    assertThat(proved.out()).contains("3 rows repeat a key");
    assertThat(differs.exitCode()).as(differs.out() + differs.err()).isEqualTo(7);
    assertThat(differs.out())
        .contains("parcel_id=4: score 0.5 (0x3f000000) is published")
        .contains("parcel_id=null: a row is published, no such row scored again")
        .contains("parcel_id=5: no row is published, a row scored again", "6 rows differ");
  }

  @Test
  void rowsOfChosenPartitionsThatWerePublishedAsOneAreNoDifference() throws Exception {
    Path published = directory.resolve("as-one");
    Object[] run = {"--model", store.resolve("parcel-late/1"), "--input-table", tableByTime()};
    Object[] chosen = {
      "--partition",
      "at=2026-01-01T00:00:00.000000Z",
      "--output-partition",
      "all=1",
      "--keys",
      "parcel_id"
    };
    succeeds(JobRun.of(with(with(run, chosen), "--output", published)));

    JobRun recorded = JobRun.ofAudit("--output", published, "--model", store);
    new ForgedPartition(published.resolve("all=1")).edit(json -> json.remove("input"));
    JobRun unknown = JobRun.ofAudit("--output", published, "--model", store);

    succeeds(recorded);
    assertThat(recorded.out()).contains("consistent (missing: the input: the input has");
    succeeds(unknown);
    assertThat(unknown.out())
        .contains("consistent (missing: the input: it is not recorded which files were scored");
  }

  private static Object[] with(Object[] some, Object... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray();
  }

  @Test
  void scoresOfClassesAndOfNamesOfDirectoriesAreProvedButForReasons() throws Exception {
    Path classes = new TestPackages(directory.resolve("classes")).classes();
    Path zones = directory.resolve("zones");
    TestSpark.interpreting()
        .read()
        .parquet(input.resolve(DAY).toString(), input.resolve(NEXT).toString())
        .where("weight is not null")
        .drop("zone")
        .write()
        .parquet(zones.resolve("zone=10").toString());
    FileUtils.copyDirectory(zones.resolve("zone=10").toFile(), zones.resolve("zone=20").toFile());
    Path published = directory.resolve("of-classes");
    succeeds(
        JobRun.ofParcels(
            classes,
            zones,
            published,
            "--output-partition",
            "all=of a run",
            "--max-quarantined",
            "1",
            "--margin",
            "--reasons",
            "1",
            "--reasons-from",
            "0.5",
            "--contributions"));

    JobRun run = JobRun.ofAudit("--output", published, "--model", classes, "--strict");

    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(3);
    assertThat(run.out())
        .containsPattern(
            "all=of a run .*proved, but for columns .reasons, reasons_base, reasons_rest]\n");
  }

  @Test
  void aPartitionThatIsPublishedAgainMeanwhileNeverDiffers() throws Exception {
    Path second = new TestPackages(directory.resolve("models")).binary(2, 6);
    FileUtils.copyDirectory(
        store.resolve("parcel-late").resolve("1").toFile(), second.resolveSibling("1").toFile());
    Path next = directory.resolve("next").resolve("out");
    succeeds(JobRun.ofParcels(second, input, next, "--partition", NEXT));
    List<Path> published = List.of(scored.resolve(NEXT), next.resolve(NEXT));
    AtomicBoolean isOver = new AtomicBoolean();
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Thread publishing = new Thread(() -> publish(published, new Random(seed), isOver));
    publishing.start();

    List<String> verdicts = new ArrayList<>();
    for (int audit = 0; audit < AUDITS; audit++) {
      JobRun run = auditWith(second, "--partition", NEXT, "--sample", "0.2", "--format", "json");
      assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
      verdicts.add(evidence(run).get("partitions").get(0).get("verdict").asText());
    }

    isOver.set(true);
    publishing.join();
    assertThat(verdicts).hasSize(AUDITS).doesNotContain("differs");
  }

  /** Replaces a partition as a run does, by two renames, until it is over. */
  private void publish(List<Path> published, Random random, AtomicBoolean isOver) {
    Path target = output.resolve(NEXT);
    try {
      for (int run = 0; !isOver.get(); run++) {
        Path fresh = directory.resolve("fresh" + run);
        Path from = published.get(run % published.size());
        FileUtils.copyDirectory(from.toFile(), fresh.toFile());
        String name = "directory";
        String prefix = run + "-";
        ForgedPartition own = new ForgedPartition(fresh);
        own.edit(
            json -> {
              json.put(name, prefix + json.get(name).asText());
              json.get("files")
                  .forEach(
                      file -> ((ObjectNode) file).put("name", prefix + file.get("name").asText()));
            });
        for (Path file : own.files()) {
          Files.move(file, fresh.resolve(prefix + file.getFileName()));
        }

        LockSupport.parkNanos(random.nextInt(1_500) * 1_000_000L);
        Files.move(target, directory.resolve("old" + run));
        Files.move(fresh, target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsWrongOnTheCommandLineIsNamed() throws Exception {
    JobRun run =
        JobRun.ofAudit("--sample", "2", "--engine", "fast", "--format", "xml", "--from", "today");
    JobRun days = JobRun.ofAudit("--output", "x", "--from", "2026-01-02", "--to", "2026-01-01");
    JobRun absent = audit("--partition", DAY, "--partition", "day=2027-01-01");
    Path conf = Files.writeString(directory.resolve("csv.conf"), "scoring-job.input-format = csv");
    JobRun lines = JobRun.ofAudit("--output", "x", "--conf", conf);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("--output and --table", "--sample", "--engine must be spec or xgboost")
        .contains("--format must be text or json", "--from must be a day");
    assertThat(days.exitCode()).isEqualTo(2);
    assertThat(days.err()).contains("--from must not be after --to");
    assertThat(lines.exitCode()).isEqualTo(2);
    assertThat(lines.err()).contains("--input-format csv is of scripts/score only");
    assertThat(absent.exitCode()).isEqualTo(3);
    assertThat(absent.err()).contains("no partition of it is day=2027-01-01");
    JobRun nothing = JobRun.ofAudit("--output", directory.resolve("nothing"));
    assertThat(nothing.exitCode()).isEqualTo(3);
    assertThat(nothing.err()).contains("no published partition");
  }
}
