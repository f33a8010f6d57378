package io.paritree.serving.stored;

import io.paritree.json.JsonText;
import io.paritree.lookup.DamagedIndexException;
import io.paritree.lookup.InvalidKeyException;
import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.lookup.StoredEntry;
import io.paritree.output.PartitionValue;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
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

  private final ScoresTable table;
  private final KeyForm form;
  private final List<OpenPartition> partitions;
  private final KeyBytes bytes = new KeyBytes();
  private KeyForm encoded;

  /** What a partition holds under a key. */
  public record Found(OpenPartition partition, StoredEntry entry) {}

  private KeyLookup(ScoresTable table, KeyForm form, List<OpenPartition> partitions) {
    this.table = table;
    this.form = form;
    this.partitions = partitions;
  }

  /**
   * Returns the look-up in a table.
   *
   * @param name the table's name in paths
   * @throws ProblemException with 404 if there is none, with 503 if it has no partition in service
   */
  public static KeyLookup of(String name, StoredScores scores) {
    return find(name, scores).orElseThrow(() -> new ProblemException(Problems.noScores(name)));
  }

  /**
   * Returns the look-up in a table; empty if it has no partition in service.
   *
   * @param name the table's name in paths
   * @throws ProblemException with 404 if there is none
   */
  public static Optional<KeyLookup> find(String name, StoredScores scores) {
    ScoresTable table =
        scores
            .find(name)
            .orElseThrow(() -> new ProblemException(Problems.unknownScores(scores.names())));
    List<OpenPartition> now = table.partitions();
    return now.isEmpty()
        ? Optional.empty()
        : Optional.of(new KeyLookup(table, now.get(0).manifest().keys(), now));
  }

  /**
   * Returns the look-up in the partitions that have these values, given as text.
   *
   * @throws ProblemException with 404 if none has
   */
  public KeyLookup in(Map<String, String> values) {
    List<OpenPartition> chosen = new ArrayList<>();
    for (OpenPartition partition : partitions) {
      boolean matches = true;
      for (Map.Entry<String, String> value : values.entrySet()) {
        String own = partition.values().get(value.getKey());
        matches &=
            own == null ? PartitionValue.isNull(value.getValue()) : own.equals(value.getValue());
      }

      if (matches) {
        chosen.add(partition);
      }
    }

    if (chosen.isEmpty()) {
      throw new ProblemException(Problems.unknownPartition(named(partitions)));
    }

    return new KeyLookup(table, chosen.get(0).manifest().keys(), chosen);
  }

  /** Returns the columns of the partitions. */
  public Set<String> partitionColumns() {
    Set<String> columns = new LinkedHashSet<>();
    partitions.forEach(partition -> columns.addAll(partition.values().keySet()));
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
   * @throws ProblemException with 400 if it cannot be a key, with 503 if a part of the index that
   *     would answer is damaged
   */
  public Optional<Found> newest(List<String> values) throws IOException {
    return found(values, 1).stream().findFirst();
  }

  /**
   * Returns what the newest partitions that have a key hold under it, newest first.
   *
   * @param most how many are wanted
   */
  public List<Found> found(List<String> values, int most) throws IOException {
    encode(form, values);
    List<Found> all = new ArrayList<>();
    for (OpenPartition partition : partitions) {
      KeyForm keys = partition.manifest().keys();
      if (keys.equals(encoded) || canEncode(keys, values)) {
        find(partition).ifPresent(entry -> all.add(new Found(partition, entry)));
        if (all.size() == most) {
          break;
        }
      }
    }

    return all;
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
      throw new ProblemException(Problems.invalidKey(e.column(), e.got(), e.expected()));
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

  private Optional<StoredEntry> find(OpenPartition partition) throws IOException {
    try {
      return partition.find(bytes);
    } catch (DamagedIndexException e) {
      table.damaged(partition, e);
      throw new ProblemException(Problems.damagedScores(partition.name()));
    } catch (ClosedChannelException e) {
      throw new ProblemException(Problems.replacedScores(partition.name()));
    }
  }

  /** Returns a key as a JSON object. */
  public byte[] keyJson(List<String> values) {
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
  public String searched() {
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
