package io.paritree.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files and directories of one file system.
 *
 * <p>The contract, which one test checks for all implementations: a missing path is reported as a
 * {@link java.nio.file.NoSuchFileException}; {@link #create} never replaces; with {@link #create}
 * and {@link #replace}, a reader sees the whole new content or what was there before, never a part;
 * {@link #rename} makes a file or a whole directory appear in one step and fails with a {@link
 * java.nio.file.FileAlreadyExistsException} if the target exists. When one of these returns, its
 * effect survives a loss of power. Implementations are thread-safe and need no closing.
 *
 * <p>Object stores promise less: they rename a directory file by file, as {@link
 * #renamesDirectoriesWhole} says.
 */
public interface FileStore {
  /** A file that is longer than it was is read again: somebody may have replaced it. */
  int MOST_READS = 3;

  /**
   * Returns the store that holds a location.
   *
   * @throws NoSuchStoreException if no client for its file system is on the class path
   */
  static FileStore of(Location location) throws IOException {
    return of(location, Map.of());
  }

  /**
   * Returns whether a file's name is that of one which is being written, or which a process that
   * was killed has left.
   */
  static boolean isTemporary(String name) {
    return TemporaryName.isOne(name);
  }

  /**
   * Returns the store that holds a location.
   *
   * @param hadoop settings of Hadoop's client, such as Spark's; they override Hadoop's
   *     configuration files. Hadoop keeps one client per scheme, authority and user: the settings
   *     of the first call apply.
   * @throws NoSuchStoreException if no client for its file system is on the class path
   * @throws IOException if its file system is not available
   */
  static FileStore of(Location location, Map<String, String> hadoop) throws IOException {
    if (location.isLocal()) {
      return LocalStore.INSTANCE;
    }

    try {
      return HadoopStore.of(location, hadoop);
    } catch (NoClassDefFoundError e) {
      throw new NoSuchStoreException(
          "Cannot open %s: Hadoop's client is not on the class path (no %s); add hadoop-client-api"
                  .formatted(location, e.getMessage())
              + " and hadoop-client-runtime (scripts/serve --with-hadoop), or run by spark-submit,"
              + " which provides them",
          e);
    }
  }

  /**
   * Returns the location that a user's text names where paths without a scheme are Hadoop's, as
   * they are to Spark: on the file system {@code fs.defaultFS}, and in the user's home directory
   * there if they are relative. If that file system is the local one, they are local paths.
   *
   * @param hadoop settings of Hadoop's client, as in {@link #of(Location, Map)}
   * @throws IllegalArgumentException as {@link Location#of(String)}
   */
  static Location located(String text, Map<String, String> hadoop) throws IOException {
    return text.isEmpty() || Location.hasScheme(text)
        ? Location.of(text)
        : HadoopClients.byDefault(text, hadoop);
  }

  /** Returns the entry of a file or directory; follows links; empty if nothing exists there. */
  Optional<FileEntry> find(Location location) throws IOException;

  /**
   * Returns the entries of a directory, sorted by name; hidden ones too.
   *
   * @throws java.nio.file.NotDirectoryException if it is a file
   */
  List<FileEntry> list(Location directory) throws IOException;

  /**
   * Returns the entries of a directory that somebody else fills, as {@link #list(Location)}.
   *
   * @throws UnfitFileException if there are more than {@code most}
   */
  default List<FileEntry> list(Location directory, int most) throws IOException {
    List<FileEntry> entries = list(directory);
    if (entries.size() > most) {
      throw tooMany(directory, most);
    }

    return entries;
  }

  /** Returns what {@link #list(Location)} does; nothing if there is no such directory. */
  default List<FileEntry> listOrNone(Location directory) throws IOException {
    return listOrNone(directory, Integer.MAX_VALUE);
  }

  /** Returns what {@link #list(Location, int)} does; nothing if there is no such directory. */
  default List<FileEntry> listOrNone(Location directory, int most) throws IOException {
    try {
      return list(directory, most);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  static UnfitFileException tooMany(Location directory, int most) {
    return new UnfitFileException(directory, "has more than %s entries".formatted(most), "fewer");
  }

  /**
   * Returns the entry of a file; follows links.
   *
   * @throws UnfitFileException if it is a directory, or a device or a pipe, which has no end or
   *     never answers, or a link to nothing
   */
  default FileEntry regular(Location file) throws IOException {
    FileEntry entry = find(file).orElse(null);
    if (entry == null && isLink(file)) {
      throw new UnfitFileException(file, "is a link to nothing", "a file");
    }

    if (entry == null) {
      throw new NoSuchFileException(file.toString());
    }

    if (entry.isDirectory()) {
      throw new UnfitFileException(file, "is a directory", "a file");
    }

    return entry;
  }

  /**
   * Returns the entry of a file in a directory that somebody else fills; follows links that stay in
   * it, as those of Kubernetes's volumes do.
   *
   * @throws UnfitFileException if it is none that {@link #regular} returns, or a link leads out of
   *     the directory
   */
  default FileEntry regularIn(Location directory, Location file) throws IOException {
    FileEntry entry = regular(file);
    if (leavesBy(directory, file)) {
      throw new UnfitFileException(
          file, "leads out of %s by a link".formatted(directory), "a file that is there");
    }

    return entry;
  }

  /** Returns whether links lead out of a directory on the way to what is in it. */
  default boolean leavesBy(Location directory, Location inside) throws IOException {
    return false;
  }

  /**
   * Returns a whole file that somebody else has written, as it was at one moment.
   *
   * @param most bytes that it may have
   * @throws UnfitFileException if it has more, or is none that {@link #regular} returns
   */
  default byte[] readAtMost(Location file, int most) throws IOException {
    return readAtMost(file, () -> regular(file), most);
  }

  /**
   * Returns a whole file of a directory that somebody else fills, as it was at one moment.
   *
   * @param most bytes that it may have
   * @throws UnfitFileException if it has more, or is none that {@link #regularIn} returns
   */
  default byte[] readAtMost(Location directory, Location file, int most) throws IOException {
    return readAtMost(file, () -> regularIn(directory, file), most);
  }

  private byte[] readAtMost(Location file, Found found, int most) throws IOException {
    for (int tries = 0; tries < MOST_READS; tries++) {
      FileEntry entry = found.entry();
      if (entry.bytes() > most) {
        throw new UnfitFileException(
            file, "has %s bytes".formatted(entry.bytes()), "at most %s".formatted(most));
      }

      byte[] content = read(file, (int) Math.min(entry.bytes() + 1, Integer.MAX_VALUE));
      if (content.length <= entry.bytes()) {
        return content;
      }
    }

    throw new UnfitFileException(file, "grows while it is read", "a file that does not change");
  }

  /** Finds a file before it is read. */
  interface Found {
    FileEntry entry() throws IOException;
  }

  /** Returns whether a symbolic link is there, to whatever it leads, and to nothing as well. */
  default boolean isLink(Location location) {
    return false;
  }

  /** Opens a file for reading; the caller closes the stream. */
  InputStream open(Location file) throws IOException;

  /** Opens a file for reading from a position on; the caller closes the stream. */
  InputStream open(Location file, long from) throws IOException;

  /** Returns a whole file as it was at one moment, even if it is replaced at the same time. */
  default byte[] read(Location file) throws IOException {
    return read(file, Integer.MAX_VALUE);
  }

  /**
   * Returns a file, or its beginning, as it was at one moment, even if it is replaced at the same
   * time.
   *
   * @param maxBytes the largest number of bytes to read
   */
  default byte[] read(Location file, int maxBytes) throws IOException {
    long size = find(file).map(FileEntry::bytes).orElse(0L);
    try (InputStream in = open(file)) {
      return WholeFile.read(in, size, maxBytes);
    }
  }

  /** Creates a directory and its parents; does nothing if it exists. */
  void createDirectories(Location directory) throws IOException;

  /**
   * Writes a new file; creates its directory if it is missing. If several callers try at the same
   * time, one succeeds.
   *
   * @throws java.nio.file.FileAlreadyExistsException if a file or directory exists there already
   */
  void create(Location file, byte[] content) throws IOException;

  /** Writes a file, new or not, in one step; creates its directory if it is missing. */
  void replace(Location file, byte[] content) throws IOException;

  /**
   * Moves a file or directory; the target's parent must exist, the target must not. An object store
   * may make the parent.
   *
   * @throws java.nio.file.FileAlreadyExistsException if a file or directory exists there already
   */
  void rename(Location from, Location to) throws IOException;

  /**
   * Returns whether {@link #rename} makes a directory appear at this location in one step.
   * Otherwise the files are moved one after the other; readers see a part of them meanwhile, and a
   * process that is killed leaves a part of them.
   */
  boolean renamesDirectoriesWhole(Location location) throws IOException;

  /**
   * Removes a file, or a directory with everything in it; does nothing if it does not exist. A link
   * is removed, its target is not.
   */
  void delete(Location location) throws IOException;

  /**
   * Returns the location with links and mounts resolved. If the end of the path does not exist, the
   * part that exists is resolved.
   */
  Location real(Location location) throws IOException;
}
