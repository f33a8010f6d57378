package io.paritree.spark.publish;

import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * An output's lock on a store without file locks.
 *
 * <p>The lock is a sequence of files named 1, 2, 3, ...; each is created and never rewritten. The
 * run that created the highest number N holds the lock until a file {@code N.free} exists, or until
 * {@code N.beat} has not changed for {@link LockTimes#stale}. A run takes the lock by creating the
 * next number; of several runs that try, one succeeds. No run removes or rewrites a file of the
 * present holder, so a run that comes late does no harm.
 *
 * <p>A holder that was only paused must not move anything when it wakes. So a run that takes the
 * lock over from a dead holder first renames the holder's run directory. This is the fence: each of
 * the two renames of a swap has one end in that directory, so they fail from then on. Where a
 * directory cannot be renamed in one step, there is no such fence: a holder asks {@link #confirm}
 * before each change that could harm what others have published since, see {@link FileSwap}.
 */
record NumberedOutputLock(OutputPlace place, long number, Heartbeat heartbeat)
    implements OutputLock {
  private static final Duration POLL = Duration.ofMillis(200);

  static NumberedOutputLock take(OutputPlace place, String run, LockTimes times, Watch watch)
      throws IOException {
    FileStore store = place.store();
    while (true) {
      long holder = highest(place);
      if (holder > 0 && !isFree(place, holder)) {
        Location beat = place.lock().resolve(holder + ".beat");
        if (watch.unchanged(beat.toString(), text(store, beat)).compareTo(times.stale()) < 0) {
          pause(times);
          continue;
        }

        fence(place, holder);
      }

      long own = holder + 1;
      Location number = place.lock().resolve(String.valueOf(own));
      try {
        store.create(number, OutputPlace.utf8(run));
      } catch (FileAlreadyExistsException e) {
        continue;
      }

      // The number may come from an old listing: meanwhile, others may have used it, taken higher
      // ones, and removed it.
      if (highest(place) != own) {
        store.delete(number);
        continue;
      }

      Heartbeat heartbeat =
          new Heartbeat(store, place.lock().resolve(own + ".beat"), run, times.beat());
      clearBelow(place, own);
      return new NumberedOutputLock(place, own, heartbeat);
    }
  }

  private static void fence(OutputPlace place, long holder) throws IOException {
    String run = text(place.store(), place.lock().resolve(String.valueOf(holder)));
    if (!run.isEmpty() && place.renamesDirectoriesWhole()) {
      RunDirectory.fence(place, run, holder + 1);
    }
  }

  static long highest(OutputPlace place) throws IOException {
    long highest = 0;
    for (FileEntry entry : place.listOrNone(place.lock())) {
      highest = Math.max(highest, number(entry.location().name()));
    }

    return highest;
  }

  private static void clearBelow(OutputPlace place, long own) throws IOException {
    for (FileEntry entry : place.listOrNone(place.lock())) {
      String name = entry.location().name();
      long number = number(name.replaceFirst("\\.(beat|free)$", ""));
      if (number > 0 && number < own) {
        place.store().delete(entry.location());
      }
    }
  }

  private static long number(String name) {
    return name.matches("[0-9]{1,18}") ? Long.parseLong(name) : 0;
  }

  private static boolean isFree(OutputPlace place, long number) throws IOException {
    return place.store().find(place.lock().resolve(number + ".free")).isPresent();
  }

  private static String text(FileStore store, Location file) throws IOException {
    try {
      return new String(store.read(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private static void pause(LockTimes times) throws IOException {
    if (Thread.interrupted()) {
      throw new IOException("Cannot wait for the output's lock: interrupted");
    }

    long nanos = Math.min(POLL.toNanos(), times.beat().toNanos());
    LockSupport.parkNanos(nanos);
  }

  @Override
  public void confirm() throws IOException {
    if (highest(place) != number) {
      throw new LostLockException(
          "Cannot go on publishing to %s: another run has taken over the lock of this one"
              .formatted(place.output()));
    }
  }

  @Override
  public void close() throws IOException {
    heartbeat.close();
    place.store().replace(place.lock().resolve(number + ".free"), new byte[0]);
  }
}
