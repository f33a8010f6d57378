package io.paritree.serving.stored;

import io.paritree.Closer;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.ServingConfig.ScoresOutput;
import io.paritree.serving.metrics.ServerMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All stored scores in service, by the names that they have in paths. Each output is polled by a
 * thread of its own, so that none waits for the store of another; requests never wait for them.
 * Thread-safe.
 */
public final class StoredScores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoredScores.class);
  private static final int END_SECONDS = 2;

  private final Map<String, ServedOutput> outputs = new TreeMap<>();
  private final Duration poll;
  private final boolean refusesStale;
  private final ServingConfig.Scores.Numbers numbers;
  private final OpenFiles files;
  private final IndexDirectory own;
  private final Map<ServedOutput, ScheduledExecutorService> threads = new LinkedHashMap<>();

  /**
   * Opens the outputs. One without a partition that can be served is served empty, and says why.
   *
   * @param files how many files the indexes may have open together
   * @throws IOException if there is no client for one's store, if the directory of indexes cannot
   *     be used, or if no partition of an output has an index
   */
  public StoredScores(ServingConfig.Scores config, long files, ServerMetrics metrics)
      throws IOException {
    this.poll = config.poll();
    this.refusesStale = config.stale() == ServingConfig.Scores.Stale.REFUSE;
    this.numbers = config.numbers();
    this.files = new OpenFiles(files);
    this.own = new IndexDirectory(Path.of(config.indexDirectory()), config.indexBytes());
    try (Closer opened = new Closer()) {
      opened.register(this::close);
      open(config, metrics);
      opened.release();
    }
  }

  private void open(ServingConfig.Scores config, ServerMetrics metrics) throws IOException {
    for (Map.Entry<String, ScoresOutput> entry : new TreeMap<>(config.tables()).entrySet()) {
      ScoresOutput configured = entry.getValue();
      outputs.put(
          entry.getKey(),
          new ServedOutput(
              entry.getKey(),
              configured.output(),
              configured.keepPartitions(),
              config.lookTimeout(),
              files,
              own,
              System::nanoTime));
    }

    own.keepOutputs(outputs.keySet());

    if (!outputs.isEmpty()) {
      ScoresMetrics.register(outputs.values(), poll, metrics.registry());
      metrics.gauge(
          "paritree_scores_index_bytes",
          "Bytes of the indexes in the server's own directory, and of those that are being fetched.",
          own::bytes);
    }

    for (ServedOutput output : outputs.values()) {
      threads.put(output, Executors.newSingleThreadScheduledExecutor(StoredScores::thread));
    }

    await(config.startTimeout());
    for (ServedOutput output : outputs.values()) {
      output.checkIndexes();
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "stored scores");
    thread.setDaemon(true);
    return thread;
  }

  /** Waits for the first poll of all outputs, but not for a store that does not answer. */
  private void await(Duration timeout) {
    try {
      pollAll().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("Stored scores: the start does not wait longer than scores.start-timeout");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts to poll the outputs at the interval of the configuration. */
  public synchronized void begin() {
    if (!poll.isZero()) {
      long millis = poll.toMillis();
      threads.forEach(
          (output, thread) ->
              thread.scheduleWithFixedDelay(
                  () -> poll(output), millis, millis, TimeUnit.MILLISECONDS));
    }
  }

  /**
   * Polls an output; an error, for instance of memory, ends neither its polls nor the start.
   *
   * @return whether all of its published partitions are in service
   */
  private static boolean poll(ServedOutput output) {
    try {
      return output.poll();
    } catch (Error e) {
      LOG.error("Scores {}: the look for new partitions failed", output.name(), e);
      return false;
    }
  }

  /**
   * Polls all outputs now, in the threads that also poll.
   *
   * @return whether all published partitions are in service
   */
  public synchronized CompletableFuture<Boolean> reload() {
    try {
      return pollAll();
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(false); // the server is being stopped
    }
  }

  private CompletableFuture<Boolean> pollAll() {
    List<CompletableFuture<Boolean>> polls = new ArrayList<>();
    threads.forEach(
        (output, thread) -> polls.add(CompletableFuture.supplyAsync(() -> poll(output), thread)));

    return CompletableFuture.allOf(polls.toArray(CompletableFuture[]::new))
        .thenApply(done -> polls.stream().allMatch(CompletableFuture::join));
  }

  /** Returns how numbers of keys and passed columns are answered. */
  ServingConfig.Scores.Numbers numbers() {
    return numbers;
  }

  /** Returns whether a request is refused if the newest partitions cannot be searched. */
  boolean refusesStale() {
    return refusesStale;
  }

  /** Returns how many files of indexes are open. */
  public long openFiles() {
    return files.open();
  }

  /** Returns all, in the order of their names. */
  public Collection<ServedOutput> all() {
    return outputs.values();
  }

  /** Returns the stored scores of a name. */
  public Optional<ServedOutput> find(String name) {
    return Optional.ofNullable(outputs.get(name));
  }

  /** Returns the look-up in the stored scores of a name, as they are in service now. */
  public Optional<KeyLookup> lookup(String name) {
    return find(name).map(output -> KeyLookup.of(output, this));
  }

  /** Returns the names as a text for messages. */
  public String names() {
    return outputs.isEmpty()
        ? "none (scripts/serve --scores NAME=DIR)"
        : String.join(", ", outputs.keySet());
  }

  /** Closes all indexes, unless a store holds up a look for new partitions. */
  @Override
  public synchronized void close() {
    threads.values().forEach(ExecutorService::shutdownNow);
    try {
      for (ExecutorService thread : threads.values()) {
        if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }

    outputs.values().forEach(ServedOutput::close);
    own.close();
  }
}
