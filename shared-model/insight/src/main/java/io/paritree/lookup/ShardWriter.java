package io.paritree.lookup;

import io.paritree.Sha256;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.profile.ScoreHistogram;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the file of a shard from all of its rows, which it keeps in memory as they came, with 16
 * bytes more for each and the file's buckets. If they are more than a limit, it first puts one
 * record in the place of all rows of each key of several rows, since the file has only their
 * number: so memory depends on the number of keys, however often one occurs. Not thread-safe.
 */
public final class ShardWriter {
  private static final int CHUNK = 1 << 16;
  private static final int SEGMENT = 1 << 20;
  private static final int ROWS_PER_BUCKET = 16;

  private final long seal;
  private final int scores;
  private final ScoreHistogram firstScores = new ScoreHistogram();
  private List<ByteBuffer> segments = new ArrayList<>();
  private long[] held = new long[1_024]; // each row's segment, and its place there
  private int rows; // held
  private long bytes; // of those
  private long limit; // of bytes
  private boolean isOverLimit;
  private long added;
  private long repeatedKeys;
  private long rowBytes; // of the buckets that were written
  private int stored; // their rows that are in the file
  private final long[] hashes = new long[4 * ROWS_PER_BUCKET]; // of a bucket that is sorted

  /**
   * @param seal of this shard; see {@link IndexManifest#seal}
   * @param scores number of scores of a row
   * @param expected how many bytes of rows the shard was to have; if it has more, a key occurs in
   *     many of them
   */
  public ShardWriter(long seal, int scores, long expected) {
    this.seal = seal;
    this.limit = expected + expected / 8;
    this.scores = scores;
  }

  /**
   * Adds rows.
   *
   * @param batch as {@link RowBytes} writes them; not changed from now on
   */
  public void add(byte[] batch, int offset, int length) {
    ByteBuffer segment = ByteBuffer.wrap(batch);
    segments.add(segment);
    int end = offset + length;
    for (int at = offset; at < end; at = RowBytes.end(segment, at, scores)) {
      int kind = RowBytes.kind(segment, at);
      if (segment.get(kind) == ShardLayout.SCORED) {
        firstScores.add(segment.getFloat(kind + 1));
      }

      hold(at);
      added++;
    }

    bytes += length;
    if (bytes > limit) {
      combine();
      limit = Math.max(limit, 2 * bytes);
    }
  }

  /** Keeps where a row of the last segment is. */
  private void hold(int at) {
    if (rows == held.length) {
      held = Arrays.copyOf(held, Math.multiplyExact(2, rows));
    }

    held[rows++] = segments.size() - 1L << Integer.SIZE | at;
  }

  /**
   * Puts one record in the place of the rows of each key of several rows, unless that would not
   * save a half of the bytes.
   *
   * @return the bytes of the rows with one record for each key
   */
  private long combine() {
    isOverLimit = true;
    long[] order = new long[rows];
    int[] ends = byBucket(Math.max(1, rows / ROWS_PER_BUCKET), order);
    for (int bucket = 0; bucket < ends.length; bucket++) {
      sort(order, bucket == 0 ? 0 : ends[bucket - 1], ends[bucket]);
    }

    int kept = 0;
    int repeated = 0;
    long[] counts = new long[16]; // of the keys of several rows, in their order
    long keptBytes = 0;
    for (int at = 0, next; at < order.length; at = next) {
      next = endOfKey(order, at);
      long row = order[at];
      if (next - at == 1) {
        keptBytes += length(row);
        order[kept++] = row;
      } else {
        counts = repeated == counts.length ? Arrays.copyOf(counts, 2 * repeated) : counts;
        counts[repeated++] = count(order, at, next);
        keptBytes += repeatedLength(row);
        order[kept++] = ~row;
      }
    }

    if (keptBytes < bytes / 2) {
      keep(order, kept, counts);
    }

    return keptBytes;
  }

  /** Returns the index after the last row that has the same key as the one at an index. */
  private int endOfKey(long[] order, int at) {
    int end = at + 1;
    while (end < order.length && compareKeys(order[at], order[end]) == 0) {
      end++;
    }

    return end;
  }

  /** Returns the number of rows that a range of the held ones represents. */
  private long count(long[] order, int begin, int end) {
    long count = 0;
    for (int at = begin; at < end; at++) {
      ByteBuffer from = segment(order[at]);
      int kind = RowBytes.kind(from, (int) order[at]);
      count += from.get(kind) == ShardLayout.REPEATED ? from.getLong(kind + 1 + Integer.BYTES) : 1;
    }

    return count;
  }

  private ByteBuffer segment(long row) {
    return segments.get((int) (row >>> Integer.SIZE));
  }

