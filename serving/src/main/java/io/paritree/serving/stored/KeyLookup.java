package io.paritree.serving.stored;

import io.paritree.lookup.InvalidKeyException;
import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyForm;
import io.paritree.lookup.StoredEntry;
import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionValue;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import io.paritree.serving.stored.KeyResult.Absent;
import io.paritree.serving.stored.KeyResult.Found;
import io.paritree.serving.stored.KeyResult.Replaced;
import io.paritree.serving.stored.KeyResult.Unanswered;
import io.paritree.serving.stored.UnservedPartition.Reason;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks keys up in one state of an output: some of its partitions, newest first.
 *
 * <p>Made for one request. Not thread-safe.
 */
public record KeyLookup(ServedOutput output, StoredScores scores, OutputState state) {
  private static final int MAX_NAMED = 10;

  /** Returns the look-up in all partitions of an output that are in service now. */
  static KeyLookup of(ServedOutput output, StoredScores scores) {
    return new KeyLookup(output, scores, output.state());
  }

  /** Returns whether no partition can be searched. */
  public boolean isEmpty() {
    return state.partitions().isEmpty();
  }

  /** Returns the newest partition that is published, and does not answer as it is published now. */
  public Optional<UnservedPartition> unserved() {
    return state.unserved().stream().findFirst();
  }

  /** Counts a request that is refused because nothing can be searched. */
  public void refused() {
    output.lookedUp(LookupResult.UNANSWERED);
  }

  /** Returns the look-up in the partitions that have these values, given as text. */
  public KeyLookup in(Map<String, String> values) {
    return new KeyLookup(output, scores, state.only(partition -> matches(partition, values)));
  }

  private static boolean matches(Map<String, String> partition, Map<String, String> values) {
    return values.entrySet().stream()
        .allMatch(
            value -> {
              String own = partition.get(value.getKey());
              return own == null
                  ? PartitionValue.isNull(value.getValue())
                  : own.equals(value.getValue());
            });
  }

  /** Returns the columns of the partitions. */
  public Set<String> partitionColumns() {
    Set<String> columns = new LinkedHashSet<>();
    state.partitions().forEach(partition -> columns.addAll(partition.values().keySet()));
    state.unserved().forEach(one -> columns.addAll(one.values().keySet()));
    return columns;
  }

  /** Returns the columns of the keys, as the newest of the partitions has them. */
  public KeyForm form() {
    return state.partitions().get(0).manifest().keys();
  }

  /**
   * Returns a key.
   *
   * @param values in the order of {@link #form}
   * @throws InvalidKeyException if a column cannot have its value
   */
  public LookupKey key(List<String> values) throws InvalidKeyException {
    return new LookupKey(form(), values, numbers());
  }

  private Numbers numbers() {
    return scores.numbers();
  }

  /**
   * Looks a key up, and counts that.
   *
   * @param most how many rows are wanted, from the newest partitions that have the key
   */
  public KeyResult find(LookupKey key, int most) throws IOException {
    LookupResult counted = LookupResult.UNANSWERED;
    try {
      KeyResult result = search(key, most);
      counted = result.counted();
      return result;
    } finally {
      output.lookedUp(counted);
    }
  }

  private KeyResult search(LookupKey key, int most) throws IOException {
    List<StoredRow> rows = new ArrayList<>();
    List<UnservedPartition> unserved = state.unserved();
    UnservedPartition stale = null; // the newest that should have been searched before
    boolean isNewestSearched = false;
    int passed = 0;
    for (OpenPartition partition : state.partitions()) {
      while (passed < unserved.size() && unserved.get(passed).isNoOlderThan(partition)) {
        stale = stale == null ? unserved.get(passed) : stale;
        passed++;
      }

      if (stale != null && scores.refusesStale()) {
        return new Unanswered(stale);
      }

      KeyBytes bytes = key.in(partition.manifest().keys());
      if (bytes == null) {
        continue;
      }

      try {
        StoredEntry stored = partition.find(bytes).orElse(null);
        if (stored != null) {
          StoredEntry entry = StoredAnswer.readable(stored, partition, numbers());
          rows.add(new StoredRow(partition, entry, Optional.ofNullable(stale), numbers()));
        }
      } catch (DamagedFileException e) {
        output.damaged(partition, e);
        UnservedPartition damaged =
            UnservedPartition.partition(partition.path(), Reason.DAMAGED, e.getMessage());
        stale = stale == null ? damaged : stale;
      } catch (ClosedChannelException e) {
        return new Replaced(partition);
      }

      isNewestSearched |= stale == null;
      if (rows.size() == most) {
        return new Found(rows, Optional.ofNullable(stale));
      }
    }

    if (stale == null && passed < unserved.size()) {
      stale = unserved.get(passed);
    }

    boolean isUnknown = rows.isEmpty() && !isNewestSearched; // what the newest has under the key
    if (stale != null && (scores.refusesStale() || isUnknown && stale.isDamaged())) {
      return new Unanswered(stale);
    }

    return rows.isEmpty()
        ? new Absent(searched(), Optional.ofNullable(stale))
        : new Found(rows, Optional.ofNullable(stale));
  }

  /** Returns which partitions were searched, for messages. */
  private String searched() {
    List<OpenPartition> searched = new ArrayList<>(state.partitions());
    searched.removeIf(one -> !LookupKey.haveSameColumns(one.manifest().keys(), form()));
    List<OpenPartition> others = new ArrayList<>(state.partitions());
    others.removeAll(searched);
    return others.isEmpty()
        ? named(searched)
        : "%s; not %s, whose keys have other columns".formatted(named(searched), named(others));
  }

  /** Returns the names of the partitions, for messages. */
  public String names() {
    return named(state.partitions());
  }

  private static String named(List<OpenPartition> partitions) {
    List<String> names = partitions.stream().limit(MAX_NAMED).map(OpenPartition::name).toList();
    String more =
        partitions.size() > MAX_NAMED
            ? " and %s older ones".formatted(partitions.size() - MAX_NAMED)
            : "";
    return String.join(", ", names) + more;
  }
}
