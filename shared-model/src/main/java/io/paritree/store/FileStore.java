package io.paritree.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Files and directories of one file system.
 *
 * <p>Contract, held by one test for all implementations: a missing path is a {@link
 * java.nio.file.NoSuchFileException}; {@link #create} never replaces; {@link #replace} shows a
 * reader the old content or the new, never a part; {@link #rename} moves a file or a whole
 * directory in one step and fails with a {@link java.nio.file.FileAlreadyExistsException} where the
 * target exists. Implementations are thread-safe.
 */
public interface FileStore {

  /** Returns the store that holds a location. */
  static FileStore of(Location location) throws IOException {
    throw new UnsupportedOperationException(location.toString());
  }

  /** Returns what is known of a file or directory; empty if there is none. */
  Optional<FileEntry> find(Location location) throws IOException;

  /** Returns the entries of a directory, by name; hidden ones too. */
  List<FileEntry> list(Location directory) throws IOException;

  /** Opens a file for reading; the caller closes it. */
  InputStream open(Location file) throws IOException;

  /** Returns a whole file. */
  default byte[] read(Location file) throws IOException {
    try (InputStream in = open(file)) {
      return in.readAllBytes();
    }
  }

  /** Makes a directory and its parents; does nothing if it exists. */
  void createDirectories(Location directory) throws IOException;

  /** Writes a new file; its directory is made if need be. */
  void create(Location file, byte[] content) throws IOException;

  /** Writes a file, new or not, in one step; its directory is made if need be. */
  void replace(Location file, byte[] content) throws IOException;

  /** Moves a file or directory in one step; the target's parent must exist, the target must not. */
  void rename(Location from, Location to) throws IOException;

  /** Removes a file, or a directory with all that it holds; does nothing if there is none. */
  void delete(Location location) throws IOException;
}
