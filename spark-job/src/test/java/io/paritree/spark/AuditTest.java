package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.json.SealedJson;
import io.paritree.model.TestPackages;
import io.paritree.output.PartitionManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Published scores are proved, and what is not as it was published is named. */
class AuditTest {
  private static final String DAY = "day=2026-01-01";
  private static final String NEXT = "day=2026-01-02";
  private static final int ROWS = 100;

  /** Rows of the large partition; {@code -Dparitree.rows=5000000} is the bar. */
  private static final int MANY = Integer.getInteger("paritree.rows", 2_000);

  /** Audits while a partition is published again and again; {@code -Dparitree.audits=100}. */
  private static final int AUDITS = Integer.getInteger("paritree.audits", 2);

  @TempDir static Path shared;
  @TempDir Path directory;

  private static Path store;
  private static Path scored;
  private static Path input;

  private Path output;

  @BeforeAll
  static void scoreTwoDays() {
    store = shared.resolve("models");
    Path model = new TestPackages(store).binary(1, 5);
    input = shared.resolve("in");
    Parcels.write(input.resolve(DAY), 0, ROWS, 25, 2);
    Parcels.write(input.resolve(NEXT), ROWS, 2 * ROWS, 0, 1);
    scored = shared.resolve("scored").resolve("out");
    succeeds(
        JobRun.ofParcels(
            model, input, scored, "--pass", "carrier", "--margin", "--max-quarantined", "1"));
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

  private static JsonNode evidence(JobRun run) throws IOException {
    byte[] document = run.out().getBytes(StandardCharsets.UTF_8);
    assertThat(SealedJson.isWhole(document)).as(run.out()).isTrue();
    return new ObjectMapper().readTree(document);
  }

  private static List<Path> files(Path partition) throws IOException {
    try (Stream<Path> all = Files.list(partition)) {
      return all.filter(file -> file.getFileName().toString().endsWith(".parquet")).toList();
    }
  }

  private static PartitionManifest manifest(Path partition) throws IOException {
    byte[] json = Files.readAllBytes(partition.resolve(PartitionManifest.FILE));
    return PartitionManifest.fromJson(json, partition.toString());
  }

  private static void edit(Path file, String pattern, String with) throws IOException {
    Files.writeString(file, Files.readString(file).replaceAll(pattern, with));
  }

  /** Writes a partition's only file again, with another last bit in one score. */
  private static void flip(Path partition, long key) throws IOException {
    Path file = files(partition).get(0);
    Dataset<Row> rows = TestSpark.interpreting().read().parquet(file.toString());
    Column other = functions.col("score").plus(functions.lit(Math.ulp(0.5f)));
    Column changed = functions.when(functions.col("parcel_id").equalTo(key), other.cast("float"));
    Path written = partition.resolveSibling("_written");
    rows.withColumn("score", changed.otherwise(functions.col("score")))
        .coalesce(1)
        .write()
        .parquet(written.toString());
    Files.delete(file);
    Files.move(files(written).get(0), file);
    FileUtils.deleteDirectory(written.toFile());
  }

  /** Makes a manifest one of an earlier version, without digests, that fits the files. */
  private static void forgetDigests(Path partition) throws IOException {
    Path file = partition.resolve(PartitionManifest.FILE);
    edit(file, ",\\s*\"sha256\" : \"[0-9a-f]*\"", "");
    edit(file, "\"bytes\" : [0-9]+", "\"bytes\" : " + Files.size(files(partition).get(0)));
  }

  @Test
  void rowsThatAnotherEngineScoresWithTheSameBitsAreProved() throws Exception {
    JobRun spec = audit("--strict");
    JobRun xgboost = audit("--engine", "xgboost", "--strict", "--format", "json");
    JobRun sampled = audit("--sample", "0.3", "--strict", "--format", "json");

    succeeds(spec);
    assertThat(spec.out()).contains("with spec", DAY + "  parcel-late/1", "proved");
    succeeds(xgboost);
    JsonNode all = evidence(xgboost);
    assertThat(all.get("result").asText()).isEqualTo("proved");
    assertThat(all.get("partitions").get(0).get("compared").asInt())
        .isEqualTo(all.get("partitions").get(0).get("scored").asInt());
    assertThat(all.get("partitions").get(0).get("quarantined").asInt()).isEqualTo(4);
    assertThat(all.get("partitions").get(0).get("notes")).isEmpty();
    succeeds(sampled);
    JsonNode first = evidence(sampled).get("partitions").get(0);
    assertThat(first.get("verdict").asText()).isEqualTo("proved_by_sample");
    assertThat(first.get("compared").asInt()).isBetween(10, 55);
  }

  @Test
  void oneOtherBitInAScoreIsFoundByItsDigestAndByItsKey() throws Exception {
    long key = ROWS + 17;
    flip(output.resolve(NEXT), key);

    JobRun byDigest = JobRun.ofAudit("--output", output, "--partition", NEXT);
    forgetDigests(output.resolve(NEXT));
    JobRun byKey = audit();

    assertThat(byDigest.exitCode()).as(byDigest.out() + byDigest.err()).isEqualTo(7);
    assertThat(byDigest.out()).contains("bytes", "were written").doesNotContain(DAY);
    assertThat(byKey.exitCode()).as(byKey.out() + byKey.err()).isEqualTo(7);
    assertThat(byKey.out())
        .contains("parcel_id=" + key + ": score 0.", "its files have no digests")
        .containsPattern(DAY + ".*proved");
    assertThat(byKey.err()).isEqualToIgnoringNewLines("Differs: " + NEXT);
  }

  @Test
  void aFileOfTheSameLengthAndOneOfNoRunDiffer() throws Exception {
    Path file = files(output.resolve(NEXT)).get(0);
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
    Files.copy(file, output.resolve(DAY).resolve("more.parquet"));

    JobRun run = JobRun.ofAudit("--output", output);

    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(7);
    assertThat(run.out())
        .contains("has the SHA-256", "file more.parquet is of no run", "no --model was given");
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
    Parcels.write(changed.resolve(NEXT), ROWS + 1, 2 * ROWS + 1, 0, 1);

    JobRun other = audit("--partition", NEXT, "--input", changed);
    JobRun gone = audit("--partition", NEXT, "--input", directory.resolve("gone"), "--strict");
    forgetDigests(output.resolve(NEXT));
    JobRun unprovable = audit("--partition", NEXT, "--input", directory.resolve("gone"));

    succeeds(other);
    assertThat(other.out())
        .contains("consistent (missing: the input: files of the input were written since")
        .contains("2 rows are others than what this input gives");
    assertThat(gone.exitCode()).isEqualTo(3);
    assertThat(gone.out()).contains("consistent (missing: the input", "there is no input");
    assertThat(gone.err()).contains("Not proved: " + NEXT);
    succeeds(unprovable);
    assertThat(unprovable.out()).contains("unprovable (missing: the input");
  }

  @Test
  void quarantinedRowsMustHaveTheFaultsThatTheyHave() throws Exception {
    JobRun before = audit("--partition", DAY);
    FileUtils.deleteDirectory(directory.resolve("_paritree").toFile());
    JobRun removed = audit("--partition", DAY, "--strict");
    Path manifest = output.resolve(DAY).resolve(PartitionManifest.FILE);
    edit(manifest, "\"quarantined\" : 4", "\"quarantined\" : 3");
    JobRun counted = audit("--partition", DAY);

    succeeds(before);
    assertThat(before.out()).doesNotContain("counted, not compared");
    succeeds(removed);
    assertThat(removed.out()).contains("counted, not compared");
    assertThat(counted.exitCode()).as(counted.out() + counted.err()).isEqualTo(7);
    assertThat(counted.out())
        .contains("4 rows of the input cannot be scored, and 3 were quarantined");
  }

  @Test
  void aRowThatRepeatsAKeyIsComparedAndManyRowsAreProvedWithinAMinute() throws Exception {
    Path model = new TestPackages(directory.resolve("models")).binary(1, 100);
    Path many = directory.resolve("many");
    int copies = Math.max(1, MANY / ROWS);
    Dataset<Row> rows =
        TestSpark.interpreting()
            .read()
            .parquet(input.resolve(NEXT).toString())
            .crossJoin(TestSpark.interpreting().range(copies).toDF("copy"));
    rows.withColumn(
            "parcel_id",
            functions.expr("if(copy = 1, parcel_id, parcel_id + %s * copy)".formatted(ROWS)))
        .drop("copy")
        .coalesce(4)
        .write()
        .parquet(many.toString());
    Path published = directory.resolve("published");
    succeeds(JobRun.ofParcels(model, many, published));

    long begun = System.nanoTime();
    JobRun proved = JobRun.ofAudit("--output", published, "--model", model, "--strict");
    double seconds = (System.nanoTime() - begun) / 1e9;
    flip(published, ROWS * 7L);
    forgetDigests(published);
    JobRun flipped = JobRun.ofAudit("--output", published, "--model", model);

    System.out.println("%s rows proved in %.1f s".formatted(copies * ROWS, seconds));
    succeeds(proved);
    assertThat(proved.out()).contains("proved", ROWS + " rows repeat a key");
    assertThat(flipped.exitCode()).as(flipped.out() + flipped.err()).isEqualTo(7);
    assertThat(flipped.out()).contains("parcel_id=" + ROWS * 7L + ": score");
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
        Path manifest = fresh.resolve(PartitionManifest.FILE);
        String name = manifest(fresh).directory();
        edit(manifest, "\"directory\" : \"" + name, "\"directory\" : \"" + run + "-" + name);
        for (Path file : files(fresh)) {
          String data = file.getFileName().toString();
          edit(manifest, data, run + data);
          Files.move(file, fresh.resolve(run + data));
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
  void whatIsWrongOnTheCommandLineIsNamed() {
    JobRun run =
        JobRun.ofAudit("--sample", "2", "--engine", "fast", "--format", "xml", "--from", "today");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("--output and --table", "--sample", "--engine must be spec or xgboost")
        .contains("--format must be text or json", "--from must be a day");
    JobRun nothing = JobRun.ofAudit("--output", directory.resolve("nothing"));
    assertThat(nothing.exitCode()).isEqualTo(3);
    assertThat(nothing.err()).contains("no published partition");
  }
}
