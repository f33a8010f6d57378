package io.paritree.serving.stored;

import io.paritree.lookup.IndexManifest;
import io.paritree.output.StateDirectory;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The server's own directory of indexes: copies of the indexes of outputs on another store.
 *
 * <pre>
 *   paritree.lock                    held by the one server that uses the directory
 *   .incomplete/...                  copies that are being made; removed by the next start
 *   NAME/RUN/PARTITION/lookup.json   whole indexes, which a next start finds again
 * </pre>
 *
 * <p>Made when the first index needs it. Thread-safe.
 */
public final class IndexDirectory implements AutoCloseable {
  private static final String LOCK = "paritree.lock";
  private static final String INCOMPLETE = ".incomplete";
  private static final long MEBIBYTE = 1 << 20;

  private final Path directory;
  private final long most;
  private FileChannel lock;
  private final Set<IndexCopy> incomplete = new HashSet<>();
  private long whole; // bytes of whole indexes
  private volatile long bytes;

  /**
   * @param most bytes of all files; with 0, its indexes are read, and nothing is written
   */
  public IndexDirectory(Path directory, long most) {
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

    try {
      Files.createDirectories(directory);
    } catch (FileSystemException e) {
      throw refused("it cannot be made (%s)".formatted(e));
    }

    Path file = directory.resolve(LOCK);
    try (Stream<Path> entries = Files.list(directory)) {
      if (!Files.exists(file) && entries.findAny().isPresent()) {
        throw refused("it holds other files; expected a directory of its own");
      }
    }

    FileChannel opened;
    try {
      opened = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (FileSystemException e) {
      throw refused("it cannot be written (%s)".formatted(e));
    }

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
    count();
  }

  private IOException refused(String why) {
    return new IOException(
        "Cannot keep indexes in %s: %s (scores.index-directory)".formatted(directory, why));
  }

  private FileStore store() throws IOException {
    return FileStore.of(Location.of(directory));
  }

  /** Returns the directory of an output's indexes. */
  Location of(String output) {
    return Location.of(directory.resolve(output));
  }

  /** Returns the bytes of whole indexes, and of all that incomplete ones will have. */
  public long bytes() {
    return bytes;
  }

  /** Counts the bytes of whole indexes. */
  private void count() throws IOException {
    whole = 0;
    for (Location output : directories(Location.of(directory))) {
      if (!output.name().equals(INCOMPLETE)) {
        whole += bytes(output);
      }
    }

    sum();
  }

  private void sum() {
    bytes = whole + incomplete.stream().mapToLong(IndexCopy::needed).sum();
  }

  private long bytes(Location below) throws IOException {
    long all = 0;
    for (FileEntry entry : store().list(below)) {
      if (!Files.isSymbolicLink(entry.location().toPath())) {
        all += entry.isDirectory() ? bytes(entry.location()) : entry.bytes();
      }
    }

    return all;
  }

  /**
   * Begins the copy of an index.
   *
   * @param needed bytes of all its files
   * @throws IOException if there is no room for them
   */
  synchronized IndexCopy begin(long needed) throws IOException {
    if (most == 0) {
      throw new IOException("Cannot keep the index: this is a check, which writes none");
    }

    open();
    long others = incomplete.stream().mapToLong(IndexCopy::needed).sum();
    if (whole + others + needed > most) {
      throw new IOException(
          ("Cannot keep the index in %s: it has %s MiB, and the indexes there %s of at most %s; raise"
                  + " scores.index-size, or lower keep-partitions")
              .formatted(directory, up(needed), up(whole + others), most / MEBIBYTE));
    }

    long unwritten = needed + others - incomplete.stream().mapToLong(IndexCopy::written).sum();
    long left = Files.getFileStore(directory).getUsableSpace();
    if (unwritten > left) {
      throw new IOException(
          "Cannot keep the index in %s: with others, %s MiB are still to be written, and the disk has only"
                  .formatted(directory, up(unwritten))
              + " %s left".formatted(left / MEBIBYTE));
    }

    Path path = directory.resolve(INCOMPLETE).resolve(UUID.randomUUID().toString());
    IndexCopy copy = new IndexCopy(this, Files.createDirectories(path), needed);
    incomplete.add(copy);
    sum();
    return copy;
  }

  private static long up(long bytes) {
    return (bytes + MEBIBYTE - 1) / MEBIBYTE;
  }

  /** Puts a whole index into its place, in one step. */
  synchronized void finish(IndexCopy copy, Location place) throws IOException {
    FileStore store = store();
    store.createDirectories(place.parent());
    remove(place);
    store.rename(Location.of(copy.path()), place);
    incomplete.remove(copy);
    count();
  }

  /** Removes a copy that will not be whole. */
  synchronized void abandon(IndexCopy copy) throws IOException {
    incomplete.remove(copy);
    sum();
    store().delete(Location.of(copy.path()));
  }

  /**
   * Removes an index that is damaged.
   *
   * @return whether it may be removed: a check removes nothing, as a running server may use it
   */
  synchronized boolean discard(Location place) throws IOException {
    if (lock != null) {
      remove(place);
      count();
    }

    return lock != null;
  }

  /** Removes a directory; of an index, first the file without which nothing of it is used. */
  private void remove(Location place) throws IOException {
    store().delete(place.resolve(IndexManifest.FILE));
    store().delete(place);
  }

  /** Removes all indexes of an output that are not used. */
  synchronized void keepOnly(String output, Set<Location> used) throws IOException {
    if (lock != null) {
      removeUnused(of(output), used);
      count();
    }
  }

  /** Removes all of a directory that is not used; returns whether that is everything. */
  private boolean removeUnused(Location below, Set<Location> used) throws IOException {
    boolean isUnused = !used.contains(below);
    if (isUnused) {
      for (Location entry : directories(below)) {
        isUnused &= removeUnused(entry, used);
      }
    }

    if (isUnused) {
      remove(below);
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

  /** Returns the names of the directories of runs that an output has indexes of. */
  synchronized List<String> runs(String output) throws IOException {
    List<Location> runs = directories(StateDirectory.indexes(of(output)));
    if (!runs.isEmpty()) {
      open();
    }

    return runs.stream().map(Location::name).sorted().toList();
  }

  /**
   * Removes the indexes of all outputs but these, unless another server uses the directory; leaves
   * it free for one if this server does not use it yet.
   */
  public synchronized void keepOutputs(Set<String> names) throws IOException {
    boolean isUsed = lock != null;
    if (!isUsed) {
      if (most == 0 || !Files.exists(directory.resolve(LOCK))) {
        return;
      }

      try {
        open();
      } catch (IOException e) {
        return; // it is in use, or not ours any more: who needs it will say so
      }
    }

    for (Location output : directories(Location.of(directory))) {
      if (!output.name().equals(INCOMPLETE) && !names.contains(output.name())) {
        removeUnused(output, Set.of());
      }
    }

    count();
    if (!isUsed) {
      lock.close();
      lock = null;
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
