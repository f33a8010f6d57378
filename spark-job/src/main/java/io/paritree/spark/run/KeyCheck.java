package io.paritree.spark.run;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.score.KeyHasher;
import io.paritree.spark.score.RepeatedHashes;
import io.paritree.spark.settings.JobSettings.Duplicates;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.WrittenFile;
import io.paritree.store.Location;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Counts the rows of a group that repeat a key of their partition.
 *
 * <p>Tasks hash the keys while they score. If all hashes differ, all keys do. Only otherwise are
 * the keys themselves compared, which shuffles them.
 */
final class KeyCheck {
  private static final int BYTES_PER_CSV_ROW = 20;

  private final SparkSession session;
  private final Duplicates duplicates;
  private final StructType output;
  private final List<String> keys;
  private final int buckets;

  KeyCheck(SparkSession session, CheckedRun checked) {
    this.session = session;
    this.duplicates = checked.settings().conditions().duplicates();
    this.output = checked.rows();
    this.keys = checked.carried().keys();
    this.buckets = duplicates == Duplicates.ADMITTED || !canHash() ? 0 : buckets(checked);
  }

  private boolean canHash() {
    return KeyHasher.of(keys.stream().map(key -> output.apply(key).dataType()).toList())
        .isPresent();
  }

  private static int buckets(CheckedRun checked) {
    List<InputFile> files = checked.files();
    long bytes = files.stream().mapToLong(InputFile::bytes).sum();
    return RepeatedHashes.buckets(checked.input().rowsOf(files).orElse(bytes / BYTES_PER_CSV_ROW));
  }

  /** Returns the number of buckets for the hashes of the keys; 0 if keys are not hashed. */
  int buckets() {
    return buckets;
  }

  /**
   * Returns how many staged rows repeat a key of their partition; {@link JobReport#NOT_COUNTED} if
   * repeated keys are not counted.
   *
   * @param staged the files of the partitions that are to be published; the files of a partition
   *     are in one directory
   */
  long repeated(RunDirectory directory, List<Location> staged, Tally tally) {
    if (duplicates == Duplicates.ADMITTED) {
      return JobReport.NOT_COUNTED;
    }

    boolean anyMay =
        !staged.isEmpty()
            && tally.rows().scored() > 0
            && (buckets == 0 || anyHashIsRepeated(directory, tally.keys()));
    return anyMay ? new DuplicateKeys(session, output, keys).count(staged) : 0;
  }

  private boolean anyHashIsRepeated(RunDirectory directory, List<WrittenFile> files) {
    ArrayList<String> paths = new ArrayList<>();
    files.forEach(
        file -> paths.add(HadoopPaths.of(directory.tasks().resolve(file.path())).toString()));
    long hashes = files.stream().mapToLong(WrittenFile::rows).sum();
    return new RepeatedHashes(paths, buckets, hashes).any(session);
  }
}
