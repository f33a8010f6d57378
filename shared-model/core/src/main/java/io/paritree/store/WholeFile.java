package io.paritree.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads a file of known size into one array. {@link InputStream#readNBytes(int)} gathers pieces
 * first, and so needs the memory of a file twice.
 */
final class WholeFile {
  private WholeFile() {}

  /**
   * Returns what a stream has, at most {@code maxBytes}.
   *
   * @param size the size to expect; the result is right for any other, too
   */
  static byte[] read(InputStream in, long size, int maxBytes) throws IOException {
    byte[] content = new byte[(int) Math.min(size, maxBytes)];
    int read = in.readNBytes(content, 0, content.length);
    if (read < content.length) {
      return Arrays.copyOf(content, read);
    }

    byte[] more = in.readNBytes(maxBytes - read);
    if (more.length == 0) {
      return content;
    }

    byte[] whole = Arrays.copyOf(content, read + more.length);
    System.arraycopy(more, 0, whole, read, more.length);
    return whole;
  }
}
