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

  /**
   * Returns the content of a file that is no link, so that nothing else changes it, as {@link #of}.
   *
   * @throws CorruptModelException if it is a link, or larger
   */
  static byte[] ofOwn(FileStore files, Location file, int maxBytes)
      throws IOException, CorruptModelException {
    refuseLink(files, file);
    return of(files, file, maxBytes);
  }

  /**
   * Checks that what is there is no link to something else.
   *
   * @throws CorruptModelException if it is
   */
  static void refuseLink(FileStore files, Location location) throws CorruptModelException {
    if (files.isLink(location)) {
      throw new CorruptModelException(
          "Cannot read %s: it is a link, and what it leads to may move without its own journal and guard; put a file or directory of its own there"
              .formatted(location));
    }
  }
}
