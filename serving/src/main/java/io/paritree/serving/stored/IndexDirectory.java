package io.paritree.serving.stored;

import io.paritree.lookup.IndexManifest;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The server's own directory of indexes: copies of those of outputs that are on another store.
 *
 * <pre>
 *   paritree.lock                    held by the one server that uses the directory
 *   .incomplete/...                  indexes that are being fetched; removed by the next start
 *   NAME/RUN/PARTITION/lookup.json   whole indexes, which a next start finds again
 * </pre>
 *
 * <p>Made when the first index needs it. Thread-safe.
 */
final class IndexDirectory implements AutoCloseable {
  private static final String LOCK = "paritree.lock";
  private static final String INCOMPLETE = ".incomplete";
  private static final long MEBIBYTE = 1 << 20;

  private final Path directory;
  private final long most;
  private FileChannel lock;
  private final Map<Path, Long> incomplete = new HashMap<>();
  private volatile long bytes;

  /**
   * @param most bytes of all files; with 0, what is there is read, and nothing is written
   */
  IndexDirectory(Path directory, long most) {
    this.directory = directory.toAbsolutePath().normalize();
    this.most = most;
  }

  /**
   * Makes sure that this server is the only one that uses the directory.
   *
   * @throws IOException if another server does, or if the directory holds something else
   */
  synchronized void open() throws IOException {
    if (lock != null || most == 0) {
      return;
    }

    Files.createDirectories(directory);
    Path file = directory.resolve(LOCK);
    try (Stream<Path> entries = Files.list(directory)) {
      if (!Files.exists(file) && entries.findAny().isPresent()) {
        throw refused("it holds other files; expected a directory of its own");
      }
    }

    FileChannel opened =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (opened.tryLock() == null) {
        throw refused("another server uses it; expected a directory for each");
      }
    } catch (OverlappingFileLockException e) {
      opened.close();
      throw refused("another server of this process uses it");
    } catch (IOException e) {
      opened.close();
      throw e;
    }

    lock = opened;
    store().delete(Location.of(directory.resolve(INCOMPLETE)));
    bytes = count();
  }

  private IOException refused(String why) {
    return new IOException(
        "Cannot keep indexes in %s: %s (scores.index-directory)".formatted(directory, why));
  }

  private FileStore store() throws IOException {
    return FileStore.of(Location.of(directory));
  }

  /** Returns the directory of a table's indexes. */
  Location of(String table) {
    return Location.of(directory.resolve(table));
  }

  /** Returns the bytes of all files, as they were counted last. */
  long bytes() {
    return bytes;
  }

  /** Counts the bytes of whole indexes, and all that incomplete ones will have. */
  private long count() throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }

    try (Stream<Path> all = Files.walk(directory)) {
      return promised()
          + all.filter(file -> !file.startsWith(directory.resolve(INCOMPLETE)))
              .mapToLong(IndexDirectory::length)
              .sum();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private long promised() {
    return incomplete.values().stream().mapToLong(Long::longValue).sum();
  }

  private static long length(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns a new directory for an index that is being made.
   *
   * @param needed bytes of its files
   * @throws IOException if there is no room for them
   */
  synchronized Path begin(long needed) throws IOException {
    if (most == 0) {
      throw new IOException("Cannot fetch the index: this is a check, which writes none");
    }

    open();
    Files.createDirectories(directory);
    bytes = count();
    if (bytes + needed > most) {
      throw new IOException(
          ("Cannot keep the index in %s: it has %s MiB, and the indexes there %s of at most %s; raise"
                  + " scores.index-size, or lower keep-partitions")
              .formatted(directory, up(needed), up(bytes), most / MEBIBYTE));
    }

    long left = Files.getFileStore(directory).getUsableSpace() - promised();
    if (needed > left) {
      throw new IOException(
          "Cannot keep the index in %s: it has %s MiB, and the disk has only %s left"
              .formatted(directory, up(needed), Math.max(0, left) / MEBIBYTE));
    }

    Path made = directory.resolve(INCOMPLETE).resolve(UUID.randomUUID().toString());
    Files.createDirectories(made);
    incomplete.put(made, needed);
    return made;
  }

  private static long up(long bytes) {
    return (bytes + MEBIBYTE - 1) / MEBIBYTE;
  }

  /** Puts a whole index into its place, in one step. */
  synchronized void finish(Path made, Location place) throws IOException {
    FileStore store = store();
    store.createDirectories(place.parent());
    remove(place);
    store.rename(Location.of(made), place);
    incomplete.remove(made);
    bytes = count();
  }

  /** Removes an index that is being made, and will not be whole. */
  synchronized void abandon(Path made) throws IOException {
    incomplete.remove(made);
    store().delete(Location.of(made));
  }

  /**
   * Removes an index that is damaged.
   *
   * @return whether it may be removed: a check removes nothing, as a running server may use it
   */
  synchronized boolean discard(Location place) throws IOException {
    if (lock != null) {
      remove(place);
    }

    return lock != null;
  }

  /** Removes a directory; of an index, first the file without which nothing of it is used. */
  private void remove(Location place) throws IOException {
    store().delete(place.resolve(IndexManifest.FILE));
    store().delete(place);
  }

  /** Removes all indexes of a table but those that are used. */
  synchronized void keepOnly(String table, Set<Location> used) throws IOException {
    if (lock != null && isUnused(of(table), used)) {
      remove(of(table));
    }

    bytes = lock == null ? 0 : count();
  }

  /** Returns whether nothing below a directory is used; removes what is not. */
  private boolean isUnused(Location below, Set<Location> used) throws IOException {
    if (used.contains(below)) {
      return false;
    }

    boolean isUnused = true;
    for (Location entry : directories(below)) {
      if (isUnused(entry, used)) {
        remove(entry);
      } else {
        isUnused = false;
      }
    }

    return isUnused;
  }

  private static List<Location> directories(Location below) throws IOException {
    if (!Files.isDirectory(below.toPath())) {
      return List.of();
    }

    try (Stream<Path> entries = Files.list(below.toPath())) {
      return entries.filter(Files::isDirectory).map(Location::of).toList();
    }
  }

  /** Removes the indexes of all tables but these. */
  synchronized void keepTables(Set<String> names) throws IOException {
    if (lock == null) {
      return;
    }

    for (Location table : directories(Location.of(directory))) {
      if (!table.name().equals(INCOMPLETE)
          && !names.contains(table.name())
          && isUnused(table, Set.of())) {
        remove(table);
      }
    }
  }

  @Override
  public synchronized void close() {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
