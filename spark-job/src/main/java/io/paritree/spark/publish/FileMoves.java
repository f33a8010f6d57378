package io.paritree.spark.publish;

import io.paritree.store.CallsAtOnce;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Moves the files of a directory one by one. A move that was interrupted is completed by the next
 * attempt: object stores copy a file and then remove the original, and a file is always complete in
 * one of the two places.
 *
 * @param calls how many moves are made at the same time
 */
record FileMoves(FileStore store, CallsAtOnce calls) {
  /**
   * S3A lists the directory that a file has left, and fails if its server lists a file that another
   * move has just removed.
   */
  private static final int ATTEMPTS = 5;

  private static final long PAUSE_NANOS = 20_000_000;

  /** Returns all files below a directory, by their paths relative to it. */
  Map<String, FileEntry> below(Location directory) throws IOException {
    Map<String, FileEntry> files = new TreeMap<>();
    add(directory, "", files);
    return files;
  }

  private void add(Location directory, String path, Map<String, FileEntry> files)
      throws IOException {
    List<FileEntry> entries;
    try {
      entries = store.list(directory);
    } catch (NoSuchFileException e) {
      return;
    }

    for (FileEntry entry : entries) {
      String name = path + entry.location().name();
      if (entry.isDirectory()) {
        add(entry.location(), name + "/", files);
      } else {
        files.put(name, entry);
      }
    }
  }

  /** Moves files one after the other, in this order; missing files are left out. */
  void move(Location from, Location to, List<String> paths) throws IOException {
    for (String path : paths) {
      moveRepeatedly(from.resolve(path), to.resolve(path));
    }
  }

  /**
   * Moves files, many at once; missing files are left out. When this fails, no move is in progress
   * any more: the caller may move files back.
   */
  void moveAll(Location from, Location to, Collection<String> paths) throws IOException {
    calls.each(paths, path -> moveRepeatedly(from.resolve(path), to.resolve(path)));
  }

  private void moveRepeatedly(Location from, Location to) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        move(from, to);
        return;
      } catch (IOException | RuntimeException e) {
        if (attempt == ATTEMPTS || Thread.currentThread().isInterrupted()) {
          throw e;
        }

        LockSupport.parkNanos(attempt * PAUSE_NANOS);
      }
    }
  }

  private void move(Location from, Location to) throws IOException {
    try {
      store.rename(from, to);
    } catch (NoSuchFileException | FileAlreadyExistsException e) {
      complete(from, to);
    }
  }

  /** Moves a file whose target's directory may be missing, or that was moved before in part. */
  private void complete(Location from, Location to) throws IOException {
    Optional<FileEntry> source = store.find(from);
    if (source.isEmpty()) {
      return;
    }

    Optional<FileEntry> there = store.find(to);
    if (there.isPresent() && there.get().bytes() == source.get().bytes()) {
      store.delete(from);
      return;
    }

    store.createDirectories(to.parent());
    if (there.isPresent()) {
      store.delete(to);
    }

    store.rename(from, to);
  }
}
