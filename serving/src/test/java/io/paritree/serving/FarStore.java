package io.paritree.serving;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Local files as the files of another store, {@code far://store/...}; counts what is opened. */
public final class FarStore extends RawLocalFileSystem {
  /** What holds every file of a shard up; null if nothing does. */
  static volatile CountDownLatch held;

  /** How many files of shards are opened before the others are held up. */
  static volatile int heldFrom;

  /** What holds every listing up; null if nothing does. */
  static volatile CountDownLatch listed;

  /** What the next file of a shard fails with; null if it is opened. */
  static final AtomicReference<Error> ERROR = new AtomicReference<>();

  /** How many files of shards were opened. */
  static final AtomicInteger SHARDS = new AtomicInteger();

  /** What the alias {@code champion} holds, each time before it is read, while there is any. */
  public static final Queue<String> CHAMPIONS = new ConcurrentLinkedQueue<>();

  /**
   * A file that does not answer.
   *
   * @param end how its path ends
   */
  public record Silent(String end, CountDownLatch until) {}

  /** What does not answer; null if everything does. */
  public static volatile Silent silent;

  @Override
  public URI getUri() {
    return URI.create("far://store");
  }

  @Override
  public String getScheme() {
    return "far";
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    Silent now = silent;
    if (now != null && file.toString().endsWith(now.end())) {
      await(now.until());
    }

    if (file.getName().startsWith("shard-")) {
      if (SHARDS.incrementAndGet() > heldFrom) {
        await(held);
      }

      Error error = ERROR.getAndSet(null);
      if (error != null) {
        throw error;
      }
    }

    String champion = file.getName().equals("champion") ? CHAMPIONS.peek() : null;
    if (champion != null) {
      Files.writeString(pathToFile(file).toPath(), champion);
      CHAMPIONS.remove();
    }

    return super.open(file, bufferSize);
  }

  @Override
  public FileStatus[] listStatus(Path directory) throws IOException {
    await(listed);
    return super.listStatus(directory);
  }

  private static void await(CountDownLatch held) throws IOException {
    try {
      if (held != null) {
        held.await();
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }
}
