package io.paritree.model.layout;

import io.paritree.CorruptModelException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.util.regex.Pattern;

/** Reads whole files of packages and stores, which somebody else has written. */
public final class BoundedRead {
  private static final Pattern OF_A_VOLUME = Pattern.compile("/[.][.][^/]+(?=/)");

  private BoundedRead() {}

  /**
   * Returns a file's content.
   *
   * @param directory the package, or the directory of the model in a store, which no link leaves
   * @param maxBytes size of the largest file that is accepted, below 2^31 - 1
   * @throws CorruptModelException if it is larger, or is none that {@link FileStore#regularIn}
   *     returns
   */
  public static byte[] of(FileStore files, Location directory, Location file, int maxBytes)
      throws IOException, CorruptModelException {
    try {
      return files.readAtMost(directory, file, maxBytes);
    } catch (UnfitFileException e) {
      throw new CorruptModelException(e.getMessage(), e);
    }
  }

  /**
   * Returns the content of a file that is not that of another one, which may move without its own
   * journal and guard, as {@link #of}.
   */
  static byte[] ofOwn(FileStore files, Location directory, Location file, int maxBytes)
      throws IOException, CorruptModelException {
    refuseLink(files, directory, file);
    return of(files, directory, file, maxBytes);
  }

  /**
   * Checks that what is there is no link to something else. Kubernetes keeps the files of a volume
   * in a directory such as {@code ..2026_12_02_10_00_00.1} of it, and has links to them: a link to
   * the same path in such a directory is none to something else.
   *
   * @throws CorruptModelException if it is
   */
  static void refuseLink(FileStore files, Location directory, Location location)
      throws CorruptModelException, IOException {
    if (files.isLink(location)
        && (files.leavesBy(directory, location) || !isOwn(files, directory, location))) {
      throw new CorruptModelException(
          "Cannot read %s: it is a link, and what it leads to may move without its own journal and guard; put a file or directory of its own there"
              .formatted(location));
    }
  }

  private static boolean isOwn(FileStore files, Location directory, Location location)
      throws IOException {
    String own = location.path().substring(directory.path().length());
    String real = files.real(location).path().substring(files.real(directory).path().length());
    return OF_A_VOLUME.matcher(real).replaceAll("").equals(own);
  }
}
