package io.paritree.spark.lookup;

import io.paritree.lookup.BucketedRows;
import io.paritree.lookup.LongRowException;
import io.paritree.lookup.RowBytes;
import io.paritree.spark.task.JavaSerialized;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import scala.Tuple2;

/**
 * The rows of some files, as one task of a shuffle returns them: by bucket, in batches of {@link
 * RowBytes}; and at last, after all buckets, its {@link Counts}. It needs memory for a row group
 * and two batches. Not thread-safe.
 */
final class RowBatches implements Iterator<Tuple2<Integer, Object>>, AutoCloseable {
  private final IndexPlan plan;
  private final Configuration hadoop;
  private final Iterator<JavaSerialized<File>> files;
  private final RowBytes gathered = new RowBytes(BucketedRows.BYTES / 4);
  private final Queue<Tuple2<Integer, Object>> ready = new ArrayDeque<>();
  private final Counts counts;
  private final Map<String, Integer> numbers = new HashMap<>(); // of the partitions
  private BucketedRows bucketed;
  private int partition = -1; // of the gathered rows
  private RowFile file; // null if none is open
  private boolean isFinished;

  /**
   * A file that is read.
   *
   * @param path a Hadoop path
   * @param partition the number of its partition; negative if its rows were quarantined
   */
  record File(String path, int partition) implements Serializable {}

  /**
   * What a task has read, by the numbers of the partitions.
   *
   * @param bytes the length of the rows
   * @param withoutKey how many rows have no key
   * @param problems why an index cannot have one of the rows; null if it can have all
   */
  record Counts(long[] bytes, long[] withoutKey, String[] problems) implements Serializable {}

  RowBatches(IndexPlan plan, Configuration hadoop, Iterator<JavaSerialized<File>> files) {
    this.plan = plan;
    this.hadoop = hadoop;
    this.files = files;
    plan.partitions().forEach(part -> numbers.put(part.name(), numbers.size()));
    int partitions = plan.partitions().size();
    this.counts = new Counts(new long[partitions], new long[partitions], new String[partitions]);
  }

  @Override
  public boolean hasNext() {
    try {
      while (ready.isEmpty() && !isFinished) {
        advance();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return !ready.isEmpty();
  }

  @Override
  public Tuple2<Integer, Object> next() {
    return ready.remove();
  }

  private void advance() throws IOException {
    if (file != null) {
      read();
    } else if (files.hasNext()) {
      open(files.next().value());
    } else {
      flush();
      ready.add(new Tuple2<>(plan.buckets(), new JavaSerialized<>(counts)));
      isFinished = true;
    }
  }

  private void open(File next) throws IOException {
    Path path = new Path(next.path());
    file =
        RowFile.open(
            HadoopInputFile.fromPath(path, hadoop),
            HadoopReadOptions.builder(hadoop, path).usePageChecksumVerification(true).build(),
            next.partition() < 0
                ? new QuarantinedRows(plan.keys(), name -> rowsOf(numbers.getOrDefault(name, -1)))
                : new IndexedRows(plan.keys().names(), plan.scores(), rowsOf(next.partition())));
  }

  /** Returns what takes the rows of a partition; null if it is not indexed. */
  private RowBytes rowsOf(int next) {
    if (next < 0) {
      return null;
    } else if (next != partition) {
      flush();
      partition = next;
      bucketed = new BucketedRows(plan.partitions().get(next).buckets(), plan.scores().size());
    }

    return gathered;
  }

  private void read() throws IOException {
    try {
      while (ready.isEmpty() && gathered.length() < BucketedRows.BYTES) {
        if (!file.next()) {
          close();
          return;
        }
      }
    } catch (LongRowException e) {
      counts.problems()[partition] = e.getMessage();
      close();
      return;
    }

    flush();
  }

  private void flush() {
    if (gathered.rows() == 0) {
      return;
    }

    counts.bytes()[partition] += gathered.length();
    counts.withoutKey()[partition] += gathered.withoutKey();
    bucketed.sort(gathered);
    int bucket = plan.partitions().get(partition).first();
    int begin = 0;
    for (int end : bucketed.ends()) {
      if (end > begin) {
        ready.add(new Tuple2<>(bucket, Arrays.copyOfRange(bucketed.array(), begin, end)));
      }

      begin = end;
      bucket++;
    }

    gathered.clear();
  }

  /** Closes the file that is open. */
  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
        file = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
