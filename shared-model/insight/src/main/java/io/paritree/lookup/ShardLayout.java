package io.paritree.lookup;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The file of a shard: the rows whose hashes of keys have the same first bits.
 *
 * <pre>
 *   shard      header, directory, buckets, rows
 *   header     magic (8), format (4), seal (8), scores per row (4), number of buckets (4),
 *              length of the buckets (8), length of the rows (8), CRC-32C of all this (4)
 *   directory  per bucket, the index of its first byte among the buckets (4); then their length (4)
 *   bucket     CRC-32C (4) of the seal, the bucket's number and all entries; entries
 *   entry      4 * length of the key + kind, key, what the kind has
 *   scored     the scores (4 each), and the place of the members
 *   faulty     the place of the faults
 *   repeated   how many rows have the key
 *   place      length; if that is not 0, the index of the first byte among the rows
 *   rows       per place, CRC-32C (4) of the seal, the index, and the content; content
 * </pre>
 *
 * <p>Numbers without a size are in groups of 7 bits, least first, each byte but the last with its
 * highest bit set; all others are big-endian. A bucket is found by the last 32 bits of the hash.
 * Every answer, also that a key is absent, is read from a bucket whose checksum was compared; and
 * since the checksum covers the seal, which only this shard of this index has, no bucket of another
 * file or place is taken for it.
 */
public final class ShardLayout {
  public static final long MAGIC = 0x5054_4c4f_4f4b_5550L; // PTLOOKUP
  public static final int FORMAT = 1;
  public static final int HEADER = 48;
  public static final int CRC = Integer.BYTES;

  /** About as many bytes are read and checked for a key. */
  public static final int BUCKET_BYTES = 512;

  /**
   * The most bytes of a bucket, and of what a row has beside its key and scores: a damaged length
   * could ask for any number. Rows that are longer are not written.
   */
  public static final int MAX_READ = 8 << 20;

  /** The most bytes of a key and its scores: several of them are a bucket that is read. */
  public static final int MAX_ENTRY = 1 << 20;

  public static final int KIND_BITS = 2;

  /** The kind of a scored row. */
  public static final byte SCORED = 0;

  /** The kind of a row that could not be scored. */
  public static final byte QUARANTINED = 1;

  /** The kind of a key of several rows. */
  public static final int REPEATED = 2;

  private ShardLayout() {}

  /** Returns the number of the bucket of a key in its shard. */
  public static int bucket(long hash, int buckets) {
    return (int) ((hash & 0xffff_ffffL) * buckets >>> 32);
  }

  /**
   * Returns the number of the shard of a key.
   *
   * @param shards a power of two
   */
  public static int shard(long hash, int shards) {
    return shards == 1 ? 0 : (int) (hash >>> Long.numberOfLeadingZeros(shards) + 1);
  }

  /**
   * Returns the checksum of a part of the file.
   *
   * @param place the number of the bucket, or the index among the rows
   */
  public static int checksum(long seal, long place, ByteBuffer content) {
    CRC32C checksum = new CRC32C();
    checksum.update(ByteBuffer.allocate(2 * Long.BYTES).putLong(seal).putLong(place).flip());
    checksum.update(content);
    return (int) checksum.getValue();
  }
}
