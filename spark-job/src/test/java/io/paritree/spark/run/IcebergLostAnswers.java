package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ServiceFailureException;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A catalog that loses the answers to commits of an Iceberg table, with and without another writer
 * to the same partitions; run by {@link IcebergIT}. {@code -Dparitree.answers=200} loses as many.
 */
class IcebergLostAnswers {
  private static final SparkSession SPARK = TestSpark.interpreting();
  private static final int ROWS = 100;

  @TempDir Path directory;
  private Path table;

  private Table loaded() {
    return new HadoopTables(SPARK.sessionState().newHadoopConf()).load(table.toString());
  }

  @Test
  void noFileThatASnapshotNamesIsDeletedAndEachRunReportsWhatItDid() throws IOException {
    TestPackages packages = new TestPackages(directory.resolve("models"));
    String[] models = {packages.binary().toString(), packages.binary(2, 6).toString()};
    Path input = directory.resolve("in");
    for (int day = 1; day <= 2; day++) {
      Parcels.write(input.resolve("day=2024-01-0" + day), (day - 1) * ROWS, day * ROWS, 0, 2);
    }

    table = Path.of(SPARK.conf().get("spark.sql.catalog.lossy.warehouse"), "scores");
    SPARK.sql(
        "CREATE TABLE lossy.scores (parcel_id BIGINT, score FLOAT, label STRING, model_version"
            + " STRING, day STRING) USING iceberg PARTITIONED BY (day)");
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int trial = 0; trial < Integer.getInteger("paritree.answers", 3); trial++) {
      String run = "run-" + trial;
      boolean isMade = trial < 3 || random.nextInt(4) > 0;
      boolean hasOther = trial % 2 == 1;
      RuntimeException failure = failure(trial < 3 ? 0 : random.nextInt(4));
      String one = "day=2024-01-0" + (1 + random.nextInt(2));
      String as = "seed %s, trial %s: %s, %s, %s".formatted(seed, trial, isMade, hasOther, failure);
      LossyCatalog.loseNext(
          new LostAnswer(isMade, failure, hasOther ? () -> insert(one) : () -> {}));

      JobRun answer =
          JobRun.observed(
              StepObserver.NONE,
              Map.of("--model", models[random.nextInt(2)], "--input", input, "--run-id", run),
              Stream.concat(
                      Stream.of("--keys", "parcel_id", "--table", "lossy.scores", "--force"),
                      trial > 0 && random.nextBoolean() // at first all: none has others' rows only
                          ? Stream.of("--partition", one)
                          : Stream.of())
                  .toArray());

      as = "%s%n%s%s".formatted(as, answer.out(), answer.err());
      long made = 0;
      for (Snapshot snapshot : loaded().snapshots()) {
        made += run.equals(snapshot.summary().get("paritree.run")) ? 1 : 0;
        checkFiles(snapshot, as);
      }

      assertThat(made).as(as).isEqualTo(answer.exitCode() == 0 ? 1 : 0);
      if (isMade) {
        assertThat(answer.exitCode()).as(as).isZero();
      }

      if (answer.exitCode() == 0) {
        assertThat(answer.out()).as(as).contains(one).doesNotContain("already published");
      }
    }

    assertThat(SPARK.table("lossy.scores").count()).isPositive();
  }

  private void checkFiles(Snapshot snapshot, String as) {
    assertThat(file(snapshot.manifestListLocation())).as(as).exists();
    Table now = loaded();
    for (ManifestFile manifest : snapshot.allManifests(now.io())) {
      assertThat(file(manifest.path())).as(as).exists();
    }

    SnapshotChanges.builderFor(now)
        .snapshot(snapshot)
        .build()
        .addedDataFiles()
        .forEach(added -> assertThat(file(added.location())).as(as).exists());
  }

  private static Path file(String location) {
    return Path.of(location.replaceFirst("^file:/*", "/"));
  }

  private static RuntimeException failure(int kind) {
    return switch (kind) {
      case 0 -> new CommitFailedException("409: another writer has committed");
      case 1 -> new CommitStateUnknownException(new IOException("timed out"));
      case 2 -> new ServiceFailureException("503: slow down");
      default -> new IllegalStateException("connection reset");
    };
  }

  /** Another program adds a file to a partition, if it has one. */
  private void insert(String partition) {
    Path rows = table.resolve("data").resolve(partition);
    if (!Files.exists(rows)) {
      return;
    }

    try (Stream<Path> files = Files.list(rows)) {
      Path own = files.filter(Parquets::isParquet).findFirst().orElseThrow();
      Path other = own.resolveSibling("other-%s.parquet".formatted(System.nanoTime()));
      Files.copy(own, other);
      Table now = loaded();
      DataFile added =
          DataFiles.builder(now.spec())
              .withPath(other.toString())
              .withFormat(FileFormat.PARQUET)
              .withFileSizeInBytes(Files.size(other))
              .withRecordCount(1)
              .withPartitionPath(partition)
              .build();
      now.newAppend().appendFile(added).commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