  private int length(long row) {
    return RowBytes.end(segment(row), (int) row, scores) - (int) row;
  }

  private int keyLength(long row) {
    return segment(row).getInt((int) row + Long.BYTES);
  }

  private int repeatedLength(long row) {
    return Long.BYTES + Integer.BYTES + keyLength(row) + 1 + Integer.BYTES + Long.BYTES;
  }

  /** Holds only these rows, each complement as a record of how many rows have its key. */
  private void keep(long[] order, int kept, long[] counts) {
    List<ByteBuffer> old = segments;
    int[] lengths = new int[kept];
    for (int index = 0; index < kept; index++) {
      lengths[index] = order[index] < 0 ? repeatedLength(~order[index]) : length(order[index]);
    }

    segments = new ArrayList<>();
    held = new long[Math.max(1_024, kept)];
    rows = 0;
    bytes = 0;
    int repeated = 0;
    ByteBuffer to = ByteBuffer.allocate(0);
    for (int index = 0; index < kept; index++) {
      if (to.remaining() < lengths[index]) {
        to = ByteBuffer.allocate(Math.max(SEGMENT, lengths[index]));
        segments.add(to);
      }

      hold(to.position());
      bytes += lengths[index];
      long row = order[index] < 0 ? ~order[index] : order[index];
      byte[] from = old.get((int) (row >>> Integer.SIZE)).array();
      if (order[index] >= 0) {
        to.put(from, (int) row, lengths[index]);
      } else {
        int head = lengths[index] - 1 - Integer.BYTES - Long.BYTES;
        to.put(from, (int) row, head).put((byte) ShardLayout.REPEATED);
        to.putInt(Long.BYTES).putLong(counts[repeated++]);
      }
    }
  }

  /** Returns how many rows are held now. */
  int held() {
    return rows;
  }

  /**
   * Writes the file, whose bytes do not depend on the order in which rows were added.
   *
   * @param to not closed
   */
  public BuiltShard write(String name, OutputStream to) throws IOException {
    long distinct = isOverLimit ? combine() : bytes;
    int buckets = (int) Math.max(1, Math.min(1 << 30, distinct / ShardLayout.BUCKET_BYTES));
    long[] order = new long[rows];
    int[] ends = byBucket(buckets, order);
    ByteBuffer directory = ByteBuffer.allocate(Math.multiplyExact(buckets + 1, Integer.BYTES));
    Bytes content = new Bytes();
    rowBytes = 0;
    stored = 0;
    for (int bucket = 0; bucket < buckets; bucket++) {
      directory.putInt(content.size());
      bucket(bucket, order, bucket == 0 ? 0 : ends[bucket - 1], ends[bucket], content);
    }

    directory.putInt(content.size()).flip();
    MessageDigest digest = Sha256.digest();
    OutputStream output = new BufferedOutputStream(new DigestOutputStream(to, digest), CHUNK);
    output.write(header(buckets, content.size(), rowBytes));
    output.write(directory.array());
    content.writeTo(output);
    writeRows(order, output);
    output.flush();
    firstScores.pack();
    long length = rowBytes + content.size() + directory.limit() + ShardLayout.HEADER;
    ShardFile file = new ShardFile(name, length, Sha256.hex(digest));
    return new BuiltShard(file, added, repeatedKeys, firstScores);
  }

  /** Adds a bucket, and puts the rows that have a place at the beginning of {@code order}. */
  private void bucket(int bucket, long[] order, int begin, int end, Bytes content) {
    int start = content.size();
    content.writeBytes(new byte[ShardLayout.CRC]);
    sort(order, begin, end); // only now: the rows are in the processor's cache afterwards
    for (int at = begin, next; at < end; at = next) {
      next = endOfKey(order, at);
      if (entry(order[at], count(order, at, next), content)) {
        order[stored++] = order[at];
      }
    }

    ByteBuffer entries = content.from(start + ShardLayout.CRC);
    content.setInt(start, ShardLayout.checksum(seal, bucket, entries));
  }

  private byte[] header(int buckets, long contentBytes, long rowBytes) {
    ByteBuffer header = ByteBuffer.allocate(ShardLayout.HEADER);
    header.putLong(ShardLayout.MAGIC).putInt(ShardLayout.FORMAT).putLong(seal).putInt(scores);
    header.putInt(buckets).putLong(contentBytes).putLong(rowBytes);
    int checksum = ShardLayout.checksum(seal, 0, header.duplicate().flip());
    return header.putInt(checksum).array();
  }

