package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.InputStream;

/** Reads whole files that must not be larger than a limit. */
final class BoundedRead {
  private BoundedRead() {}

  /**
   * Returns a file's content.
   *
   * @param maxBytes largest file that is admitted
   * @throws CorruptModelException if it is larger
   */
  static byte[] of(FileStore files, Location file, int maxBytes)
      throws IOException, CorruptModelException {
    try (InputStream in = files.open(file)) {
      byte[] content = in.readNBytes(maxBytes);
      if (content.length == maxBytes && in.read() >= 0) {
        throw new CorruptModelException(
            "Cannot read %s: it has more than %s bytes".formatted(file, maxBytes));
      }

      return content;
    }
  }
}
