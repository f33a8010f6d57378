package io.paritree.spark.score;

import io.paritree.spark.input.HadoopPaths;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Finds out whether two of the {@link KeyHashes} of a run are equal. Tasks look through many, so
 * that the driver holds none of them.
 *
 * <p>If none are equal, no key is repeated in a partition. Otherwise some keys may be: two
 * different keys have the same hash about once in 2^65 / n^2 runs of n rows.
 *
 * @param files the files, as Hadoop paths
 * @param hashes the number of hashes in all files
 */
public record RepeatedHashes(ArrayList<String> files, int buckets, long hashes)
    implements Serializable {
  /** The table of more hashes would leave the cache. */
  private static final long HASHES_PER_BUCKET = 1 << 19;

  private static final int MAX_BUCKETS = 1 << 12;

  /** For up to this many hashes, a Spark job would take longer than looking through them. */
  private static final long FEW = 2_000_000;

  private static final int TASKS_PER_CORE = 2;

  /** Returns the number of buckets for the hashes of a run, a power of two. */
  public static int buckets(long rows) {
    long buckets = Math.max(1, Math.min(MAX_BUCKETS, rows / HASHES_PER_BUCKET));
    return (int) Long.highestOneBit(2 * buckets - 1);
  }

  /** Returns whether two hashes are equal. */
  public boolean any(SparkSession session) {
    Configuration hadoop = HadoopPaths.settings(session);
    if (hashes <= FEW) {
      return IntStream.range(0, buckets).anyMatch(bucket -> any(bucket, hadoop));
    }

    JavaSparkContext context = new JavaSparkContext(session.sparkContext());
    Broadcast<SerializableConfiguration> settings =
        context.broadcast(new SerializableConfiguration(hadoop));
    try {
      List<Integer> all = IntStream.range(0, buckets).boxed().toList();
      return context
          .parallelize(all, Math.min(buckets, TASKS_PER_CORE * context.defaultParallelism()))
          .map(bucket -> any(bucket, settings.value().value()))
          .reduce(Boolean::logicalOr);
    } finally {
      settings.destroy();
    }
  }

  /**
   * Returns whether two hashes of a bucket are equal. Memory is needed for the different ones,
   * however often one occurs.
   */
  boolean any(int bucket, Configuration hadoop) {
    HashTable table = new HashTable();
    for (String file : files) {
      Path path = new Path(file);
      try {
        FileSystem system = HadoopPaths.withoutChecksums(path, hadoop);
        try (FSDataInputStream in = system.open(path)) {
          if (any(bucket, in, system.getFileStatus(path).getLen(), table)) {
            return true;
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read %s: %s".formatted(file, e.getMessage()), e);
      }
    }

    return false;
  }

  private boolean any(int bucket, FSDataInputStream in, long length, HashTable table)
      throws IOException {
    ByteBuffer counts = ByteBuffer.allocate(buckets * Integer.BYTES);
    for (long at = 0; at < length; ) {
      in.readFully(at, counts.array());
      at += counts.capacity();
      long own = at;
      for (int other = 0; other < buckets; other++) {
        long bytes = (long) Long.BYTES * counts.getInt(other * Integer.BYTES);
        own += other < bucket ? bytes : 0;
        at += bytes;
      }

      ByteBuffer read = ByteBuffer.allocate(Long.BYTES * counts.getInt(bucket * Integer.BYTES));
      in.readFully(own, read.array());
      while (read.hasRemaining()) {
        if (!table.add(read.getLong())) {
          return true;
        }
      }
    }

    return false;
  }

  /** A set of hashes with open addressing; a hash's last bits are the first place that is tried. */
  private static final class HashTable {
    private long[] places = new long[1 << 16];
    private int held;

    /** Adds a hash; returns whether it was not in the set. */
    private boolean add(long hash) {
      long kept = hash == 0 ? 1 : hash; // 0 is a free place
      int mask = places.length - 1;
      int place = (int) kept & mask;
      while (places[place] != 0) {
        if (places[place] == kept) {
          return false;
        }

        place = (place + 1) & mask;
      }

      places[place] = kept;
      held++;
      if (2 * held > places.length) {
        grow();
      }

      return true;
    }

    private void grow() {
      long[] old = places;
      places = new long[Math.multiplyExact(2, old.length)];
      held = 0;
      for (long hash : old) {
        if (hash != 0) {
          add(hash);
        }
      }
    }
  }
}
