package io.paritree.lookup;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Some rows on their way into shards, as {@link RowBytes}, sorted by bucket. The first bits of a
 * key's hash are its bucket, and a shard is made of successive buckets. Not thread-safe.
 */
public final class BucketedRows {
  /** About how many bytes of rows are sorted together. */
  public static final int BYTES = 4 << 20;

  private final int scores;
  private final int[] ends;
  private byte[] sorted = {};

  /**
   * @param buckets a power of two
   * @param scores number of scores of a row
   */
  public BucketedRows(int buckets, int scores) {
    this.scores = scores;
    this.ends = new int[buckets];
  }

  /** Puts these rows in the place of those before. */
  public void sort(RowBytes rows) {
    Arrays.fill(ends, 0);
    ByteBuffer from = ByteBuffer.wrap(rows.array(), 0, rows.length());
    for (int at = 0, next; at < rows.length(); at = next) {
      next = RowBytes.end(from, at, scores);
      ends[bucket(from, at)] += next - at;
    }

    int begin = 0;
    for (int bucket = 0; bucket < ends.length; bucket++) {
      int bytes = ends[bucket];
      ends[bucket] = begin;
      begin += bytes;
    }

    sorted = sorted.length < begin ? new byte[begin] : sorted;
    for (int at = 0, next; at < rows.length(); at = next) {
      next = RowBytes.end(from, at, scores);
      int bucket = bucket(from, at);
      System.arraycopy(rows.array(), at, sorted, ends[bucket], next - at);
      ends[bucket] += next - at;
    }
  }

  /** Returns the bucket of the row at an index. */
  private int bucket(ByteBuffer from, int at) {
    return ShardLayout.shard(from.getLong(at), ends.length);
  }

  /** Returns the array that holds the rows from index 0; valid until the next ones. */
  public byte[] array() {
    return sorted;
  }

  /** Returns the index at which the rows of each bucket end; valid until the next ones. */
  public int[] ends() {
    return ends;
  }
}
