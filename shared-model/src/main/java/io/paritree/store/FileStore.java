package io.paritree.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files and directories of one file system.
 *
 * <p>Contract, held by one test for all implementations: a missing path is a {@link
 * java.nio.file.NoSuchFileException}; {@link #create} never replaces; {@link #create} and {@link
 * #replace} show a reader the whole new content or what was there before, never a part; {@link
 * #rename} makes a file or a whole directory appear in one step and fails with a {@link
 * java.nio.file.FileAlreadyExistsException} where the target exists. When one of these returns, its
 * effect outlives a loss of power. Implementations are thread-safe and need no closing.
 *
 * <p>Object stores keep less: there a directory is renamed file by file.
 */
public interface FileStore {

  /**
   * Returns the store that holds a location.
   *
   * @throws IOException if its file system is not there or Hadoop's client cannot be loaded
   */
  static FileStore of(Location location) throws IOException {
    return of(location, Map.of());
  }

  /**
   * Returns the store that holds a location.
   *
   * @param hadoop settings of Hadoop's client over those of its own files, such as Spark's. Hadoop
   *     keeps one client per scheme, authority and user: the settings of the first call hold.
   * @throws IOException if its file system is not there or Hadoop's client cannot be loaded
   */
  static FileStore of(Location location, Map<String, String> hadoop) throws IOException {
    if (location.isLocal()) {
      return LocalStore.INSTANCE;
    }

    try {
      return HadoopStore.of(location, hadoop);
    } catch (NoClassDefFoundError e) {
      throw new IOException(
          "Cannot open %s: Hadoop's client is not on the class path (no %s); add hadoop-client-api"
                  .formatted(location, e.getMessage())
              + " and hadoop-client-runtime (scripts/serve --with-hadoop), or run by spark-submit,"
              + " which brings them",
          e);
    }
  }

  /** Returns what is known of a file or directory, links followed; empty if there is none. */
  Optional<FileEntry> find(Location location) throws IOException;

  /**
   * Returns the entries of a directory, by name; hidden ones too.
   *
   * @throws java.nio.file.NotDirectoryException if it is a file
   */
  List<FileEntry> list(Location directory) throws IOException;

  /** Opens a file for reading; the caller closes it. */
  InputStream open(Location file) throws IOException;

  /** Returns a whole file, as it was at one moment, even if it is replaced meanwhile. */
  default byte[] read(Location file) throws IOException {
    return read(file, Integer.MAX_VALUE);
  }

  /**
   * Returns a file, or its beginning, as it was at one moment, even if it is replaced meanwhile.
   *
   * @param maxBytes where to stop
   */
  default byte[] read(Location file, int maxBytes) throws IOException {
    try (InputStream in = open(file)) {
      return in.readNBytes(maxBytes);
    }
  }

  /** Makes a directory and its parents; does nothing if it exists. */
  void createDirectories(Location directory) throws IOException;

  /**
   * Writes a new file; its directory is made if need be. Of several that try at once, one succeeds.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is a file or directory already
   */
  void create(Location file, byte[] content) throws IOException;

  /** Writes a file, new or not, in one step; its directory is made if need be. */
  void replace(Location file, byte[] content) throws IOException;

  /**
   * Moves a file or directory; the target's parent must exist, the target must not.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is a file or directory already
   */
  void rename(Location from, Location to) throws IOException;

  /**
   * Removes a file, or a directory with all that it holds; does nothing if there is none. A link is
   * removed, what it leads to stays.
   */
  void delete(Location location) throws IOException;

  /**
   * Returns the location with links and mounts resolved. Where the end of the path does not exist,
   * what exists of it is resolved.
   */
  Location real(Location location) throws IOException;
}
