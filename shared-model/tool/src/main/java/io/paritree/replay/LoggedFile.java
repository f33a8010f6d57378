package io.paritree.replay;

import io.paritree.Sha256;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * One file of a log, read from its beginning to its end, and unpacked if it is gzip. A packed file
 * that is cut or damaged ends where it can be read no further. Not thread-safe.
 */
final class LoggedFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP = 0x1f8b;
  private static final int MOST_LINES = 1_000;
  private static final int MOST_BYTES = 16 << 20;

  private final Path path;
  private final InputStream packed;
  private final BufferedReader unpacked;
  private final MessageDigest digest = Sha256.digest();
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

  LoggedFile(Path path) throws IOException {
    this.path = path;
    InputStream counted = new DigestInputStream(Files.newInputStream(path), digest);
    this.packed = new BufferedInputStream(counted, BUFFER_BYTES);
    try {
      InputStream bytes =
          isGzip() ? new Undamaged(new GZIPInputStream(packed, BUFFER_BYTES)) : packed;
      // Of each byte one character, so that lines have the bytes of the file.
      this.unpacked =
          new BufferedReader(
              new InputStreamReader(bytes, StandardCharsets.ISO_8859_1), BUFFER_BYTES);
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

  /** Unpacked bytes, which end where packed ones are cut or damaged. */
  private final class Undamaged extends FilterInputStream {
    Undamaged(InputStream bytes) {
      super(bytes);
    }

    @Override
    public int read(byte[] to, int at, int length) throws IOException {
      try {
        return damage.isEmpty() ? super.read(to, at, length) : -1;
      } catch (EOFException e) {
        damage = "its packed bytes are cut";
      } catch (ZipException e) {
        damage = "its packed bytes are damaged: " + e.getMessage();
      }

      return -1;
    }
  }

  /** Returns the next lines; none at the end. */
  List<LoggedLine> next() throws IOException {
    List<LoggedLine> batch = new ArrayList<>();
    int bytes = 0;
    while (batch.size() < MOST_LINES && bytes < MOST_BYTES) {
      String line = unpacked.readLine();
      if (line == null) {
        return batch;
      }

      lines++;
      bytes += line.length();
      batch.add(new LoggedLine(path, lines, line.getBytes(StandardCharsets.ISO_8859_1)));
    }

    return batch;
  }

  /** Reads what is left after the last line, and returns what the file was. */
  Read end() throws IOException {
    packed.transferTo(OutputStream.nullOutputStream()); // reading is what digests it
    return new Read(path, lines, Sha256.hex(digest), damage);
  }

  @Override
  public void close() throws IOException {
    unpacked.close();
  }
}
