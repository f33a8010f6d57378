package io.paritree.serving.stored;

import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionManifest;
import io.paritree.output.PartitionValue;
import io.paritree.serving.stored.OutputReader.Found;
import io.paritree.serving.stored.UnservedPartition.Reason;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the indexes of the newest partitions of one output open.
 *
 * <p>{@link #poll} replaces the {@link #state} in one step, and is called by one thread at a time.
 * A partition that cannot be used leaves the one that answered before in place. Other methods are
 * thread-safe.
 */
public final class OutputPoller {
  private static final Logger LOG = LoggerFactory.getLogger(OutputPoller.class);

  /** How often a partition must be absent before it counts as deleted. */
  private static final int ABSENCES = 2;

  private final String name;
  private final Location output;
  private final int keep;
  private final OpenFiles files;
  private final IndexDirectory own;
  private final FileStore store;
  private final LongSupplier nanos;
  private final RetiredPartitions retired;
  private OutputReader reader; // null until the output's store has answered once
  private IndexSource source;
  private volatile OutputState state;
  private volatile long waitsSince; // nanosecond clock; 0 while the output is not read
  private boolean isBegun; // the output has been read once since the start
  private final Map<String, Integer> absences = new HashMap<>();

  /**
   * @param name of the output in paths
   * @param keep how many partitions are served: the newest
   * @param files how many files the indexes of all outputs may have open
   * @param own where indexes are kept that are not on a disk of this machine
   * @param nanos a monotonic clock, in nanoseconds
   * @throws IOException if there is no client for the output's store
   */
  public OutputPoller(
      String name, String output, int keep, OpenFiles files, IndexDirectory own, LongSupplier nanos)
      throws IOException {
    this.name = name;
    this.keep = keep;
    this.files = files;
    this.own = own;
    this.nanos = nanos;
    this.retired = new RetiredPartitions(name, files);
    try {
      this.output = Location.of(output);
      this.store = FileStore.of(this.output);
    } catch (IllegalArgumentException e) { // also of Hadoop, for a host that has no address
      throw new IOException(
          "Cannot serve scores %s from %s: %s".formatted(name, output, e.getMessage()), e);
    }

    if (!this.output.isLocal()) {
      own.open();
    }

    this.state =
        OutputState.unread(
            "Cannot serve %s yet: it is being read, or its indexes fetched".formatted(output));
  }

  private void connect() throws IOException {
    if (reader == null) {
      Location real = store.real(output); // of a mount, on another store
      FileStore holding = FileStore.of(real);
      OutputReader connected = new OutputReader(holding, real, keep);
      source = new IndexSource(name, holding, connected, own, files, nanos);
      reader = connected;
    }
  }

  public OutputState state() {
    return state;
  }

  /** Returns where the output is. */
  public Location output() {
    return output;
  }

  /** Returns how long the output's store has not answered; 0 while it is not read. */
  public long waitedNanos() {
    long since = waitsSince;
    return since == 0 ? 0 : System.nanoTime() - since;
  }

  /** Reads which partitions are published now, and takes them into service. */
  public void poll() {
    boolean hadNone = state.partitions().isEmpty();
    try {
      look();
      String none =
          hadNone && state.isEmpty()
              ? "Cannot serve %s: scripts/score has published no partition there, with a %s or by a commit to a Delta table"
                  .formatted(output, PartitionManifest.FILE)
              : "";
      state = new OutputState(state.partitions(), state.unserved(), none, Instant.now());
    } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
      state = state.failed("Cannot read %s: %s".formatted(output, e.getMessage()));
    }
  }

  private void look() throws IOException {
    retired.closeOld();
    waits();
    try {
      connect();
      Map<String, UnservedPartition> unserved = new TreeMap<>();
      replace(reader.newest(unserved), unserved);
    } finally {
      waitsNoMore();
    }
  }

  /** Begins to wait for the store, which should not take long. */
  private void waits() {
    waitsSince = System.nanoTime() | 1;
  }

  /** Says that the store has answered, and that what comes now may take long. */
  private void waitsNoMore() {
    waitsSince = 0;
  }

  private void replace(List<Found> published, Map<String, UnservedPartition> unserved)
      throws IOException {
    boolean isFirst = !isBegun;
    if (isFirst) {
      show(ordered(source.earlier(published, unserved)), unserved, Map.of());
      isBegun = true;
    }

    List<OpenPartition> before = state.partitions();
    source.keepOnly(before, published);
    Map<String, OpenPartition> old = new LinkedHashMap<>();
    before.forEach(partition -> old.put(partition.path(), partition));
    Map<String, UnservedPartition> pending = pending(isFirst, published, old);
    Map<String, OpenPartition> next = new LinkedHashMap<>();
    try {
      show(before, unserved, pending);
      for (Found one : published) {
        absences.remove(one.path());
        waits();
        if (pending.containsKey(one.path()) && !isHere(one)) {
          waitsNoMore(); // its index may take long, and is reported as on its way
        }

        taken(one, old(one, old, published), unserved)
            .ifPresent(partition -> next.put(one.path(), partition));
        if (isFirst || before.isEmpty()) { // they would wait for the last index
          pending.remove(one.path());
          Map<String, OpenPartition> shown = new LinkedHashMap<>(old);
          shown.putAll(next);
          show(ordered(shown), unserved, pending);
        }
      }

      keepAbsent(old, next, published, unserved);
    } catch (IOException | RuntimeException | Error e) {
      next.values().removeAll(state.partitions());
      retired.add(next.values());
      throw e;
    }

    List<OpenPartition> ordered = ordered(next);
    List<OpenPartition> leaving = new ArrayList<>(state.partitions());
    leaving.removeAll(ordered);
    show(ordered, unserved, Map.of());
    retired.add(leaving);
    if (!leaving.isEmpty() || ordered.size() != before.size()) {
      LOG.info("Scores {}: {} partitions", name, ordered.size());
    }
  }

  /** Shows a state to requests, in one step. */
  private void show(
      List<OpenPartition> partitions,
      Map<String, UnservedPartition> unserved,
      Map<String, UnservedPartition> pending) {
    Map<String, UnservedPartition> all = new TreeMap<>(pending);
    all.putAll(unserved);
    state = state.with(partitions, UnservedPartition.ordered(all.values()));
  }

  /**
   * Returns the partitions that do not answer while this poll opens them: those that did not before
   * it, and those whose indexes have to be fetched. Others are opened at once.
   */
  private Map<String, UnservedPartition> pending(
      boolean isFirst, List<Found> published, Map<String, OpenPartition> old) {
    Map<String, UnservedPartition> all = new TreeMap<>();
    for (Found one : published) {
      if (isFirst || old.isEmpty() || !isSame(one, old(one, old, published)) && !isHere(one)) {
        all.put(
            one.path(),
            UnservedPartition.partition(
                one.path(),
                Reason.INDEX_ON_ITS_WAY,
                "Cannot use the partition yet: its index is being fetched"));
      }
    }

    state.unserved().forEach(one -> all.put(one.path(), one));

    return all;
  }

  private boolean isHere(Found one) {
    try {
      return source.isHere(one);
    } catch (IOException e) {
      return false; // said when it is opened
    }
  }

  private boolean wasDamaged(Found one) {
    return state.unserved().stream()
        .anyMatch(before -> before.path().equals(one.path()) && before.reason() == Reason.DAMAGED);
  }

  private static boolean isSame(Found one, OpenPartition old) {
    return old != null && old.manifest().directory().equals(one.run());
  }

  /** Returns partitions, newest first. */
  private static List<OpenPartition> ordered(Map<String, OpenPartition> partitions) {
    return partitions.values().stream()
        .sorted(Comparator.comparing(OpenPartition::path, PartitionValue.ORDER.reversed()))
        .toList();
  }

  /**
   * Returns what answered for a partition until now, also under another name of the same values,
   * which a run replaces too; null if nothing did.
   */
  private static OpenPartition old(
      Found one, Map<String, OpenPartition> before, List<Found> published) {
    OpenPartition same = before.get(one.path());
    if (same != null) {
      return same;
    }

    String canonical = PartitionValue.canonical(one.path());
    return before.entrySet().stream()
        .filter(other -> PartitionValue.canonical(other.getKey()).equals(canonical))
        .filter(other -> published.stream().noneMatch(now -> now.path().equals(other.getKey())))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  /** Returns what answers for a published partition after this poll; empty if nothing can. */
  private Optional<OpenPartition> taken(
      Found one, OpenPartition old, Map<String, UnservedPartition> unserved) {
    boolean isSame = isSame(one, old);
    Reason reason;
    String why;
    try {
      one.missing().ifPresent(rows -> unserved.put(one.path(), rows));
      if (one.missing().isPresent() && !isSame && !source.isHere(one)) {
        return stillFound(one, old);
      }

      boolean isReadWhole = isSame || wasDamaged(one);
      return Optional.of(
          isReadWhole
              ? source.current(one, isSame ? old : null, this::waitsNoMore)
              : source.open(one));
    } catch (NoSuchFileException e) {
      reason = Reason.NO_INDEX;
      why =
          isSame
              ? removed(one, "no " + e.getMessage())
              : ("Cannot use the partition: run %s has built no index, or it was removed; publish the"
                      + " partition again with scripts/score --lookup-index (no %s)")
                  .formatted(one.run(), e.getMessage());
    } catch (DamagedFileException | UnfitFileException e) {
      reason = Reason.DAMAGED;
      why = e.getMessage();
    } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
      reason = Reason.UNREADABLE;
      why = String.valueOf(e.getMessage());
    }

    unserved.put(one.path(), UnservedPartition.partition(one.path(), reason, why));
    if (reason == Reason.UNREADABLE) {
      return Optional.ofNullable(old); // now, which says nothing of the published partition
    }

    return isSame ? Optional.empty() : stillFound(one, old);
  }

  /**
   * Returns an earlier publication if a start would find it: what it would not does not answer. A
   * start looks for none where there is an index of the newest one, whole or damaged.
   */
  private Optional<OpenPartition> stillFound(Found one, OpenPartition old) {
    return Optional.ofNullable(old)
        .filter(earlier -> !isHere(one) && source.isKept(earlier.manifest()));
  }

  /** Returns why a partition does not answer whose index has answered before. */
  private static String removed(Found one, String found) {
    return "Cannot use the partition: the index of run %s was there, and is removed in whole or in part; restore it, or publish the partition again (%s)"
        .formatted(one.run(), found);
  }

  /**
   * Keeps partitions that were not found this time: between the two renames of a replacement, a
   * partition is absent for a moment, or until the next run if its run was killed there. Also those
   * whose manifest cannot be read now, or is damaged, if a start would find their indexes. What a
   * table does not have now was changed.
   */
  private void keepAbsent(
      Map<String, OpenPartition> before,
      Map<String, OpenPartition> next,
      List<Found> published,
      Map<String, UnservedPartition> unserved)
      throws IOException {
    String oldest = published.isEmpty() ? null : published.get(published.size() - 1).path();
    Set<String> replaced = new HashSet<>();
    published.forEach(one -> replaced.add(PartitionValue.canonical(one.path())));
    for (Map.Entry<String, OpenPartition> entry : before.entrySet()) {
      String path = entry.getKey();
      // A run also replaces what has the same values under another name.
      if (replaced.contains(PartitionValue.canonical(path))) {
        continue;
      }

      boolean isBeyond = reader.isFull(published) && PartitionValue.ORDER.compare(path, oldest) < 0;
      int absent = absences.merge(path, 1, Integer::sum);
      boolean isOnItsWay = !reader.isTable() && (absent < ABSENCES || reader.isBeingPublished());
      UnservedPartition broken = unserved.get(path);
      boolean isAnswering =
          broken == null
              ? isOnItsWay
              : broken.reason() == Reason.UNREADABLE || source.isKept(entry.getValue().manifest());
      if (!isBeyond && isAnswering) {
        next.put(path, entry.getValue());
      } else {
        absences.remove(path);
      }
    }
  }

  /** Closes all indexes. */
  public void close() {
    retired.add(state.partitions());
    state = state.with(List.of(), List.of());
    retired.closeAll();
  }
}
