package io.paritree.spark.publish;

import io.paritree.store.FileEntry;
import io.paritree.store.Location;
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
 * Tells which runs live: each keeps a file in {@code running/}, locked on local disks, rewritten
 * from time to time elsewhere.
 */
final class SignsOfLife {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final OutputPlace place;
  private final LockTimes times;
  private final Watch watch;

  SignsOfLife(OutputPlace place, LockTimes times, Watch watch) {
    this.place = place;
    this.times = times;
    this.watch = watch;
  }

  /** Shows that a run lives, until it is closed; the file goes with it. */
  AutoCloseable show(String run) throws IOException {
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

  /** Locks a new sign; whoever looks for dead runs may hold or remove it for a moment. */
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
   * Returns whether a run is dead for certain. On stores without file locks that takes a while to
   * see: its sign must not change for as long as {@link LockTimes#stale}.
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

  /** Looks at all signs, so that time begins to count. */
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

  /** Returns the files of the lock that are being written, or that one who died was writing. */
  private List<Location> halfWritten() throws IOException {
    return place.listOrNone(place.lock()).stream()
        .map(FileEntry::location)
        .filter(file -> file.name().startsWith("."))
        .toList();
  }

  /** Returns whether anything is left here of runs other than this one, dead or alive. */
  boolean hasOthersThan(String own) throws IOException {
    return !halfWritten().isEmpty()
        || place.listOrNone(place.running()).stream()
            .anyMatch(entry -> !entry.location().name().equals(own));
  }

  /**
   * Removes the signs of dead runs that have left nothing else, and what they had half written.
   *
   * @param own is passed over
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
      // A run that begins just now sees that its sign is gone, and makes another.
      FileLocks.deleteUnlessLocked(file.toPath());
    } else if (isDead(run)) {
      place.store().delete(file);
    }
  }

  private Location sign(String run) {
    return place.running().resolve(run);
  }
}
