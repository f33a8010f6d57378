package io.paritree.spark.publish;

import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Moves the files of a directory one by one. A move that was interrupted is completed by the next
 * attempt: object stores copy a file and then remove the original, and a file is always complete in
 * one of the two places.
 */
record FileMoves(FileStore store) {
  /** Moves at the same time; each is some requests to a store. */
  private static final int AT_ONCE = 8;

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
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.max(1, Math.min(AT_ONCE, paths.size())));
    try {
      List<Future<Void>> all = new ArrayList<>();
      for (String path : paths) {
        Callable<Void> move =
            () -> {
              moveRepeatedly(from.resolve(path), to.resolve(path));
              return null;
            };
        all.add(threads.submit(move));
      }

      for (Future<Void> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException unexpected) {
        throw unexpected;
      }

      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Cannot move the files of %s: interrupted".formatted(from), e);
    } finally {
      threads.shutdownNow();
      awaitEnd(threads);
    }
  }

  /** Also if this thread is interrupted: a move that is left running could undo what comes next. */
  private static void awaitEnd(ExecutorService threads) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }

    if (interrupted) {
      Thread.currentThread().interrupt();
    }
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
