package io.paritree.replay;

import io.paritree.model.rows.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Divides log files into blocks of whole lines, which threads take in turn. Thread-safe. */
final class LineBlocks implements AutoCloseable {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int MOST_BYTES = 64 << 20;

  private final List<Path> paths;
  private final List<ReadFile> done = new ArrayList<>();
  private LoggedFile current; // null before and after each file
  private byte[] rest = {}; // the beginning of a line
  private long line;
  private boolean isStopped;

  /**
   * A file that was read.
   *
   * @param bytes of its lines
   * @param lines how many it has
   * @param damage why it could be read no further; empty if it was read whole
   */
  record ReadFile(Path path, long bytes, long lines, String sha256, String damage) {}

  LineBlocks(List<Path> paths) {
    this.paths = List.copyOf(paths);
  }

  /**
   * Returns the next lines; null after the last.
   *
   * @throws InputException if a file cannot be read, or is no file of lines
   */
  synchronized LineBlock next() throws InputException {
    try {
      LineBlock block = null;
      while (block == null && !isStopped && (current != null || done.size() < paths.size())) {
        block = read();
      }

      return block;
    } catch (IOException e) {
      throw new InputException(
          "Cannot read %s: %s".formatted(paths.get(done.size()), e.getMessage()), e);
    }
  }

  /** From now on there are no lines. */
  synchronized void stop() {
    isStopped = true;
  }

  /** Returns the files that were read to their ends. */
  synchronized List<ReadFile> files() {
    return List.copyOf(done);
  }

  private LineBlock read() throws IOException, InputException {
    if (current == null) {
      current = new LoggedFile(paths.get(done.size()));
      line = 1;
    }

    byte[] bytes = Arrays.copyOf(rest, Math.max(BLOCK_BYTES, 2 * rest.length));
    int length = rest.length;
    int read = 0;
    while (length < bytes.length && read >= 0) {
      read = current.read(bytes, length, bytes.length - length);
      length += Math.max(0, read);
    }

    int end = length;
    while (read >= 0 && end > 0 && bytes[end - 1] != '\n') {
      end--;
    }

    if (end == 0 && length >= MOST_BYTES) {
      throw new InputException(
          "Cannot read %s: line %s has more than %s MiB, so this is no prediction log"
              .formatted(current.path(), line, MOST_BYTES >> 20));
    }

    rest = Arrays.copyOfRange(bytes, end, length);
    LineBlock block = new LineBlock(done.size(), current.path().toString(), line, bytes, end);
    line += lines(block);
    if (read < 0) {
      finish();
    }

    return end > 0 ? block : null;
  }

  private static long lines(LineBlock block) {
    long lines = 0;
    for (int from = 0; from < block.length(); from = block.end(from) + 1) {
      lines++;
    }

    return lines;
  }

  private void finish() throws IOException {
    try (LoggedFile ended = current) {
      String damage = ended.damage();
      done.add(new ReadFile(ended.path(), ended.bytes(), line - 1, ended.sha256(), damage));
      current = null;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (current != null) {
      current.close();
    }
  }
}
