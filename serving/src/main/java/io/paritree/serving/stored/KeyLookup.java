package io.paritree.serving.stored;

import io.paritree.json.JsonText;
import io.paritree.lookup.InvalidKeyException;
import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.lookup.StoredEntry;
import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionValue;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import io.paritree.serving.indexes.OpenPartition;
import io.paritree.serving.indexes.OutputIndexes.State;
import io.paritree.serving.indexes.Unserved;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks keys up in one state of a table: some of its partitions, newest first.
 *
 * <p>Made for one request. Not thread-safe.
 */
public final class KeyLookup {
  private static final int MAX_NAMED = 10;

  private final ServedOutput table;
  private final KeyForm form;
  private final List<OpenPartition> partitions;
  private final List<Unserved> unserved;
  private final boolean refusesStale;
  private final Numbers numbers;
  private final KeyBytes bytes = new KeyBytes();
  private KeyForm encoded;
  private Unserved stale; // the newest that the last answer should have been from; null if none
  private boolean isNewestSearched;

  /**
   * What a partition holds under a key.
   *
   * @param entry as answers have it
   * @param stale the newest partition that may have the key and could not be searched
   * @param numbers how its columns are answered
   */
  public record Found(
      OpenPartition partition, StoredEntry entry, Optional<Unserved> stale, Numbers numbers) {
    /** Returns the entity tag of the answer. */
    public String tag() {
      return stale.isEmpty() && numbers == Numbers.MIXED
          ? partition.tag()
          : OpenPartition.tag(partition.tag() + numbers + stale.map(Unserved::member).orElse(""));
    }
  }

  private KeyLookup(
      ServedOutput table,
      List<OpenPartition> partitions,
      List<Unserved> unserved,
      boolean refusesStale,
      Numbers numbers) {
    this.table = table;
    this.form = partitions.get(0).manifest().keys();
    this.partitions = partitions;
    this.unserved = unserved;
    this.refusesStale = refusesStale;
    this.numbers = numbers;
  }

  /**
   * Returns the look-up in a table.
   *
   * @param name the table's name in paths
   * @throws ProblemException with 404 if there is none, with 503 if it has no partition in service
   */
  public static KeyLookup of(String name, StoredScores scores) {
    KeyLookup found = find(name, scores).orElse(null);
    if (found == null) {
      scores.find(name).ifPresent(table -> table.lookedUp(LookupResult.UNANSWERED));
      throw new ProblemException(Problems.NO_SCORES.of(name));
    }

    return found;
  }

  /**
   * Returns the look-up in a table; empty if it has no partition in service.
   *
   * @param name the table's name in paths
   * @throws ProblemException with 404 if there is none
   */
  public static Optional<KeyLookup> find(String name, StoredScores scores) {
    ServedOutput table =
        scores
            .find(name)
            .orElseThrow(() -> new ProblemException(Problems.UNKNOWN_SCORES.of(scores.names())));
    State now = table.state();
    if (now.partitions().isEmpty()) {
      return Optional.empty();
    }

    return Optional.of(
        new KeyLookup(
            table, now.partitions(), now.unserved(), scores.refusesStale(), scores.numbers()));
  }

  /**
   * Returns the look-up in the partitions that have these values, given as text.
   *
   * @throws ProblemException with 404 if none has, with 503 if one that is published has, and none
   *     in service
   */
  public KeyLookup in(Map<String, String> values) {
    List<OpenPartition> chosen = new ArrayList<>();
    for (OpenPartition partition : partitions) {
      if (matches(partition.values(), values)) {
        chosen.add(partition);
      }
    }

    List<Unserved> hidden =
        unserved.stream()
            .filter(one -> one.isTable() || matches(PartitionValue.texts(one.path()), values))
            .toList();
    if (chosen.isEmpty() && !hidden.isEmpty()) {
      table.lookedUp(LookupResult.UNANSWERED);
      throw new ProblemException(unanswered(hidden.get(0)));
    } else if (chosen.isEmpty()) {
      throw new ProblemException(Problems.UNKNOWN_PARTITION.of(named(partitions)));
    }

    return new KeyLookup(table, chosen, hidden, refusesStale, numbers);
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
    partitions.forEach(partition -> columns.addAll(partition.values().keySet()));
    unserved.forEach(one -> columns.addAll(PartitionValue.texts(one.path()).keySet()));
    return columns;
  }

  /** Returns the columns of the keys, as the newest of the partitions has them. */
  public KeyForm form() {
    return form;
  }

  /**
   * Returns what the newest partition that has a key holds under it.
   *
   * @param values the key's values, in the order of {@link #form}
   * @throws ProblemException as {@link #found}
   */
  public Optional<Found> newest(List<String> values) throws IOException {
    return found(values, 1).stream().findFirst();
  }

  /**
   * Returns what the newest partitions that have a key hold under it, newest first.
   *
   * @param most how many are wanted
   * @throws ProblemException with 400 if it cannot be a key, with 503 if a newer partition cannot
   *     be searched and the answers of older ones are refused, or if the newest is damaged and no
   *     other has the key
   */
  public List<Found> found(List<String> values, int most) throws IOException {
    encode(form, values);
    LookupResult result = LookupResult.UNANSWERED;
    try {
      List<Found> all = search(values, most);
      result = result(all);
      return all;
    } finally {
      table.lookedUp(result);
    }
  }