  /** Sorts the rows by bucket, and otherwise as they came; returns the ends of the buckets. */
  private int[] byBucket(int buckets, long[] order) {
    int[] ends = new int[buckets];
    for (int row = 0; row < rows; row++) {
      ends[ShardLayout.bucket(hash(held[row]), buckets)]++;
    }

    int before = 0;
    for (int bucket = 0; bucket < buckets; bucket++) {
      int count = ends[bucket];
      ends[bucket] = before;
      before += count;
    }

    for (int row = 0; row < rows; row++) {
      order[ends[ShardLayout.bucket(hash(held[row]), buckets)]++] = held[row];
    }

    return ends;
  }

  /** Sorts the rows of a bucket by key. */
  private void sort(long[] order, int begin, int end) {
    if (end - begin > hashes.length) { // a key of many rows
      long[] sorted =
          Arrays.stream(order, begin, end)
              .boxed()
              .sorted(this::compareKeys)
              .mapToLong(Long::longValue)
              .toArray();
      System.arraycopy(sorted, 0, order, begin, sorted.length);
      return;
    }

    for (int at = begin; at < end; at++) { // the processor waits for all rows at the same time
      hashes[at - begin] = hash(order[at]);
    }

    for (int at = begin + 1; at < end; at++) {
      long row = order[at];
      long hash = hashes[at - begin];
      int to = at;
      for (; to > begin && isAfter(hashes[to - 1 - begin], order[to - 1], hash, row); to--) {
        order[to] = order[to - 1];
        hashes[to - begin] = hashes[to - 1 - begin];
      }

      order[to] = row;
      hashes[to - begin] = hash;
    }
  }

  private boolean isAfter(long hash, long row, long otherHash, long other) {
    return hash == otherHash ? compareKeys(row, other) > 0 : hash > otherHash;
  }

  private long hash(long row) {
    return segment(row).getLong((int) row);
  }

  private int compareKeys(long one, long other) {
    long hash = hash(one);
    long otherHash = hash(other);
    if (hash != otherHash) {
      return hash < otherHash ? -1 : 1;
    }

    int length = keyLength(one);
    int otherLength = keyLength(other);
    int at = (int) one + Long.BYTES + Integer.BYTES;
    int otherAt = (int) other + Long.BYTES + Integer.BYTES;
    return Arrays.compare(
        segment(one).array(),
        at,
        at + length,
        segment(other).array(),
        otherAt,
        otherAt + otherLength);
  }

  /** Adds an entry; returns whether it has a place among the rows. */
  private boolean entry(long row, long same, Bytes content) {
    ByteBuffer from = segment(row);
    int key = (int) row + Long.BYTES + Integer.BYTES;
    int keyEnd = RowBytes.kind(from, (int) row);
    int kind = same > 1 ? ShardLayout.REPEATED : from.get(keyEnd);
    content.putVar((long) (keyEnd - key) << ShardLayout.KIND_BITS | kind);
    content.write(from.array(), key, keyEnd - key);
    if (same > 1) {
      repeatedKeys++;
      content.putVar(same);
      return false;
    }

    int rest = RowBytes.rest(from, (int) row, scores);
    content.write(from.array(), keyEnd + 1, rest - keyEnd - 1); // the scores, if there are any
    int length = from.getInt(rest);
    content.putVar(length);
    if (length == 0) {
      return false;
    }

    content.putVar(rowBytes);
    rowBytes += ShardLayout.CRC + length;
    return true;
  }

  private void writeRows(long[] order, OutputStream output) throws IOException {
    long index = 0;
    ByteBuffer checksum = ByteBuffer.allocate(ShardLayout.CRC);
    for (int at = 0; at < stored; at++) {
      ByteBuffer from = segment(order[at]);
      int rest = RowBytes.rest(from, (int) order[at], scores);
      int length = from.getInt(rest);
      ByteBuffer row = ByteBuffer.wrap(from.array(), rest + Integer.BYTES, length);
      checksum.putInt(0, ShardLayout.checksum(seal, index, row));
      output.write(checksum.array());
      output.write(from.array(), rest + Integer.BYTES, length);
      index += ShardLayout.CRC + length;
    }
  }

  /** The buckets of a file. */
  private static final class Bytes extends ByteArrayOutputStream {
    private Bytes() {
      super(CHUNK);
    }

    private ByteBuffer from(int start) {
      return ByteBuffer.wrap(buf, start, count - start);
    }

    private void setInt(int at, int value) {
      ByteBuffer.wrap(buf).putInt(at, value);
    }

    private void putVar(long value) {
      long rest = value;
      for (; rest >= 0x80; rest >>>= 7) {
        write((int) rest | 0x80);
      }

      write((int) rest);
    }
  }
}
