package io.paritree.spark.keys;

import io.paritree.spark.input.HadoopPaths;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
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
 * Counts the hashes of {@link KeyHashes} that repeat another one. Many hashes are counted in tasks,
 * so that the driver holds none of them.
 *
 * <p>Zero means that no key is repeated in a partition. More means that some keys may be: two
 * different keys have the same hash about once in 2^65 / n^2 runs of n rows.
 */
public final class RepeatedHashes implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Buckets are read in groups; this is about the number of hashes in a group, 8 bytes each. */
  private static final long HASHES_PER_GROUP = 1_000_000;

  private static final int BUCKETS_PER_GROUP = 32;
  private static final int MAX_GROUPS = 1 << 12;

  /** Up to this many hashes, a Spark job would take longer than the counting; the driver counts. */
  private static final long FEW = 2_000_000;

  private static final int TASKS_PER_CORE = 2;

  /** Where a group has more hashes than this, those that are equal are held once. */
  private static final int MOST_HELD = 2_000_000;

  private final ArrayList<String> files;
  private final int buckets;
  private final long hashes;
  private final int mostHeld;

  /**
   * @param files the files, as Hadoop paths
   * @param hashes the number of hashes in all files
   */
  public RepeatedHashes(List<String> files, int buckets, long hashes) {
    this(files, buckets, hashes, MOST_HELD);
  }

  /**
   * @param mostHeld how many hashes of a group are held before equal ones are combined
   */
  RepeatedHashes(List<String> files, int buckets, long hashes, int mostHeld) {
    this.mostHeld = mostHeld;
    this.files = new ArrayList<>(files);
    this.buckets = buckets;
    this.hashes = hashes;
  }

  /** Returns the number of buckets for the hashes of a run, a power of two. */
  public static int buckets(long rows) {
    long groups = Math.max(1, Math.min(MAX_GROUPS, rows / HASHES_PER_GROUP));
    return BUCKETS_PER_GROUP * (int) Long.highestOneBit(2 * groups - 1);
  }

  /** Returns whether keys of these types can be hashed. */
  public static boolean canHash(List<org.apache.spark.sql.types.DataType> types) {
    return KeyHasher.of(types).isPresent();
  }

  /** Returns the number of hashes that repeat an earlier one. */
  public long count(SparkSession session) {
    Configuration hadoop = HadoopPaths.settings(session);
    int groups = buckets / BUCKETS_PER_GROUP;
    if (hashes <= FEW) {
      return IntStream.range(0, groups).mapToLong(group -> count(group, hadoop)).sum();
    }

    JavaSparkContext context = new JavaSparkContext(session.sparkContext());
    Broadcast<SerializableConfiguration> settings =
        context.broadcast(new SerializableConfiguration(hadoop));
    try {
      List<Integer> all = IntStream.range(0, groups).boxed().toList();
      return context
          .parallelize(all, Math.min(groups, TASKS_PER_CORE * context.defaultParallelism()))
          .map(group -> count(group, settings.value().value()))
          .reduce(Long::sum);
    } finally {
      settings.destroy();
    }
  }

  /** Returns the number of hashes of a group of buckets that repeat an earlier one. */
  long count(int group, Configuration hadoop) {
    Group hashes = new Group(group, buckets, mostHeld);
    for (String file : files) {
      Path path = new Path(file);
      try {
        FileSystem system = KeyHashes.fileSystem(path, hadoop);
        try (FSDataInputStream in = system.open(path)) {
          hashes.read(in, system.getFileStatus(path).getLen());
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read %s: %s".formatted(file, e.getMessage()), e);
      }
    }

    return hashes.repeated();
  }

  /**
   * The hashes of one group of buckets, from the chunks of all files. Memory depends on the number
   * of different ones, however often one occurs.
   */
  private static final class Group {
    private final int first;
    private final ByteBuffer counts;
    private final List<int[]> ends = new ArrayList<>();
    private final List<ByteBuffer> segments = new ArrayList<>();
    private final HashTable table = new HashTable();
    private long most;
    private long held;
    private long repeated; // those that are not held any more

    private Group(int group, int buckets, int most) {
      this.first = group * BUCKETS_PER_GROUP;
      this.most = most;
      this.counts = ByteBuffer.allocate(buckets * Integer.BYTES);
    }

    private void read(FSDataInputStream in, long length) throws IOException {
      for (long at = 0; at < length; ) {
        in.readFully(at, counts.array());
        long before = 0;
        long all = 0;
        int[] endsOfChunk = new int[BUCKETS_PER_GROUP];
        int end = 0;
        for (int bucket = 0; bucket < counts.capacity() / Integer.BYTES; bucket++) {
          int count = counts.getInt(bucket * Integer.BYTES);
          int within = bucket - first;
          if (within >= 0 && within < BUCKETS_PER_GROUP) {
            end += count * Long.BYTES;
            endsOfChunk[within] = end;
          }

          before += within < 0 ? count : 0;
          all += count;
        }

        byte[] segment = new byte[end];
        in.readFully(at + counts.capacity() + before * Long.BYTES, segment);
        ends.add(endsOfChunk);
        segments.add(ByteBuffer.wrap(segment));
        held += end / Long.BYTES;
        at += counts.capacity() + all * Long.BYTES;
        if (held > most) {
          combine();
        }
      }
    }

    /** Receives each hash that is held, once. */
    private interface Different {
      void add(long hash);
    }

    /** Goes bucket by bucket, because the table of one bucket fits into a core's cache. */
    private int different(int bucket, Different to) {
      table.clear();
      int different = 0;
      for (int chunk = 0; chunk < segments.size(); chunk++) {
        int at = bucket == 0 ? 0 : ends.get(chunk)[bucket - 1];
        int end = ends.get(chunk)[bucket];
        ByteBuffer segment = segments.get(chunk);
        for (; at < end; at += Long.BYTES) {
          long hash = segment.getLong(at);
          if (table.add(hash)) {
            to.add(hash);
            different++;
          }
        }
      }

      return different;
    }

    /** Holds equal hashes once. */
    private void combine() {
      int[] endsOfAll = new int[BUCKETS_PER_GROUP];
      long[][] all = {new long[1 << 10]};
      int[] count = {0};
      for (int bucket = 0; bucket < BUCKETS_PER_GROUP; bucket++) {
        different(
            bucket,
            hash -> {
              if (count[0] == all[0].length) {
                all[0] = Arrays.copyOf(all[0], 2 * count[0]);
              }

              all[0][count[0]++] = hash;
            });
        endsOfAll[bucket] = count[0] * Long.BYTES;
      }

      segments.clear();
      ends.clear();
      ByteBuffer segment = ByteBuffer.allocate(count[0] * Long.BYTES);
      segment.asLongBuffer().put(all[0], 0, count[0]);
      segments.add(segment);
      ends.add(endsOfAll);
      repeated += held - count[0];
      held = count[0];
      most = Math.max(most, 2 * held);
    }

    private long repeated() {
      long different = 0;
      for (int bucket = 0; bucket < BUCKETS_PER_GROUP; bucket++) {
        different += different(bucket, hash -> {});
      }

      return repeated + held - different;
    }
  }

  /** A set of hashes with open addressing; a hash's last bits are the first place that is tried. */
  private static final class HashTable {
    private long[] places = new long[1 << 16];
    private int held;
    private boolean holdsZero;

    private void clear() {
      Arrays.fill(places, 0);
      held = 0;
      holdsZero = false;
    }

    /** Adds a hash; returns whether it was not in the set. */
    private boolean add(long hash) {
      if (hash == 0) {
        boolean isNew = !holdsZero;
        holdsZero = true;
        return isNew;
      }

      int mask = places.length - 1;
      int place = (int) hash & mask;
      while (places[place] != 0) {
        if (places[place] == hash) {
          return false;
        }

        place = (place + 1) & mask;
      }

      places[place] = hash;
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
