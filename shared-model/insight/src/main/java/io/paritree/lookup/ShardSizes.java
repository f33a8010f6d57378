package io.paritree.lookup;

/** Into how many parts the rows of a partition are divided: powers of two. */
public final class ShardSizes {
  /** About how many bytes of rows the maker of a shard holds in memory. */
  public static final long BYTES_PER_SHARD = 48 << 20;

  private static final long ROWS_PER_BUCKET = 250_000;
  private static final long BYTES_PER_BUCKET = 16 << 20;
  private static final int MAX_BUCKETS = 1 << 10;

  private ShardSizes() {}

  /**
   * Returns the number of buckets of {@link BucketedRows}.
   *
   * @param rows about how many
   * @param bytes about their length
   */
  public static int buckets(long rows, long bytes) {
    long wanted = Math.max(rows / ROWS_PER_BUCKET, bytes / BYTES_PER_BUCKET);
    return (int) Long.highestOneBit(Math.max(1, Math.min(MAX_BUCKETS, wanted)));
  }

  /**
   * Returns the number of shards, at most the number of buckets.
   *
   * @param bytes of all rows
   */
  public static int shards(long bytes, int buckets) {
    long wanted = Math.max(1, (bytes + BYTES_PER_SHARD - 1) / BYTES_PER_SHARD);
    return (int) Math.min(buckets, Long.highestOneBit(2 * wanted - 1));
  }
}
