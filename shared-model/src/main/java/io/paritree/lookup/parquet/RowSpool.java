package io.paritree.lookup.parquet;

import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.build.LongRowException;
import io.paritree.lookup.build.RowChunks;
import io.paritree.lookup.build.RowRecords;
import io.paritree.lookup.build.ShardBuild;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * All rows of a partition in a file of {@link RowChunks}, from which its shards are built.
 *
 * <p>Not thread-safe.
 */
final class RowSpool implements AutoCloseable {
  /** About how many bytes less a row has in an index than here. */
  private static final int SAVED = 3;

  private static final int SAVED_WITHOUT_MEMBERS = 11;

  private final Path file;
  private final FileChannel channel;
  private final Room room;
  private final int buckets;
  private final long expected;
  private final RowChunks chunks;
  private final RowRecords records = new RowRecords(RowChunks.BYTES / 4);
  private boolean hasMembers;
  private long rows;
  private long bytes;

  /**
   * @param buckets of the chunks
   * @param scores number of scores of a row
   * @param expected number of rows
   */
  RowSpool(Path file, Room room, int buckets, int scores, long expected) throws IOException {
    this.file = file;
    this.room = room;
    this.buckets = buckets;
    this.expected = expected;
    this.chunks = new RowChunks(buckets, scores);
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  void addScored(KeyBytes key, float[] scores, byte[] members, int length) throws IOException {
    hasMembers |= length > 0;
    try {
      records.addScored(key, key.hash(), scores, members, length);
    } catch (LongRowException e) {
      throw new UnusableRowsException(e.getMessage(), e);
    }

    added();
  }

  void addQuarantined(KeyBytes key, byte[] faults) throws IOException {
    try {
      records.addQuarantined(key, key.hash(), faults);
    } catch (LongRowException e) {
      throw new UnusableRowsException(e.getMessage(), e);
    }

    added();
  }

  private void added() throws IOException {
    rows++;
    if (records.length() >= RowChunks.BYTES) {
      write();
    }
  }

  /** Writes the last rows. */
  void finish() throws IOException {
    if (records.length() > 0) {
      write();
    }
  }

  private void write() throws IOException {
    if (bytes == 0) {
      double expectedShare = (double) Math.max(rows, expected) / rows;
      long index = records.length() - rows * (hasMembers ? SAVED : SAVED_WITHOUT_MEMBERS);
      room.need((long) (expectedShare * (records.length() + index)));
    }

    chunks.sort(records);
    room.take(chunks.length());
    for (ByteBuffer rest = ByteBuffer.wrap(chunks.array(), 0, chunks.length());
        rest.hasRemaining(); ) {
      channel.write(rest);
    }

    bytes += records.length();
    records.clear();
  }

  int buckets() {
    return buckets;
  }

  long rows() {
    return rows;
  }

  /** Returns the length of all rows. */
  long bytes() {
    return bytes;
  }

  /** Adds the rows of a shard to it. */
  void addTo(ShardBuild shard) throws IOException {
    shard.add(this::read, channel.size());
  }

  private void read(long at, byte[] to) throws IOException {
    for (ByteBuffer rest = ByteBuffer.wrap(to); rest.hasRemaining(); ) {
      if (channel.read(rest, at + rest.position()) < 0) {
        throw new EOFException("%s was cut".formatted(file));
      }
    }
  }

  /** Removes the file. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
