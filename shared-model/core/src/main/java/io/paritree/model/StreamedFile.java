package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.Sha256;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;

/**
 * A large file of a model, which is read each time it is used, piece by piece where that is enough.
 *
 * <p>Each reading must give the bytes of the first one, which their digests show: the verified
 * bytes are used, even if somebody changes the file meanwhile. Not thread-safe.
 */
final class StreamedFile {
  private final FileStore store;
  private final Location directory;
  private final Location location;
  private final int size;
  private String sha256; // null before the first reading

  /** Reads the content to its end. */
  interface Reading<T> {
    T of(InputStream in) throws ModelException, IOException;
  }

  /**
   * @param directory which no link leaves
   */
  StreamedFile(FileStore store, Location directory, Location location, int size) {
    this.store = store;
    this.directory = directory;
    this.location = location;
    this.size = size;
  }

  int size() {
    return size;
  }

  String sha256() throws ModelException {
    if (sha256 == null) {
      read(in -> null);
    }

    return sha256;
  }

  byte[] content() throws ModelException {
    return read(in -> in.readNBytes(size));
  }

  /**
   * Reads the content.
   *
   * @throws CorruptModelException if it has changed since the first reading
   * @throws UncheckedIOException if it cannot be read
   */
  <T> T read(Reading<T> reading) throws ModelException {
    try (InputStream in = opened()) {
      DigestInputStream digested = new DigestInputStream(in, Sha256.digest());
      T result = reading.of(digested);
      digested.transferTo(OutputStream.nullOutputStream()); // what it has left counts, too
      String found = Sha256.hex(digested.getMessageDigest());
      if (sha256 != null && !sha256.equals(found)) {
        throw new CorruptModelException(
            "Cannot read %s: it was changed while it was being read".formatted(location));
      }

      sha256 = found;
      return result;
    } catch (UnfitFileException e) {
      throw new CorruptModelException(e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("Cannot read %s: %s".formatted(location, e.getMessage()), e));
    }
  }

  /** A file that grows is read no further than a byte after its end, which its digest shows. */
  private InputStream opened() throws IOException {
    store.regularIn(directory, location);
    return new FirstBytes(store.open(location), size + 1L);
  }

  private static final class FirstBytes extends FilterInputStream {
    private long left;

    FirstBytes(InputStream in, long most) {
      super(in);
      this.left = most;
    }

    @Override
    public int read() throws IOException {
      int read = left == 0 ? -1 : in.read();
      left -= read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      int read = left == 0 && length > 0 ? -1 : in.read(into, at, (int) Math.min(length, left));
      left -= Math.max(0, read);
      return read;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
