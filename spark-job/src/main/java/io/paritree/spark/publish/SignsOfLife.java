package io.paritree.spark.publish;

import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Shows which runs are alive. Each run has a file in {@code running/}, its sign of life: on local
 * disks, the run holds a lock on it; on other stores, the run rewrites it at regular intervals.
 */
record SignsOfLife(OutputPlace place, LockTimes times, Watch watch) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Creates a run's sign of life; closing the result ends it and removes its file. */
  Closeable show(String run) throws IOException {
    Location file = sign(run);
    place.store().createDirectories(place.running());
    if (!file.isLocal()) {
      Heartbeat heartbeat = new Heartbeat(place.store(), file, run, times.beat());
      return () -> {
        heartbeat.close();
        place.store().delete(file);
      };
    }

    FileLocks.Held lock = lock(file.toPath());
    return () -> {
      try (lock) {
        place.store().delete(file);
      }
    };
  }

  /**
   * Locks a new sign of life. It tries repeatedly, because a run that searches for dead runs may
   * hold the lock for a moment, or remove the file.
   */
  private static FileLocks.Held lock(Path file) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    do {
      Optional<FileLocks.Held> held = FileLocks.tryLock(file);
      if (held.isPresent() && Files.exists(file)) {
        return held.get();
      }

      if (held.isPresent()) {
        held.get().close();
      }

      LockSupport.parkNanos(1_000_000);
    } while (System.nanoTime() < end && !Thread.currentThread().isInterrupted());

    throw new IOException("Cannot lock %s: another process holds it".formatted(file));
  }

  /**
   * Returns whether a run is certainly dead. On stores without file locks, this takes several calls
   * over time: its sign must not have changed for {@link LockTimes#stale}.
   */
  boolean isDead(String run) throws IOException {
    Location file = sign(run);
    if (file.isLocal()) {
      return !FileLocks.isLocked(file.toPath());
    }

    String content;
    try {
      content = new String(place.store().read(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return true;
    }

    return watch.unchanged(file.toString(), content).compareTo(times.stale()) >= 0;
  }

  /** Reads all signs, so that the time in which they do not change is measured from now on. */
  void look() throws IOException {
    if (!place.running().isLocal()) {
      for (FileEntry entry : place.listOrNone(place.running())) {
        isDead(entry.location().name());
      }

      for (Location file : halfWritten()) {
        watch.unchanged(file.toString(), "");
      }
    }
  }

  /** Returns the lock files that a run is writing, or was writing when it was killed. */
  private List<Location> halfWritten() throws IOException {
    return place.listOrNone(place.lock()).stream()
        .map(FileEntry::location)
        .filter(file -> file.name().startsWith("."))
        .toList();
  }

  /** Returns whether other runs, dead or alive, have signs or half-written lock files here. */
  boolean hasOthersThan(String own) throws IOException {
    return !halfWritten().isEmpty()
        || place.listOrNone(place.running()).stream()
            .anyMatch(entry -> !entry.location().name().equals(own));
  }

  /**
   * Removes the signs of dead runs that have left nothing else, and the lock files that dead runs
   * have half written.
   *
   * @param own the run whose sign is not examined
   */
  void forgetTheDead(String own) throws IOException {
    for (FileEntry entry : place.listOrNone(place.running())) {
      String run = entry.location().name();
      if (!run.equals(own) && place.store().find(place.state().resolve(run)).isEmpty()) {
        forgetIfDead(run);
      }
    }

    for (Location file : halfWritten()) {
      if (watch.unchanged(file.toString(), "").compareTo(times.stale()) >= 0) {
        place.store().delete(file);
      }
    }
  }

  private void forgetIfDead(String run) throws IOException {
    Location file = sign(run);
    if (file.isLocal()) {
      // A run that is just beginning notices that its sign is gone, and makes another.
      FileLocks.deleteUnlessLocked(file.toPath());
    } else if (isDead(run)) {
      place.store().delete(file);
    }
  }

  private Location sign(String run) {
    return place.running().resolve(run);
  }
}
