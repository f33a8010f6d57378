package io.paritree.serving.stored;

import io.paritree.json.JsonText;
import io.paritree.lookup.KeyForm;
import io.paritree.output.DamagedFileException;
import io.paritree.serving.stored.UnservedPartition.Reason;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stored scores of one output, as requests and operators see them.
 *
 * <p>A request reads {@link #state} once, and so sees one state. Thread-safe.
 */
public final class ServedOutput {
  private static final Logger LOG = LoggerFactory.getLogger(ServedOutput.class);
  private static final int MAX_EXAMPLE_BYTES = 256;

  private final String name;
  private final Duration lookTimeout;
  private final OutputPoller indexes;
  private final Instant made = Instant.now();
  private final AtomicLongArray lookups = new AtomicLongArray(LookupResult.values().length);

  /**
   * @param keep how many partitions are served: the newest
   * @param lookTimeout after which a store that is read counts as one that does not answer
   * @param files how many files the indexes of all outputs may have open
   * @param own where indexes are kept that are not on a disk of this machine
   * @param nanos a monotonic clock, in nanoseconds
   * @throws IOException if there is no client for the output's store
   */
  ServedOutput(
      String name,
      String output,
      int keep,
      Duration lookTimeout,
      OpenFiles files,
      IndexDirectory own,
      LongSupplier nanos)
      throws IOException {
    this.name = name;
    this.lookTimeout = lookTimeout;
    this.indexes = new OutputPoller(name, output, keep, files, own, nanos);
  }

  public String name() {
    return name;
  }

  /** Returns where the output is. */
  public Location location() {
    return indexes.output();
  }

  /** Returns the partitions that answer now, newest first; immutable. */
  public List<OpenPartition> partitions() {
    return state().partitions();
  }

  /** Returns the partitions that do not answer as they are published now, newest first. */
  public List<UnservedPartition> unserved() {
    return state().unserved();
  }

  OutputState state() {
    return indexes.state();
  }

  /** Returns why partitions are not served as they are published now, by their paths. */
  public Map<String, String> problems() {
    Map<String, String> all = state().problems();
    long waited = indexes.waitedNanos();
    if (waited > lookTimeout.toNanos()) {
      all.put(
          "",
          "Cannot read %s: its store has not answered for %s s"
              .formatted(indexes.output(), TimeUnit.NANOSECONDS.toSeconds(waited)));
    }

    return all;
  }

  /**
   * Checks that the output is one of whose partitions the job builds indexes.
   *
   * @throws IOException if partitions are published, and none of them has an index
   */
  void checkIndexes() throws IOException {
    OutputState now = state();
    if (now.partitions().isEmpty()
        && !now.unserved().isEmpty()
        && now.unserved().stream().allMatch(one -> one.reason() == Reason.NO_INDEX)) {
      throw new IOException(
          ("Cannot serve scores %s from %s: none of its newest partitions (%s) has an index; publish"
                  + " them with scripts/score --lookup-index")
              .formatted(name, indexes.output(), now.unserved().size()));
    }
  }

  /** Returns when the output was last read. */
  public Instant polledAt() {
    return state().readAt();
  }

  /** Returns when the output was last read, or the server started if it was not. */
  Instant unreadSince() {
    Instant last = polledAt();
    return last.isBefore(made) ? made : last;
  }

  /** Counts a look-up. */
  void lookedUp(LookupResult result) {
    lookups.incrementAndGet(result.ordinal());
  }

  /** Returns how many look-ups ended in one way since the start. */
  long lookups(LookupResult result) {
    return lookups.get(result.ordinal());
  }

  /** Returns a key that a partition has as JSON, for people; empty if none can be read. */
  public Optional<byte[]> exampleKey(OpenPartition partition) throws IOException {
    KeyForm form = partition.manifest().keys();
    try {
      return partition
          .someKey(MAX_EXAMPLE_BYTES)
          .map(key -> JsonText.compact(json -> form.write(key, json)));
    } catch (DamagedFileException e) {
      damaged(partition, e);
      return Optional.empty();
    } catch (ClosedChannelException | RuntimeException e) { // replaced, or no key of its columns
      return Optional.empty();
    }
  }

  /** Reports that an index has turned out to be damaged while it answered. */
  public void damaged(OpenPartition partition, DamagedFileException e) {
    if (partition.isNewDamage(e.getMessage())) {
      LOG.error("Scores {}, {}: {}", name, partition.name(), e.getMessage());
    }
  }

  /**
   * Reads which partitions are published now, and takes them into service.
   *
   * @return whether all of them are
   */
  synchronized boolean poll() {
    Map<String, String> known = problems();
    indexes.poll();
    Map<String, String> found = problems();
    found.forEach(
        (path, why) -> {
          if (!why.equals(known.get(path))) {
            LOG.warn("Scores {}: {}", path.isEmpty() ? name : name + ", " + path, why);
          }
        });
    return found.isEmpty();
  }

  synchronized void close() {
    indexes.close();
  }
}