  private static LookupResult result(List<Found> all) {
    if (all.isEmpty()) {
      return LookupResult.ABSENT;
    }

    return all.get(0).stale().isEmpty() ? LookupResult.FOUND : LookupResult.STALE;
  }

  private List<Found> search(List<String> values, int most) throws IOException {
    List<Found> all = new ArrayList<>();
    stale = null;
    isNewestSearched = false;
    int passed = 0;
    for (OpenPartition partition : partitions) {
      while (passed < unserved.size() && unserved.get(passed).isNoOlderThan(partition)) {
        pass(unserved.get(passed++));
      }

      KeyForm keys = partition.manifest().keys();
      if (keys.equals(encoded) || canEncode(keys, values)) {
        find(partition).ifPresent(all::add);
        isNewestSearched |= stale == null;
        if (all.size() == most) {
          return all;
        }
      }
    }

    unserved.stream().skip(passed).forEach(this::pass);
    if (all.isEmpty() && !isNewestSearched && isDamaged(stale)) {
      throw new ProblemException(unanswered(stale));
    }

    return all;
  }

  /** Keeps a partition that should have been searched before those that follow. */
  private void pass(Unserved newer) {
    if (refusesStale) {
      throw new ProblemException(unanswered(newer));
    }

    stale = stale == null ? newer : stale;
  }

  private static boolean isDamaged(Unserved one) {
    return one != null && one.reason() == Unserved.Reason.DAMAGED;
  }

  private static Problem unanswered(Unserved one) {
    Problem problem =
        isDamaged(one)
            ? Problems.DAMAGED_SCORES.of(one.name())
            : Problems.STALE_SCORES.of(one.name(), one.reason().text());
    return problem.with(one.member());
  }

  /** Returns the newest partition that the last answer lacks; empty if it lacks none. */
  public Optional<Unserved> stale() {
    return Optional.ofNullable(stale);
  }

  /** Returns the problem that a key which was not found is answered with. */
  public Problem unknownKey() {
    Problem problem = Problems.UNKNOWN_KEY.of(searched());
    return stale == null ? problem : problem.with(stale.member());
  }

  private void encode(KeyForm keys, List<String> values) {
    encoded = null;
    bytes.clear();
    try {
      for (int column = 0; column < keys.columns().size(); column++) {
        keys.add(column, values.get(column), bytes);
      }

      encoded = keys;
    } catch (InvalidKeyException e) {
      throw new ProblemException(Problems.INVALID_KEY.of(e.column(), e.got(), e.expected()));
    }
  }

  /** Returns whether these keys have the same columns, in any order and of any types. */
  private boolean hasColumnsOf(KeyForm keys) {
    return names(keys).equals(names(form));
  }

  private static Set<String> names(KeyForm keys) {
    return keys.columns().stream().map(KeyColumn::name).collect(Collectors.toSet());
  }

  /** Encodes a key as a partition has it whose columns have other types or another order. */
  private boolean canEncode(KeyForm keys, List<String> values) {
    List<String> names = form.columns().stream().map(KeyColumn::name).toList();
    encoded = null;
    bytes.clear();
    if (!hasColumnsOf(keys)) {
      return false;
    }

    try {
      for (int column = 0; column < names.size(); column++) {
        int at = names.indexOf(keys.columns().get(column).name());
        keys.add(column, values.get(at), bytes);
      }

      encoded = keys;
      return true;
    } catch (InvalidKeyException e) {
      return false; // this partition has no such key
    }
  }

  private Optional<Found> find(OpenPartition partition) throws IOException {
    try {
      StoredEntry stored = partition.find(bytes).orElse(null);
      if (stored == null) {
        return Optional.empty();
      }

      StoredEntry entry = StoredAnswer.readable(stored, partition, numbers);
      return Optional.of(new Found(partition, entry, Optional.ofNullable(stale), numbers));
    } catch (DamagedFileException e) {
      table.damaged(partition, e);
      String path = partition.manifest().partition();
      pass(Unserved.partition(path, Unserved.Reason.DAMAGED, e.getMessage()));
      return Optional.empty();
    } catch (ClosedChannelException e) {
      throw new ProblemException(Problems.REPLACED_SCORES.of(partition.name()));
    }
  }

  /** Returns a key as a JSON object. */
  public byte[] keyJson(List<String> values) {
    return StoredNumbers.key(plainKey(values), numbers);
  }

  private byte[] plainKey(List<String> values) {
    encode(form, values);
    List<KeyColumn> columns = form.columns();
    JsonBytes json = new JsonBytes();
    for (int column = 0; column < columns.size(); column++) {
      json.raw(column == 0 ? '{' : ',').string(columns.get(column).name()).raw(':');
      switch (columns.get(column).type()) {
        case INTEGER -> json.number(Long.parseLong(values.get(column)));
        case TEXT -> json.string(values.get(column));
        default -> {
          return keyJson();
        }
      }
    }

    return json.raw('}').toByteArray();
  }

  /** Returns the encoded key; its values may be written in another way than they were given. */
  private byte[] keyJson() {
    return JsonText.compact(json -> form.write(bytes.toByteArray(), json));
  }

  /** Returns which partitions were searched, for messages. */
  private String searched() {
    List<OpenPartition> searched = new ArrayList<>(partitions);
    searched.removeIf(partition -> !hasColumnsOf(partition.manifest().keys()));
    List<OpenPartition> others = new ArrayList<>(partitions);
    others.removeAll(searched);
    return others.isEmpty()
        ? named(searched)
        : "%s; not %s, whose keys have other columns".formatted(named(searched), named(others));
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
