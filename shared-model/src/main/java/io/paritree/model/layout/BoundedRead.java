package io.paritree.model.layout;

import io.paritree.CorruptModelException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;

/** Reads whole files that must not be larger than a limit. */
public final class BoundedRead {
  private BoundedRead() {}

  /**
   * Returns a file's content.
   *
   * @param maxBytes size of the largest file that is accepted, below 2^31 - 1
   * @throws CorruptModelException if it is larger
   */
  public static byte[] of(FileStore files, Location file, int maxBytes)
      throws IOException, CorruptModelException {
    byte[] content = files.read(file, maxBytes + 1);
    if (content.length > maxBytes) {
      throw new CorruptModelException(
          "Cannot read %s: it has more than %s bytes".formatted(file, maxBytes));
    }

    return content;
  }
}
