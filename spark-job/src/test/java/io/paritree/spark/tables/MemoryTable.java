package io.paritree.spark.tables;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionValue;
import io.paritree.spark.publish.PreparedPartition;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.spark.sql.types.StructType;

/**
 * A table in memory, of a format that compares commits as Delta and Iceberg do: one that changes or
 * rewrites files of a partition makes another fail that has begun before it and replaces that
 * partition. Without transactions by threads of their own: other writers act when a run has reached
 * a step.
 */
final class MemoryTable {
  /** The columns of a run's files. */
  static final StructType ROWS =
      new StructType().add("parcel_id", "long").add("score", "float").add("label", "string");

  /** The columns of a table that takes them. */
  static final StructType WITH_DAY = ROWS.add("day", "string");

  private final String location;
  private final List<Version> versions = new ArrayList<>();
  private String id = "first";
  private long oldestInHistory = -1;
  private boolean isReadable = true;
  private boolean losesCommits;
  private Optional<RuntimeException> lost = Optional.empty();
  private Runnable othersFirst = () -> {};
  private int unreadableLooks;

  /**
   * @param name of the run that has made the version; empty if another writer has
   * @param files the marks of files, by their names, by the partitions
   * @param withoutRows the identities of partitions that runs have left without rows
   * @param touched the partitions whose files are others than before
   * @param changed those of them whose rows may be others
   */
  private record Version(
      String name,
      StructType schema,
      Map<String, Map<String, String>> files,
      Set<String> withoutRows,
      Set<String> touched,
      Set<String> changed) {}

  MemoryTable(String location) {
    this.location = location;
  }

  /**
   * Makes it, without rows.
   *
   * @param schema all columns; it is partitioned by {@code day}, if there is such a column
   */
  void make(StructType schema) {
    versions.clear();
    versions.add(new Version("", schema, Map.of(), Set.of(), Set.of(), Set.of()));
  }

  /** Makes another table in its place, which has rows of another writer. */
  void makeAnew(String partition) {
    id = "second";
    make(WITH_DAY);
    insert(partition);
  }

  /** Returns the table as a run finds it that may make it. */
  OutputTable found() {
    return found(new TableToWrite("scores", true));
  }

  /** Returns the table as a run finds it. */
  OutputTable found(TableToWrite asked) {
    return new Found(asked);
  }

  private TableState state() {
    if (!isReadable) {
      throw new IllegalStateException("the log is damaged");
    }

    return versions.isEmpty() ? TableState.ABSENT : new State(number(), id, newest());
  }

  private Version newest() {
    return versions.get(versions.size() - 1);
  }

  private long number() {
    return versions.size() - 1;
  }

  /** Another writer adds rows to a partition. */
  void insert(String partition) {
    Map<String, Map<String, String>> files = files();
    files.computeIfAbsent(partition, name -> new TreeMap<>()).put("other-" + versions.size(), "");
    write(files, Set.of(partition), Set.of(partition));
  }

  /** Another writer deletes all rows of a partition. */
  void delete(String partition) {
    Map<String, Map<String, String>> files = files();
    files.remove(partition);
    write(files, Set.of(partition), Set.of(partition));
  }

  /** Another writer writes all rows into other files. */
  void rewrite() {
    Map<String, Map<String, String>> files = files();
    files.replaceAll((partition, old) -> new TreeMap<>(Map.of("compact-" + versions.size(), "")));
    write(files, files.keySet(), Set.of());
  }

  /** Another writer adds a column. */
  void addColumn(String name) {
    Version now = newest();
    StructType schema = now.schema().add(name, "float");
    versions.add(new Version("", schema, now.files(), now.withoutRows(), Set.of(), Set.of()));
  }

  /** What was committed so far is known no more by its commits. */
  void expireHistory() {
    oldestInHistory = versions.size();
  }

  /** From now on, its log can be read no more. */
  void damage() {
    isReadable = false;
  }

  void mend() {
    isReadable = true;
  }

  /** From now on, commits are reported that the log does not have. */
  void loseCommits() {
    losesCommits = true;
  }

  /**
   * The next commit is made, and then reported as a failure.
   *
   * @param others what other writers do before that
   */
  void loseAnswer(RuntimeException failure, Runnable others) {
    lost = Optional.of(failure);
    othersFirst = others;
  }

  /** As often as this, commits cannot be looked for. */
  void hideCommits(int looks) {
    unreadableLooks = looks;
  }

  /** Returns the names of the files of a partition. */
  Set<String> files(String partition) {
    return newest().files().getOrDefault(partition, Map.of()).keySet();
  }

  StructType schema() {
    return newest().schema();
  }

  /** Returns how many versions it has. */
  int versions() {
    return versions.size();
  }

  private Map<String, Map<String, String>> files() {
    Map<String, Map<String, String>> copy = new TreeMap<>();
    newest().files().forEach((partition, own) -> copy.put(partition, new TreeMap<>(own)));
    return copy;
  }

