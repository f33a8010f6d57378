package io.paritree.lookup.build;

import io.paritree.lookup.ShardLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Rows on their way into shards, in a file that is a sequence of chunks.
 *
 * <p>A chunk begins with one int per bucket, the length of its rows in the chunk; then the rows
 * follow, bucket by bucket, as {@link RowRecords}. The first bits of a key's hash are its bucket,
 * and a shard is made of successive buckets. Memory is that of two chunks. Not thread-safe.
 */
public final class RowChunks {
  /** About how many bytes of rows a chunk has. */
  public static final int BYTES = 4 << 20;

  private final int scores;
  private final int[] ends;
  private ByteBuffer sorted = ByteBuffer.allocate(0);
  private int length;

  /** A file of chunks. */
  @FunctionalInterface
  public interface File {
    /** Fills an array with the bytes from a position on. */
    void read(long at, byte[] to) throws IOException;
  }

  /**
   * @param buckets a power of two
   * @param scores number of scores of a row
   */
  public RowChunks(int buckets, int scores) {
    this.scores = scores;
    this.ends = new int[buckets];
  }

  /** Makes the chunk of these rows. */
  public void sort(RowRecords records) {
    Arrays.fill(ends, 0);
    ByteBuffer from = ByteBuffer.wrap(records.array(), 0, records.length());
    for (int at = 0, next; at < records.length(); at = next) {
      next = RowRecords.end(from, at, scores);
      ends[bucket(from, at)] += next - at;
    }

    int header = ends.length * Integer.BYTES;
    length = header + records.length();
    if (sorted.capacity() < length) {
      sorted = ByteBuffer.allocate(length);
    }

    int end = header;
    for (int bucket = 0; bucket < ends.length; bucket++) {
      sorted.putInt(bucket * Integer.BYTES, ends[bucket]);
      int bytes = ends[bucket];
      ends[bucket] = end;
      end += bytes;
    }

    for (int at = 0, next; at < records.length(); at = next) {
      next = RowRecords.end(from, at, scores);
      int bucket = bucket(from, at);
      System.arraycopy(records.array(), at, sorted.array(), ends[bucket], next - at);
      ends[bucket] += next - at;
    }
  }

  /** Returns the bucket of the row at an index. */
  private int bucket(ByteBuffer from, int at) {
    return ShardLayout.shard(from.getLong(at), ends.length);
  }

  /** Returns the array that holds the chunk from index 0; valid until the next one. */
  public byte[] array() {
    return sorted.array();
  }

  /** Returns the length of the chunk. */
  public int length() {
    return length;
  }

  /**
   * Reads the rows of successive buckets.
   *
   * @param length of the file
   * @param buckets in each chunk
   * @param first the first bucket that is read
   * @param end the bucket after the last one
   */
  static void read(File in, long length, int buckets, int first, int end, ShardWriter to)
      throws IOException {
    ByteBuffer lengths = ByteBuffer.allocate(buckets * Integer.BYTES);
    for (long at = 0; at < length; ) {
      in.read(at, lengths.array());
      at += lengths.capacity();
      long begin = at;
      int own = 0;
      for (int bucket = 0; bucket < buckets; bucket++) {
        int bytes = lengths.getInt(bucket * Integer.BYTES);
        begin += bucket < first ? bytes : 0;
        own += bucket >= first && bucket < end ? bytes : 0;
        at += bytes;
      }

      byte[] records = new byte[own];
      in.read(begin, records);
      to.add(records, 0, own);
    }
  }
}
