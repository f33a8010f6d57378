package io.paritree.spark.lookup;

import io.paritree.Fault;
import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.build.LongRowException;
import io.paritree.lookup.build.RowChunks;
import io.paritree.lookup.build.RowRecords;
import io.paritree.output.StoredFaults;
import io.paritree.spark.task.LookupFile;
import io.paritree.spark.task.TaskPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The rows of one task attempt on their way into the indexes of their partitions.
 *
 * <p>They are written beside the scored rows, a file per partition, so that nothing is read or
 * shuffled again; each is a file of {@link RowChunks}. Not thread-safe.
 */
public final class LookupRows {
  private final Configuration hadoop;
  private final Path directory;
  private final String attempt;
  private final String prefix;
  private final KeyEncoder encoder;
  private final RowMembers members;
  private final int carried;
  private final float[] scores;
  private final KeyBytes key = new KeyBytes();
  private final RowRecords records = new RowRecords(RowChunks.BYTES / 4);
  private final RowChunks chunks;
  private final List<LookupFile> written = new ArrayList<>();
  private OutputStream file;
  private Path path;
  private String partition;
  private long rows;
  private long bytes;
  private long withoutKey;
  private String problem; // null if there is none

  /**
   * @param directory the attempt's directory
   * @param attempt the attempt's name below the run's directory of tasks
   * @param prefix the beginning of the files' names, unique for the attempt
   * @param scores number of scores of a row, which follow the carried columns
   */
  public LookupRows(
      TaskPlan plan,
      Configuration hadoop,
      Path directory,
      String attempt,
      String prefix,
      int scores) {
    this.hadoop = hadoop;
    this.directory = directory;
    this.attempt = attempt;
    this.prefix = prefix;
    this.encoder = new KeyEncoder(plan.keyFields());
    this.chunks = new RowChunks(plan.lookupBuckets(), scores);
    this.carried = plan.output().carried().length;
    this.scores = new float[scores];
    this.members =
        new RowMembers(
            plan.output().columns(),
            range(plan.keys().columns(), carried),
            range(carried + scores, plan.output().columns().size() - 1));
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  /**
   * Returns the file system of a file of an index; a local one without files of checksums, since
   * indexes have their own.
   */
  static FileSystem fileSystem(Path path, Configuration hadoop) throws IOException {
    FileSystem system = path.getFileSystem(hadoop);
    return system instanceof LocalFileSystem local ? local.getRaw() : system;
  }

  /**
   * Adds a scored row.
   *
   * @param row as it is written to the output
   */
  public void add(String to, InternalRow row) {
    if (begin(to, row)) {
      for (int score = 0; score < scores.length; score++) {
        scores[score] = row.getFloat(carried + score);
      }

      members.write(row);
      try {
        records.addScored(key, key.hash(), scores, members.array(), members.length());
        end();
      } catch (LongRowException e) {
        problem = problem(e);
      }
    }
  }

  /**
   * Adds a row that could not be scored.
   *
   * @param row begins with the columns of the key
   */
  public void addQuarantined(String to, InternalRow row, List<Fault> faults) {
    if (begin(to, row)) {
      try {
        records.addQuarantined(key, key.hash(), StoredFaults.json(faults));
        end();
      } catch (LongRowException e) {
        problem = problem(e);
      }
    }
  }

  private String problem(LongRowException e) {
    return "index of %s (--lookup-index): %s; pass fewer or shorter columns"
        .formatted(partition.isEmpty() ? "the output" : partition, e.getMessage());
  }

  /** Returns why an index cannot have one of the rows; empty if it can have all. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Returns whether the row has a key, which is encoded then. */
  private boolean begin(String to, InternalRow row) {
    if (!to.equals(partition)) {
      closeFile();
      partition = to;
    }

    if (encoder.encode(row, key)) {
      return true;
    }

    withoutKey++;
    return false;
  }

  private void end() {
    rows++;
    if (records.length() >= RowChunks.BYTES) {
      writeChunk();
    }
  }

  private void writeChunk() {
    chunks.sort(records);
    try {
      if (file == null) {
        path = new Path(directory, prefix + "-" + written.size());
        file = fileSystem(path, hadoop).create(path, false);
      }

      file.write(chunks.array(), 0, chunks.length());
    } catch (IOException | FSError e) {
      throw failure(e);
    }

    bytes += records.length();
    records.clear();
  }

  private UncheckedIOException failure(Throwable cause) {
    return new UncheckedIOException(
        new IOException("Cannot write %s: %s".formatted(path, cause.getMessage()), cause));
  }

  private void closeFile() {
    if (partition == null) {
      return;
    }

    if (records.length() > 0) {
      writeChunk();
    }

    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException | FSError e) {
      throw failure(e);
    }

    String name = file == null ? "" : attempt + "/" + path.getName();
    written.add(new LookupFile(name, partition, rows, bytes, withoutKey));
    file = null;
    rows = 0;
    bytes = 0;
    withoutKey = 0;
  }

  /** Closes the last file, and returns all that were written. */
  public List<LookupFile> close() {
    closeFile();
    return written;
  }
}
