package io.paritree.replay;

import io.paritree.Sha256;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * One file of a log, read from its beginning to its end, and unpacked if it is gzip. A packed file
 * that is cut or damaged ends where it can be read no further. Not thread-safe.
 */
final class LoggedFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP = 0x1f8b;

  private final Path path;
  private final InputStream packed;
  private final InputStream lines;
  private final MessageDigest digest = Sha256.digest();
  private long bytes;
  private String damage = "";

  LoggedFile(Path path) throws IOException {
    this.path = path;
    InputStream counted = new DigestInputStream(Files.newInputStream(path), digest);
    this.packed = new BufferedInputStream(counted, BUFFER_BYTES);
    try {
      this.lines = isGzip() ? new GZIPInputStream(packed, BUFFER_BYTES) : packed;
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

  Path path() {
    return path;
  }

  /** Reads bytes of lines; returns how many, or -1 at the end. */
  int read(byte[] into, int at, int length) throws IOException {
    if (!damage.isEmpty()) {
      return -1;
    }

    try {
      int read = lines.read(into, at, length);
      bytes += Math.max(0, read);
      return read;
    } catch (EOFException e) {
      damage = "its packed bytes are cut";
    } catch (ZipException e) {
      damage = "its packed bytes are damaged: " + e.getMessage();
    }

    return -1;
  }

  /** Returns why the file ends before its end; empty if it does not. */
  String damage() {
    return damage;
  }

  /** Returns how many bytes its lines have. */
  long bytes() {
    return bytes;
  }

  /** Reads what is left, and returns the digest of the file as it was read. */
  String sha256() throws IOException {
    byte[] left = new byte[BUFFER_BYTES];
    while (packed.read(left) >= 0) {
      // Reading is what digests them.
    }

    return Sha256.hex(digest);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