  private void write(
      Map<String, Map<String, String>> files, Set<String> touched, Set<String> changed) {
    Version now = newest();
    versions.add(
        new Version("", now.schema(), files, now.withoutRows(), Set.copyOf(touched), changed));
  }

  /** What a version says of its partitions. */
  private static final class State extends TableState {
    private final Version version;

    private State(long number, String id, Version version) {
      super(
          number,
          id,
          version::schema,
          version.schema().getFieldIndex("day").isDefined() ? List.of("day") : List.of(),
          version.schema().catalogString());
      this.version = version;
    }

    @Override
    public Set<String> files(String partition) {
      return version.files().getOrDefault(partition, Map.of()).keySet();
    }

    @Override
    public Set<String> partitions() {
      return version.files().keySet();
    }

    @Override
    public Set<String> identities(String partition) {
      return marks(partition).stream()
          .filter(mark -> !mark.isEmpty())
          .map(TableState::identity)
          .collect(Collectors.toSet());
    }

    @Override
    public Set<String> marks(String partition) {
      return new TreeSet<>(version.files().getOrDefault(partition, Map.of()).values());
    }

    @Override
    public boolean hasEmpty(String identity) {
      return version.withoutRows().contains(identity);
    }
  }

  private final class Found extends OutputTable {
    private Found(TableToWrite asked) {
      super(asked, location, MemoryTable.this.state());
    }

    @Override
    protected TableTransaction begin(String name, Map<String, String> metadata) {
      TableState now = newest();
      return new Commit(name, now, columnsToCome(now).map(PlannedColumns::schema));
    }

    @Override
    protected List<String> unfitFeatures(TableState table) {
      return List.of();
    }

    @Override
    protected List<String> plan(PlannedColumns columns) {
      return List.of();
    }

    @Override
    protected TableState newest() {
      return MemoryTable.this.state();
    }

    @Override
    public long rows(List<String> partitions) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Commit implements TableTransaction {
    private final String name;
    private final TableState begun;
    private final Optional<StructType> change;

    private Commit(String name, TableState begun, Optional<StructType> change) {
      this.name = name;
      this.begun = begun;
      this.change = change;
    }

    @Override
    public TableState state() {
      return begun;
    }

    @Override
    public Optional<Set<Map<String, String>>> changedSince(long first) {
      if (first + 1 < oldestInHistory) {
        return Optional.empty();
      }

      Set<Map<String, String>> changed = new HashSet<>();
      for (long number = first + 1; number <= begun.version(); number++) {
        versions.get((int) number).changed().stream()
            .map(PartitionValue::texts)
            .forEach(changed::add);
      }

      return Optional.of(changed);
    }

    @Override
    public long commit(List<PreparedPartition> partitions, Map<String, List<DataFile>> files) {
      Set<String> own =
          partitions.stream().map(PreparedPartition::partition).collect(Collectors.toSet());
      compare(own);
      if (losesCommits) {
        return number();
      }

      Map<String, Map<String, String>> after = versions.isEmpty() ? new TreeMap<>() : files();
      Set<String> withoutRows =
          new HashSet<>(versions.isEmpty() ? Set.of() : newest().withoutRows());
      for (PreparedPartition partition : partitions) {
        List<DataFile> added = files.get(partition.partition());
        Map<String, String> marked = new TreeMap<>();
        String mark = TableState.mark(partition.identity(), added.size());
        added.forEach(file -> marked.put(file.name(), mark));
        after.put(partition.partition(), marked);
        if (added.isEmpty()) {
          after.remove(partition.partition());
          withoutRows.add(partition.identity());
        }
      }

      StructType schema = change.orElseGet(() -> newest().schema());
      versions.add(new Version(name, schema, after, withoutRows, own, own));
      long made = number();
      if (lost.isPresent()) {
        RuntimeException failure = lost.get();
        lost = Optional.empty();
        othersFirst.run();
        throw failure;
      }

      return made;
    }

    @Override
    public OptionalLong committed() {
      if (unreadableLooks > 0) {
        unreadableLooks--;
        throw new IllegalStateException("the store does not answer");
      }

      return LongStream.rangeClosed(begun.version() + 1, number())
          .filter(version -> versions.get((int) version).name().equals(name))
          .findFirst();
    }

    private void compare(Set<String> own) {
      for (long number = begun.version() + 1; number <= number(); number++) {
        Version later = versions.get((int) number);
        boolean isOfTheSame = later.touched().stream().anyMatch(own::contains);
        if (isOfTheSame || !later.schema().catalogString().equals(shape())) {
          throw new ConcurrentModificationException("version " + number + " came first");
        }
      }
    }

    private String shape() {
      return begun.isAbsent() ? "" : begun.schema().catalogString();
    }

    @Override
    public boolean isProved(
        long version, List<PreparedPartition> partitions, Map<String, List<DataFile>> files) {
      return versions.get((int) version).name().equals(name);
    }
  }
}
