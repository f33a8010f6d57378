package io.paritree.serving.models;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for new versions, at a fixed interval and on request.
 *
 * <p>Each file system has its own threads: one that does not answer delays only the models on it,
 * and requests never wait. A look that takes too long is left to its thread, which may never end,
 * and another thread looks at the models. Thread-safe.
 */
public final class VersionWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VersionWatch.class);
  private static final Pattern FILE_SYSTEM = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:/*[^/]*");

  private final Models models;
  private final Duration distance;
  private final Duration limit;
  private volatile List<FileSystemModels> fileSystems = List.of();

  /** In threads of their own, so that they delay no new version of a served model. */
  private volatile List<FileSystemModels> challengers = List.of();

  /**
   * @param distance time between two looks; zero for looks only on request
   * @param limit longest time of a look before its store counts as one that does not answer
   */
  public VersionWatch(Models models, Duration distance, Duration limit) {
    this.models = models;
    this.distance = distance;
    this.limit = limit;
  }

  /** Starts to watch the models, which must be open, and to open their challengers. */
  public void begin() {
    fileSystems = watched(models.all().stream().map(ModelSlot::watched).toList());
    challengers =
        watched(models.shadows().challengers().stream().map(ChallengerSlot::watched).toList());
    challengers.forEach(FileSystemModels::pollNow);
  }

  private List<FileSystemModels> watched(List<Watched> slots) {
    Map<String, List<Watched>> bySystem = new LinkedHashMap<>();
    for (Watched slot : slots) {
      bySystem.computeIfAbsent(fileSystem(slot.reference()), name -> new ArrayList<>()).add(slot);
    }

    List<FileSystemModels> all = new ArrayList<>();
    bySystem.forEach((name, found) -> all.add(new FileSystemModels(name, found, distance, limit)));
    return List.copyOf(all);
  }

  private static String fileSystem(String location) {
    Matcher scheme = FILE_SYSTEM.matcher(location);
    return scheme.lookingAt() && !location.startsWith("file:") ? scheme.group() : "local files";
  }

  /** Returns whether the models are open and being watched. */
  public boolean hasBegun() {
    return !fileSystems.isEmpty();
  }

  /**
   * What is watched.
   *
   * @param poll looks for a new version; returns whether one was put into service
   * @param reload opens the newest version, whether it is new or not
   * @param overdue learns that a look has not ended in time
   */
  record Watched(
      String reference,
      Callable<Boolean> poll,
      Callable<Boolean> reload,
      Consumer<Duration> overdue) {}

  /**
   * Opens all models again, in the watch's own threads; and challengers, for which nobody waits.
   *
   * @return whether each model is now the newest
   */
  public CompletableFuture<Boolean> reload() {
    challengers.forEach(FileSystemModels::reload);
    List<CompletableFuture<Boolean>> all =
        fileSystems.stream().map(FileSystemModels::reload).toList();
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenApply(done -> all.stream().allMatch(CompletableFuture::join));
  }

  @Override
  public void close() {
    fileSystems.forEach(FileSystemModels::close);
    challengers.forEach(FileSystemModels::close);
  }

  /** The models of one file system, and the threads that look for their versions. */
  private static final class FileSystemModels {
    private final String name;
    private final List<WatchedSlot> slots;
    private final Duration limit;

    /** Waits for the looks, so it is held up for a limited time only. */
    private final ScheduledExecutorService thread;

    /** Reads the store; replaced when it does not come back. */
    private volatile ExecutorService looking;

    /** The reload that is requested and has not begun; null if there is none. */
    private final AtomicReference<CompletableFuture<Boolean>> asked = new AtomicReference<>();

    FileSystemModels(String name, List<Watched> slots, Duration distance, Duration limit) {
      this.name = name;
      this.slots = slots.stream().map(WatchedSlot::new).toList();
      this.limit = limit;
      this.looking = Executors.newSingleThreadExecutor(task -> thread("store of " + name, task));
      this.thread =
          Executors.newSingleThreadScheduledExecutor(task -> thread("versions of " + name, task));
      if (!distance.isZero()) {
        long millis = distance.toMillis();
        thread.scheduleWithFixedDelay(this::poll, millis, millis, TimeUnit.MILLISECONDS);
      }
    }

    private static Thread thread(String name, Runnable task) {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    }

    void pollNow() {
      thread.execute(this::poll);
    }

    private void poll() {
      for (WatchedSlot watched : slots) {
        if (watched.isDue()) {
          look(watched, watched.slot.poll());
        }
      }
    }

    private boolean look(WatchedSlot watched, Callable<Boolean> look) {
      Future<Boolean> replaced = looking.submit(look);
      try {
        boolean isReplaced = replaced.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        watched.unanswered = 0;
        return isReplaced;
      } catch (TimeoutException e) {
        looking.shutdown(); // not interrupted: its result is used if it comes
        looking = Executors.newSingleThreadExecutor(task -> thread("store of " + name, task));
        watched.unanswered(limit);
      } catch (ExecutionException e) {
        // If the exception left the task, it would silently end all looks.
        LOG.error("Cannot look for a new version of {}", watched.slot.reference(), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the server is being stopped
      }

      return false;
    }

    CompletableFuture<Boolean> reload() {
      CompletableFuture<Boolean> mine = new CompletableFuture<>();
      CompletableFuture<Boolean> waiting = asked.compareAndExchange(null, mine);
      if (waiting != null) {
        return waiting; // it will see what this one would see
      }

      try {
        thread.execute(
            () -> {
              asked.set(null);
              boolean newest = true;
              for (WatchedSlot watched : slots) {
                newest &= look(watched, watched.slot.reload());
              }

              mine.complete(newest);
            });
      } catch (RejectedExecutionException e) {
        mine.complete(false); // the server is being stopped
      }

      return mine;
    }

    void close() {
      thread.shutdownNow();
      looking.shutdownNow();
    }
  }

  /** A slot, and how often its store has not answered in a row. */
  private static final class WatchedSlot {
    private final Watched slot;
    private int unanswered;
    private long next = System.nanoTime();

    WatchedSlot(Watched slot) {
      this.slot = slot;
    }

    boolean isDue() {
      return System.nanoTime() - next >= 0;
    }

    /** The next look is later each time, because each may cost a thread that never ends. */
    void unanswered(Duration limit) {
      slot.overdue().accept(limit);
      unanswered++;
      next = System.nanoTime() + unanswered * limit.toNanos();
    }
  }
}
