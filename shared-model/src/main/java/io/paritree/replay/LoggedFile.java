package io.paritree.replay;

import io.paritree.Sha256;
import io.paritree.model.rows.InputException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * One file of a log, read line by line from its beginning to its end, and unpacked if it is gzip. A
 * packed file that is cut or damaged ends where it can be read no further. Not thread-safe.
 */
final class LoggedFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP = 0x1f8b;
  private static final int MOST_LINES = 1_000;
  private static final int MOST_BYTES = 16 << 20;
  private static final int LONGEST_LINE = 64 << 20;

  private final int file;
  private final Path path;
  private final InputStream packed;
  private final InputStream unpacked;
  private final MessageDigest digest = Sha256.digest();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int at;
  private int end; // of what the buffer has
  private long lines;
  private String damage = "";

  /**
   * A file that was read.
   *
   * @param lines how many it has
   * @param sha256 of its bytes, packed as they are
   * @param damage why it could be read no further; empty if it was read whole
   */
  record Read(Path path, long lines, String sha256, String damage) {}

  /**
   * @param file its place among the files
   */
  LoggedFile(int file, Path path) throws IOException {
    this.file = file;
    this.path = path;
    InputStream counted = new DigestInputStream(Files.newInputStream(path), digest);
    this.packed = new BufferedInputStream(counted, BUFFER_BYTES);
    try {
      this.unpacked = isGzip() ? new GZIPInputStream(packed, BUFFER_BYTES) : packed;
    } catch (IOException e) {
      packed.close();
      throw e;
    }
  }

  private boolean isGzip() throws IOException {
    packed.mark(2);
    int magic = packed.read() << Byte.SIZE | packed.read();
    packed.reset();
    return magic == GZIP;
  }

  /**
   * Returns the next lines, of which the last may be long; none at the end.
   *
   * @throws InputException if a line is too long for one of a log
   */
  List<LoggedLine> next() throws IOException, InputException {
    List<LoggedLine> batch = new ArrayList<>();
    int bytes = 0;
    while (batch.size() < MOST_LINES && bytes < MOST_BYTES && isFilled()) {
      LoggedLine next = line();
      batch.add(next);
      bytes += next.bytes().length;
    }

    return batch;
  }

  /** Reads a line, of which there is at least a byte. */
  private LoggedLine line() throws IOException, InputException {
    line.reset();
    lines++;
    boolean isEnded = false;
    while (!isEnded && isFilled()) {
      int from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }

      line.write(buffer, from, at - from);
      isEnded = at < end;
      at += isEnded ? 1 : 0;
      if (line.size() > LONGEST_LINE) {
        throw new InputException(
            "Cannot read %s: line %s has more than %s MiB, so this is no prediction log"
                .formatted(path, lines, LONGEST_LINE >> 20));
      }
    }

    return new LoggedLine(file, path.toString(), lines, line.toByteArray(), !isEnded);
  }

  /** Fills the buffer if it is empty; returns whether it has bytes then. */
  private boolean isFilled() throws IOException {
    if (at == end && damage.isEmpty()) {
      at = 0;
      end = 0;
      try {
        end = Math.max(0, unpacked.read(buffer));
      } catch (EOFException e) {
        damage = "its packed bytes are cut";
      } catch (ZipException e) {
        damage = "its packed bytes are damaged: " + e.getMessage();
      }
    }

    return at < end;
  }

  /** Reads what is left after the last line, and returns what the file was. */
  Read end() throws IOException {
    while (packed.read(buffer) >= 0) {
      // Reading is what digests them.
    }

    return new Read(path, lines, Sha256.hex(digest), damage);
  }

  @Override
  public void close() throws IOException {
    unpacked.close();
  }
}
