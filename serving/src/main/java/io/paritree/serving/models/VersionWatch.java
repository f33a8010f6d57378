package io.paritree.serving.models;

import io.paritree.serving.models.ModelSlot.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks for new versions, at a fixed interval and on request.
 *
 * <p>Each file system has its own thread: a file system that does not answer delays only the models
 * on it, and requests never wait. Thread-safe.
 */
public final class VersionWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VersionWatch.class);
  private static final Pattern FILE_SYSTEM = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:/*[^/]*");

  private final Models models;
  private final Duration distance;
  private volatile List<FileSystemModels> fileSystems = List.of();

  /**
   * @param distance time between two checks; zero for checks only on request
   */
  public VersionWatch(Models models, Duration distance) {
    this.models = models;
    this.distance = distance;
  }

  /** Starts to watch the models, which must be open. */
  public void begin() {
    Map<String, List<ModelSlot>> slots = new LinkedHashMap<>();
    for (ModelSlot slot : models.all()) {
      slots.computeIfAbsent(fileSystem(slot.reference()), name -> new ArrayList<>()).add(slot);
    }

    List<FileSystemModels> all = new ArrayList<>();
    slots.forEach((name, found) -> all.add(new FileSystemModels(name, found, distance)));
    fileSystems = List.copyOf(all);
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
   * Opens all models again, in the watch's own threads.
   *
   * @return whether each is now the newest
   */
  public CompletableFuture<Boolean> reload() {
    List<CompletableFuture<Boolean>> all =
        fileSystems.stream().map(FileSystemModels::reload).toList();
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenApply(done -> all.stream().allMatch(CompletableFuture::join));
  }

  @Override
  public void close() {
    fileSystems.forEach(FileSystemModels::close);
  }

  /** The models of one file system, and the thread that checks them. */
  private static final class FileSystemModels {
    private final List<ModelSlot> slots;
    private final ScheduledExecutorService thread;

    /** The reload that is requested and has not begun; null if there is none. */
    private final AtomicReference<CompletableFuture<Boolean>> asked = new AtomicReference<>();

    FileSystemModels(String name, List<ModelSlot> slots, Duration distance) {
      this.slots = slots;
      this.thread =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread looking = new Thread(task, "versions of " + name);
                looking.setDaemon(true);
                return looking;
              });
      if (!distance.isZero()) {
        long millis = distance.toMillis();
        thread.scheduleWithFixedDelay(this::poll, millis, millis, TimeUnit.MILLISECONDS);
      }
    }

    private void poll() {
      for (ModelSlot slot : slots) {
        try {
          slot.poll();
        } catch (RuntimeException | Error e) {
          // If the exception left the task, it would silently end all polls.
          LOG.error("Cannot check for a new version of {}", slot.reference(), e);
        }
      }
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
              reload(mine);
            });
      } catch (RejectedExecutionException e) {
        mine.complete(false); // the server is being stopped
      }

      return mine;
    }

    private void reload(CompletableFuture<Boolean> result) {
      try {
        boolean newest = true;
        for (ModelSlot slot : slots) {
          newest &= slot.reload() == Outcome.REPLACED;
        }

        result.complete(newest);
      } catch (RuntimeException | Error e) {
        LOG.error("Cannot reload the models", e);
        result.complete(false);
      }
    }

    void close() {
      thread.shutdownNow();
    }
  }
}
