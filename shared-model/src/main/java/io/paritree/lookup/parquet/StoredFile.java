package io.paritree.lookup.parquet;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A file of a store, as Parquet's reader reads it.
 *
 * @param length in bytes
 */
record StoredFile(FileStore store, Location location, long length) implements InputFile {

  @Override
  public long getLength() {
    return length;
  }

  @Override
  public SeekableInputStream newStream() {
    return new Stream(new Source(this));
  }

  /** The store has failed, not the file: what the reader makes of other failures is damage. */
  static final class StoreException extends IOException {
    private StoreException(IOException cause) {
      super(cause);
    }
  }

  /** Reads a file from any position; a position that does not follow opens the file again. */
  private static final class Source extends InputStream {
    private final StoredFile file;
    private InputStream open;
    private long position;

    private Source(StoredFile file) {
      this.file = file;
    }

    private void seek(long to) throws IOException {
      if (to != position) {
        close();
        position = to;
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int read;
      try {
        if (open == null) {
          open = file.store().open(file.location(), position);
        }

        read = open.read(to, offset, length);
      } catch (IOException e) {
        throw new StoreException(e);
      }

      position += Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      if (open != null) {
        open.close();
        open = null;
      }
    }
  }

  private static final class Stream extends DelegatingSeekableInputStream {
    private final Source source;

    private Stream(Source source) {
      super(source);
      this.source = source;
    }

    @Override
    public long getPos() {
      return source.position;
    }

    @Override
    public void seek(long to) throws IOException {
      if (to < 0 || to > source.file.length()) {
        throw new EOFException("%s ends before byte %s".formatted(source.file.location(), to));
      }

      source.seek(to);
    }
  }
}
