package io.paritree.serving;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines that are written by a thread of their own, so that a full disk or a blocked pipe never
 * holds a request.
 *
 * <p>At most a fixed number of lines wait; the lines that do not fit, and those that cannot be
 * written, are dropped and counted. Thread-safe.
 */
final class LineFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LineFile.class);
  private static final byte[] END = new byte[0];

  private final ArrayBlockingQueue<byte[]> queue;
  private final AtomicLong dropped = new AtomicLong();
  private final OutputStream out;
  private final Thread writer;

  /**
   * @param target {@code stdout} or a file, which is made with mode 0600 or added to
   * @param maxWaiting most lines that wait
   */
  LineFile(String target, int maxWaiting) throws IOException {
    this.queue = new ArrayBlockingQueue<>(maxWaiting);
    this.out = open(target);
    this.writer = new Thread(this::writeAll, "lines-" + target);
    writer.setDaemon(true);
    writer.start();
  }

  private static OutputStream open(String target) throws IOException {
    if (target.equals("stdout")) {
      return new PrintStream(System.out, false);
    }

    Path file = Path.of(target);
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return Channels.newOutputStream(
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
            attributes));
  }

  /** Adds a line, with its line feed; never waits. */
  void add(byte[] line) {
    if (!queue.offer(line)) {
      dropped.incrementAndGet();
    }
  }

  /** Returns how many lines were not written. */
  long dropped() {
    return dropped.get();
  }

  private void writeAll() {
    boolean failing = false;
    try {
      while (true) {
        byte[] line = queue.take();
        if (line == END) {
          return;
        }

        try {
          out.write(line);
          if (queue.isEmpty()) {
            out.flush();
          }

          failing = false;
        } catch (IOException e) {
          dropped.incrementAndGet();
          if (!failing) {
            LOG.warn("Cannot write a log line, and go on without: {}", e.getMessage());
            failing = true;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes what waits, for at most a second, and ends. */
  @Override
  public void close() {
    try {
      if (queue.offer(END, 1, TimeUnit.SECONDS)) {
        writer.join(1_000);
      }

      out.flush();
    } catch (IOException e) {
      LOG.warn("Cannot finish a log: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
