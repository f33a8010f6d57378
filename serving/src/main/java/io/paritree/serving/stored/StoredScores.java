package io.paritree.serving.stored;

import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.ServingConfig.ScoresOutput;
import io.paritree.serving.metrics.ServerMetrics;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * All stored scores in service, by the names that they have in paths. One thread polls the outputs
 * in the order of their names; requests never wait for it. Thread-safe.
 */
public final class StoredScores implements AutoCloseable {
  private final Map<String, ScoresTable> tables = new TreeMap<>();
  private final Duration poll;
  private final OpenFiles files;
  private ScheduledExecutorService thread;

  /**
   * Opens the outputs. One without a partition that can be served is served empty, and says why.
   *
   * @param files how many files the indexes may have open together
   * @throws IOException if one is not on a local disk
   */
  public StoredScores(ServingConfig.Scores config, long files, ServerMetrics metrics)
      throws IOException {
    this.poll = config.poll();
    this.files = new OpenFiles(files);
    for (Map.Entry<String, ScoresOutput> entry : new TreeMap<>(config.tables()).entrySet()) {
      ScoresOutput output = entry.getValue();
      tables.put(
          entry.getKey(),
          new ScoresTable(entry.getKey(), output.output(), output.keepPartitions(), this.files));
    }

    if (!tables.isEmpty()) {
      metrics.gauge(
          "paritree_scores_partitions",
          "Partitions of stored scores in service.",
          () -> tables.values().stream().mapToLong(table -> table.partitions().size()).sum());
      metrics.gauge(
          "paritree_scores_problems",
          "Published partitions of stored scores that are not in service as they are published.",
          () -> tables.values().stream().mapToLong(table -> table.problems().size()).sum());
      metrics.gauge(
          "paritree_scores_last_look_timestamp_seconds",
          "When the output of stored scores that was not read for the longest time was read, in"
              + " seconds since 1970.",
          () ->
              tables.values().stream()
                  .mapToLong(table -> table.polledAt().getEpochSecond())
                  .min()
                  .orElse(0));
    }

    tables.values().forEach(ScoresTable::poll);
  }

  /** Starts to poll the outputs at the interval of the configuration. */
  public synchronized void begin() {
    if (tables.isEmpty()) {
      return;
    }

    thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread watch = new Thread(task, "stored scores");
              watch.setDaemon(true);
              return watch;
            });
    if (!poll.isZero()) {
      long millis = poll.toMillis();
      thread.scheduleWithFixedDelay(this::pollAll, millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  private boolean pollAll() {
    boolean all = true;
    for (ScoresTable table : tables.values()) {
      all &= table.poll();
    }

    return all;
  }

  /**
   * Polls all outputs now, in the thread that also polls.
   *
   * @return whether all published partitions are in service
   */
  public synchronized CompletableFuture<Boolean> reload() {
    if (thread == null) {
      return CompletableFuture.completedFuture(true);
    }

    try {
      return CompletableFuture.supplyAsync(this::pollAll, thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(false); // the server is being stopped
    }
  }

  /** Returns how many files of indexes are open. */
  public long openFiles() {
    return files.open();
  }

  /** Returns all, in the order of their names. */
  public Collection<ScoresTable> all() {
    return tables.values();
  }

  /** Returns the stored scores of a name. */
  public Optional<ScoresTable> find(String name) {
    return Optional.ofNullable(tables.get(name));
  }

  /** Returns the names as a text for messages. */
  public String names() {
    return tables.isEmpty()
        ? "none (scripts/serve --scores NAME=DIR)"
        : String.join(", ", tables.keySet());
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.shutdownNow();
    }

    tables.values().forEach(ScoresTable::close);
  }
}
