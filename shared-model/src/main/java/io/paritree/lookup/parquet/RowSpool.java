package io.paritree.lookup.parquet;

import io.paritree.lookup.build.BucketedRows;
import io.paritree.lookup.build.RowBytes;
import io.paritree.lookup.build.ShardWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * All rows of a partition in a file, from which its shards are built: chunk after chunk of {@link
 * BucketedRows}.
 *
 * <p>Not thread-safe.
 */
final class RowSpool implements AutoCloseable {
  /** About how many bytes less a row has in an index than here, if it has members, and if not. */
  private static final int SAVED = 3;

  private static final int SAVED_WITHOUT_MEMBERS = 11;

  private final Path file;
  private final FileChannel channel;
  private final Room room;
  private final long expected;
  private final BucketedRows bucketed;
  private final List<int[]> chunks = new ArrayList<>(); // the ends of their buckets
  private final RowBytes batch = new RowBytes(BucketedRows.BYTES / 4);
  private long rows; // written
  private long withoutKey; // of those
  private long bytes;

  /**
   * @param buckets of the chunks
   * @param scores number of scores of a row
   * @param expected number of rows
   */
  RowSpool(Path file, Room room, int buckets, int scores, long expected) throws IOException {
    this.file = file;
    this.room = room;
    this.expected = expected;
    this.bucketed = new BucketedRows(buckets, scores);
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Returns what rows are added to; after each, {@link #added} is to be called. */
  RowBytes batch() {
    return batch;
  }

  /** Writes what was added, if it is enough. */
  void added() throws IOException {
    if (batch.length() >= BucketedRows.BYTES) {
      write();
    }
  }

  /** Writes what was added and is not written yet. */
  void write() throws IOException {
    rows += batch.rows();
    withoutKey += batch.withoutKey();
    if (bytes == 0 && batch.length() > 0) {
      double expectedShare = (double) Math.max(rows, expected) / rows;
      long shorter = batch.rows() - batch.withoutKey() - batch.longer();
      long index = batch.length() - batch.longer() * SAVED - shorter * SAVED_WITHOUT_MEMBERS;
      room.need((long) (expectedShare * (batch.length() + index)));
    }

    bucketed.sort(batch);
    room.take(batch.length());
    for (ByteBuffer rest = ByteBuffer.wrap(bucketed.array(), 0, batch.length());
        rest.hasRemaining(); ) {
      channel.write(rest);
    }

    chunks.add(bucketed.ends().clone());
    bytes += batch.length();
    batch.clear();
  }

  /** Returns how many rows were added. */
  long rows() {
    return rows + batch.rows();
  }

  /** Returns how many rows have a null in their key; known when all are written. */
  long withoutKey() {
    return withoutKey;
  }

  /** Returns the length of all rows. */
  long bytes() {
    return bytes;
  }

  /** Adds the rows of successive buckets to a shard. */
  void addTo(ShardWriter shard, int first, int end) throws IOException {
    long at = 0;
    for (int[] ends : chunks) {
      int begin = first == 0 ? 0 : ends[first - 1];
      byte[] own = new byte[ends[end - 1] - begin];
      read(at + begin, own);
      shard.add(own, 0, own.length);
      at += ends[ends.length - 1];
    }
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
