package io.paritree.lookup.build;

import io.paritree.Sha256;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.lookup.ShardLayout;
import io.paritree.output.ScoreHistogram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the file of a shard from all of its rows, which it keeps in memory as they came, with 12
 * bytes more for each and the file's buckets. If they are more than a limit, it first puts one
 * record in the place of all rows of each key of several rows, of which the file has only their
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
  private int[] segmentOf = new int[1_024];
  private int[] placeOf = new int[1_024];
  private int rows; // held
  private long bytes; // of those
  private long limit; // of bytes
  private boolean isOverLimit;
  private long added;
  private long repeatedKeys;
  private long rowBytes; // of the buckets that were written
  private int stored; // their rows that are in the file

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
   * @param records as {@link RowRecords} writes them; not changed from now on
   */
  public void add(byte[] records, int offset, int length) {
    ByteBuffer segment = ByteBuffer.wrap(records);
    segments.add(segment);
    int end = offset + length;
    for (int at = offset; at < end; at = RowRecords.end(segment, at, scores)) {
      int kind = at + Long.BYTES + Integer.BYTES + segment.getInt(at + Long.BYTES);
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
    if (rows == placeOf.length) {
      segmentOf = Arrays.copyOf(segmentOf, Math.multiplyExact(2, rows));
      placeOf = Arrays.copyOf(placeOf, Math.multiplyExact(2, rows));
    }

    segmentOf[rows] = segments.size() - 1;
    placeOf[rows++] = at;
  }

  /**
   * Puts one record in the place of the rows of each key of several rows, unless that would not
   * save a half of the bytes.
   *
   * @return the bytes of the rows with one record for each key
   */
  private long combine() {
    isOverLimit = true;
    int[] order = new int[rows];
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
      int row = order[at];
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
  private int endOfKey(int[] order, int at) {
    int end = at + 1;
    while (end < order.length && compareKeys(order[at], order[end]) == 0) {
      end++;
    }

    return end;
  }

  /** Returns the number of rows that a range of the held ones represents. */
  private long count(int[] order, int begin, int end) {
    long count = 0;
    for (int at = begin; at < end; at++) {
      ByteBuffer from = segments.get(segmentOf[order[at]]);
      int kind = placeOf[order[at]] + Long.BYTES + Integer.BYTES + keyLength(order[at]);
      count += from.get(kind) == ShardLayout.REPEATED ? from.getLong(kind + 1 + Integer.BYTES) : 1;
    }

    return count;
  }

  private int length(int row) {
    ByteBuffer segment = segments.get(segmentOf[row]);
    return RowRecords.end(segment, placeOf[row], scores) - placeOf[row];
  }

  private int keyLength(int row) {
    return segments.get(segmentOf[row]).getInt(placeOf[row] + Long.BYTES);
  }

  private int repeatedLength(int row) {
    return Long.BYTES + Integer.BYTES + keyLength(row) + 1 + Integer.BYTES + Long.BYTES;
  }

  /** Holds only these rows, each complement as a record of how many rows have its key. */
  private void keep(int[] order, int kept, long[] counts) {
    List<ByteBuffer> old = segments;
    int[] oldSegmentOf = segmentOf;
    int[] oldPlaceOf = placeOf;
    int[] lengths = new int[kept];
    for (int index = 0; index < kept; index++) {
      lengths[index] = order[index] < 0 ? repeatedLength(~order[index]) : length(order[index]);
    }

    segments = new ArrayList<>();
    segmentOf = new int[Math.max(1_024, kept)];
    placeOf = new int[segmentOf.length];
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
      int row = order[index] < 0 ? ~order[index] : order[index];
      byte[] from = old.get(oldSegmentOf[row]).array();
      if (order[index] >= 0) {
        to.put(from, oldPlaceOf[row], lengths[index]);
      } else {
        int head = lengths[index] - 1 - Integer.BYTES - Long.BYTES;
        to.put(from, oldPlaceOf[row], head).put((byte) ShardLayout.REPEATED);
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
    int[] order = new int[rows];
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
    Output output = new Output(to, digest);
    output.write(header(buckets, content.size(), rowBytes));
    output.write(directory.array());
    output.write(content.array(), 0, content.size());
    writeRows(order, output);
    output.flush();
    firstScores.pack();
    ShardFile file = new ShardFile(name, output.written, Sha256.hex(digest));
    return new BuiltShard(file, added, repeatedKeys, firstScores);
  }

  /** Adds a bucket, and puts the rows that are stored at the beginning of {@code order}. */
  private void bucket(int bucket, int[] order, int begin, int end, Bytes content) {
    int start = content.size();
    content.putInt(0);
    sort(order, begin, end); // only now: the rows are in the processor's cache afterwards
    for (int at = begin, next; at < end; at = next) {
      next = endOfKey(order, at);
      long count = count(order, at, next);
      entry(order[at], count, content);
      if (count == 1) {
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
  private int[] byBucket(int buckets, int[] order) {
    int[] ends = new int[buckets];
    for (int row = 0; row < rows; row++) {
      ends[ShardLayout.bucket(hash(row), buckets)]++;
    }

    int before = 0;
    for (int bucket = 0; bucket < buckets; bucket++) {
      int count = ends[bucket];
      ends[bucket] = before;
      before += count;
    }

    for (int row = 0; row < rows; row++) {
      order[ends[ShardLayout.bucket(hash(row), buckets)]++] = row;
    }

    return ends;
  }

  /** Sorts the rows of a bucket by key. */
  private void sort(int[] order, int begin, int end) {
    if (end - begin > 4 * ROWS_PER_BUCKET) { // a key of many rows
      int[] sorted =
          Arrays.stream(order, begin, end)
              .boxed()
              .sorted(this::compareKeys)
              .mapToInt(Integer::intValue)
              .toArray();
      System.arraycopy(sorted, 0, order, begin, sorted.length);
      return;
    }

    for (int at = begin + 1; at < end; at++) {
      int row = order[at];
      int to = at;
      for (; to > begin && compareKeys(order[to - 1], row) > 0; to--) {
        order[to] = order[to - 1];
      }

      order[to] = row;
    }
  }

  private long hash(int row) {
    return segments.get(segmentOf[row]).getLong(placeOf[row]);
  }

  private int compareKeys(int one, int other) {
    long hash = hash(one);
    long otherHash = hash(other);
    if (hash != otherHash) {
      return hash < otherHash ? -1 : 1;
    }

    int length = keyLength(one);
    int otherLength = keyLength(other);
    byte[] first = segments.get(segmentOf[one]).array();
    byte[] second = segments.get(segmentOf[other]).array();
    int at = placeOf[one] + Long.BYTES + Integer.BYTES;
    int otherAt = placeOf[other] + Long.BYTES + Integer.BYTES;
    return Arrays.compare(first, at, at + length, second, otherAt, otherAt + otherLength);
  }

  private void entry(int row, long same, Bytes content) {
    ByteBuffer from = segments.get(segmentOf[row]);
    int at = placeOf[row] + Long.BYTES;
    int length = from.getInt(at);
    at += Integer.BYTES;
    int kind = from.get(at + length);
    content.putVar(
        (long) length << ShardLayout.KIND_BITS | (same > 1 ? ShardLayout.REPEATED : kind));
    content.write(from.array(), at, length);
    at += length + 1;
    if (same > 1) {
      repeatedKeys++;
      content.putVar(same);
      return;
    }

    if (kind == ShardLayout.SCORED) {
      content.write(from.array(), at, scores * Float.BYTES);
      at += scores * Float.BYTES;
    }

    int rest = from.getInt(at);
    content.putVar(rest);
    if (rest == 0) {
      return;
    }

    content.putVar(rowBytes);
    rowBytes += ShardLayout.CRC + rest;
  }

  private void writeRows(int[] order, Output output) throws IOException {
    long index = 0;
    ByteBuffer checksum = ByteBuffer.allocate(ShardLayout.CRC);
    for (int at = 0; at < stored; at++) {
      ByteBuffer from = segments.get(segmentOf[order[at]]);
      int place = placeOf[order[at]] + Long.BYTES;
      place += Integer.BYTES + from.getInt(place);
      place += 1 + (from.get(place) == ShardLayout.SCORED ? scores * Float.BYTES : 0);
      int length = from.getInt(place);
      if (length > 0) {
        place += Integer.BYTES;
        ByteBuffer row = ByteBuffer.wrap(from.array(), place, length);
        checksum.putInt(0, ShardLayout.checksum(seal, index, row));
        output.write(checksum.array());
        output.write(from.array(), place, length);
        index += ShardLayout.CRC + length;
      }
    }
  }

  /** The buckets of a file. */
  private static final class Bytes extends ByteArrayOutputStream {
    private Bytes() {
      super(CHUNK);
    }

    private byte[] array() {
      return buf;
    }

    private ByteBuffer from(int start) {
      return ByteBuffer.wrap(buf, start, count - start);
    }

    private void putInt(int value) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        write(value >>> shift);
      }
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

  /** Gathers what is written into chunks, and their digest and length. */
  private static final class Output {
    private final OutputStream to;
    private final MessageDigest digest;
    private final byte[] chunk = new byte[CHUNK];
    private int held;
    private long written;

    private Output(OutputStream to, MessageDigest digest) {
      this.to = to;
      this.digest = digest;
    }

    private void write(byte[] bytes) throws IOException {
      write(bytes, 0, bytes.length);
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > chunk.length - held) {
        flush();
      }

      if (length > chunk.length) {
        put(bytes, offset, length);
      } else {
        System.arraycopy(bytes, offset, chunk, held, length);
        held += length;
      }
    }

    private void flush() throws IOException {
      put(chunk, 0, held);
      held = 0;
    }

    private void put(byte[] bytes, int offset, int length) throws IOException {
      to.write(bytes, offset, length);
      digest.update(bytes, offset, length);
      written += length;
    }
  }
}
