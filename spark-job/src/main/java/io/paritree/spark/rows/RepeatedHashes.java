package io.paritree.spark.rows;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Counts the hashes of {@link KeyHashes} that stand twice, bucket by bucket: in tasks, so that the
 * driver holds none of them.
 *
 * <p>Zero says that no key stands twice in a partition. More says that some may: two keys may have
 * one hash, about once in 2^65 / n^2 runs of n rows.
 */
public final class RepeatedHashes implements Serializable {
  private static final long serialVersionUID = 1L;

  /** About as many hashes are looked at together: with their table, 24 bytes each. */
  private static final long HASHES_PER_BUCKET = 400_000;

  private static final int MAX_BUCKETS = 1 << 12;

  /** With fewer hashes a Spark job would take longer than the work. */
  private static final long FEW = 2_000_000;

  private static final int TASKS_PER_CORE = 2;

  private final ArrayList<String> files;
  private final int buckets;
  private final long hashes;

  /**
   * @param files the files, as Hadoop paths
   * @param hashes how many they hold
   */
  public RepeatedHashes(List<String> files, int buckets, long hashes) {
    this.files = new ArrayList<>(files);
    this.buckets = buckets;
    this.hashes = hashes;
  }

  /** Returns into how many buckets the hashes of a run go: a power of two. */
  public static int buckets(long rows) {
    long wanted = Math.max(1, Math.min(MAX_BUCKETS, rows / HASHES_PER_BUCKET));
    return (int) Long.highestOneBit(2 * wanted - 1);
  }

  /** Returns whether keys of these types can be hashed. */
  public static boolean canHash(List<org.apache.spark.sql.types.DataType> types) {
    return KeyHasher.of(types).isPresent();
  }

  /** Returns how many hashes stand after an equal one. */
  public long count(SparkSession session) {
    Configuration hadoop = session.sessionState().newHadoopConf();
    if (hashes <= FEW) {
      return IntStream.range(0, buckets).mapToLong(bucket -> count(bucket, hadoop)).sum();
    }

    JavaSparkContext context = new JavaSparkContext(session.sparkContext());
    Broadcast<SerializableConfiguration> told =
        context.broadcast(new SerializableConfiguration(hadoop));
    try {
      List<Integer> all = IntStream.range(0, buckets).boxed().toList();
      return context
          .parallelize(all, Math.min(buckets, TASKS_PER_CORE * context.defaultParallelism()))
          .map(bucket -> count(bucket, told.value().value()))
          .reduce(Long::sum);
    } finally {
      told.destroy();
    }
  }

  private long count(int bucket, Configuration hadoop) {
    HashTable table = new HashTable(hashes / buckets);
    Chunks chunks = new Chunks(buckets);
    for (String file : files) {
      Path path = new Path(file);
      try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
        chunks.read(in, path.getFileSystem(hadoop).getFileStatus(path).getLen(), bucket, table);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read %s: %s".formatted(file, e.getMessage()), e);
      }
    }

    return table.repeated();
  }

  /** Reads one bucket of all chunks of a file. */
  private static final class Chunks {
    private final ByteBuffer counts;
    private byte[] hashes = new byte[0];

    private Chunks(int buckets) {
      this.counts = ByteBuffer.allocate(buckets * Integer.BYTES);
    }

    private void read(FSDataInputStream in, long length, int bucket, HashTable table)
        throws IOException {
      for (long at = 0; at < length; ) {
        in.readFully(at, counts.array());
        long before = 0;
        long all = 0;
        for (int index = 0; index < counts.capacity() / Integer.BYTES; index++) {
          int count = counts.getInt(index * Integer.BYTES);
          before += index < bucket ? count : 0;
          all += count;
        }

        int count = counts.getInt(bucket * Integer.BYTES);
        if (hashes.length < count * Long.BYTES) {
          hashes = new byte[count * Long.BYTES];
        }

        in.readFully(at + counts.capacity() + before * Long.BYTES, hashes, 0, count * Long.BYTES);
        ByteBuffer read = ByteBuffer.wrap(hashes);
        for (int index = 0; index < count; index++) {
          table.add(read.getLong(index * Long.BYTES));
        }

        at += counts.capacity() + all * Long.BYTES;
      }
    }
  }

  /** A set of hashes, with open addressing: the last bits of a hash are its first place. */
  private static final class HashTable {
    private long[] places;
    private int held;
    private boolean holdsZero;
    private long repeated;

    private HashTable(long expected) {
      long wanted = Math.max(16, Math.min(1 << 28, 2 * expected));
      this.places = new long[(int) Long.highestOneBit(2 * wanted - 1)];
    }

    private void add(long hash) {
      if (hash == 0) {
        repeated += holdsZero ? 1 : 0;
        holdsZero = true;
        return;
      }

      if (2 * held > places.length) {
        grow();
      }

      int mask = places.length - 1;
      int place = (int) hash & mask;
      while (places[place] != 0) {
        if (places[place] == hash) {
          repeated++;
          return;
        }

        place = (place + 1) & mask;
      }

      places[place] = hash;
      held++;
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

    private long repeated() {
      return repeated;
    }
  }
}
