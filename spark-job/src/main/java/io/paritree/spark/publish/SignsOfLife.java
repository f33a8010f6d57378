package io.paritree.spark.publish;

import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * Tells which runs live: each keeps a file in {@code running/}, locked on local disks, rewritten
 * from time to time elsewhere.
 */
final class SignsOfLife {
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

    Optional<FileLocks.Held> held = FileLocks.tryLock(file.toPath());
    FileLocks.Held lock =
        held.orElseThrow(
            () -> new IOException("Cannot begin run %s: it is running already".formatted(run)));
    return () -> {
      place.store().delete(file);
      lock.close();
    };
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
    for (FileEntry entry : place.listOrNone(place.running())) {
      isDead(entry.location().name());
    }
  }

  /** Removes what a dead run has left here. */
  void forget(String run) throws IOException {
    place.store().delete(sign(run));
  }

  private Location sign(String run) {
    return place.running().resolve(run);
  }
}
