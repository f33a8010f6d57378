package io.paritree.spark.tables;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionValue;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Published;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The table that a run writes to.
 *
 * <p>Not thread-safe.
 */
public abstract class OutputTable {
  private final TableToWrite asked;
  private final String location;
  private final long firstVersion;
  private TableState state;
  private Optional<PlannedColumns> planned = Optional.empty();
  private Predicate<String> isNull = column -> false;

  /**
   * @param location the table's directory
   * @param state the table as it is
   */
  protected OutputTable(TableToWrite asked, String location, TableState state) {
    this.asked = asked;
    this.location = location;
    this.state = state;
    this.firstVersion = state.version();
  }

  public final String location() {
    return location;
  }

  /**
   * Returns the directory of the table's files.
   *
   * @param location the table's directory
   */
  public Location directory(Location location) {
    return location;
  }

  /**
   * Returns the ids that files must give their columns, by the columns' names; empty if files are
   * read by name.
   */
  public Map<String, Integer> fieldIds() {
    return Map.of();
  }

  /** Returns why the table cannot take files whose columns are encrypted; empty if it can. */
  public Optional<String> encryptionProblem() {
    return Optional.empty();
  }

  /** Reads what commits say of a run's files, before the first of them begins. */
  protected void describe(
      List<PreparedPartition> partitions, Map<String, List<DataFile>> files, CallsAtOnce calls)
      throws IOException {}

  /**
   * Begins a commit.
   *
   * @param name of the run and its group
   * @param metadata what the commit says about the run
   */
  protected abstract TableTransaction begin(String name, Map<String, String> metadata)
      throws IOException;

  /** Returns what of the table this job cannot honour, as ends of sentences about it. */
  protected abstract List<String> unfitFeatures(TableState table);

  /** Returns the type in which the table has the values of a column. */
  protected DataType stored(DataType type) {
    return type;
  }

  /** Returns how statements name the table. */
  protected String inStatements() {
    return asked.isPath() ? "..." : asked.name();
  }

  /**
   * Finds out how the table would be made, and makes none.
   *
   * @return what this job could not honour then, as ends of sentences about the table
   */
  protected abstract List<String> plan(PlannedColumns columns);

  /** Returns whether the files of the run, written for a table to be made, fit a version. */
  protected boolean fitsPlan(TableState now) {
    return true;
  }

  /** Returns the newest version of a table that is made. */
  protected abstract TableState newest();

  /** Returns why servers cannot find rows of the table by an index; empty if they can. */
  public Optional<String> lookupProblem() {
    return Optional.empty();
  }

  /**
   * Returns the table's partitions that have rows and are not replaced with these, in their order.
   */
  public List<String> beside(List<String> partitions) {
    Set<String> beside = new TreeSet<>(PartitionValue.ORDER);
    beside.addAll(state.partitions());
    beside.removeAll(Set.copyOf(partitions));
    beside.removeAll(spelledOtherwise(partitions));
    return List.copyOf(beside);
  }

  /**
   * Returns the partitions, among some, that have rows and no sign that a run has written any: no
   * file has a run's mark, and no run has recorded the partition. What another writer has done to a
   * run's rows does not make them foreign.
   *
   * @param place the table's directory
   */
  public List<String> foreign(List<String> partitions, OutputPlace place) throws IOException {
    List<String> unmarked =
        partitions.stream().filter(partition -> !state.hasOwn(partition)).toList();
    List<String> foreign = new ArrayList<>(spelledOtherwise(unmarked));
    unmarked.stream().filter(partition -> !state.files(partition).isEmpty()).forEach(foreign::add);
    if (foreign.isEmpty()) {
      return foreign;
    }

    foreign.removeAll(new WrittenPartitions(place, state.id()).in(state::includes).keySet());
    foreign.sort(PartitionValue.ORDER);
    return foreign;
  }

  /**
   * Returns the partitions without a run's mark whose values another writer has written otherwise
   * than a run would, and that are replaced with some partitions.
   */
  protected List<String> spelledOtherwise(List<String> partitions) {
    return List.of();
  }

  /** Returns how many rows partitions have. */
  public abstract long rows(List<String> partitions);

  /** Returns the version that was found at first; -1 if there was none. */
  long firstVersion() {
    return firstVersion;
  }

  /**
   * Returns whose rows the partitions of the newest version have; of the table as it was checked if
   * it was not made then.
   *
   * @param place the table's directory
   */
  public Published writers(OutputPlace place) {
    return new TableWriters(state.isAbsent() ? state : newest(), place);
  }

  /** Returns the table as it was checked. */
  public TableState state() {
    return state;
  }

  /**
   * Checks that the run's rows can be rows of the table.
   *
   * @param output the columns of the run's files
   * @param partitions the partitions that it writes
   * @param isNull whether a column of the table that the files lack is to be null in their rows
   * @param problems receives what prevents it
   */
  public void check(
      StructType output, List<String> partitions, Predicate<String> isNull, List<String> problems) {
    this.isNull = isNull;
    if (state.isAbsent()) {
      return;
    }

    unfitFeatures(state)
        .forEach(problem -> problems.add("table %s %s".formatted(asked.name(), problem)));
    List<String> columns =
        partitions.isEmpty()
            ? state.partitionColumns()
            : PartitionValue.ofPath(partitions.get(0)).stream()
                .map(PartitionValue::column)
                .toList();
    if (!columns.equals(state.partitionColumns())) {
      problems.add(
          "table %s is partitioned by %s, and this run would write partitions by %s"
              .formatted(asked.name(), state.partitionColumns(), columns));
      return;
    }

    compare(output, state, problems);
    for (String partition : partitions) {
      for (PartitionValue value : PartitionValue.ofPath(partition)) {
        PartitionText.problem(value, state.schema().apply(value.column()).dataType())
            .ifPresent(problems::add);
      }
    }
  }

  private void compare(StructType output, TableState table, List<String> problems) {
    Map<String, StructField> there = new HashMap<>();
    for (StructField field : table.schema().fields()) {
      if (!table.partitionColumns().contains(field.name())) {
        there.put(field.name(), field);
      }
    }

    Map<String, StructField> lacking = new LinkedHashMap<>();
    for (StructField field : output.fields()) {
      StructField own = there.remove(field.name());
      if (own == null) {
        lacking.put(field.name(), field);
      } else if (!own.dataType().catalogString().equals(stored(field.dataType()).catalogString())) {
        problems.add(
            "column '%s' is %s in table %s, and %s in this run's rows"
                .formatted(
                    field.name(), own.dataType().sql(), asked.name(), field.dataType().sql()));
      }
    }

    for (String column : List.copyOf(lacking.keySet())) {
      there.keySet().stream()
          .filter(column::equalsIgnoreCase)
          .findFirst()
          .ifPresent(
              other -> {
                problems.add(
                    "column '%s' is '%s' in table %s, and names must match exactly; give a key or passed column the table's name, by a view if the input has another"
                        .formatted(column, other, asked.name()));
                lacking.remove(column);
                there.remove(other);
              });
    }

    there.values().removeIf(field -> field.nullable() && isNull.test(field.name()));
    if (!there.isEmpty()) {
      problems.add(
          "table %s has the columns %s, which this run does not write"
              .formatted(asked.name(), new TreeSet<>(there.keySet())));
    }

    if (!lacking.isEmpty()) {
      problems.add(
          "table %s lacks the columns %s; add them with ALTER TABLE %s ADD COLUMNS (%s)"
              .formatted(
                  asked.name(), lacking.keySet(), inStatements(), definitions(lacking.values())));
    }
  }

  /** Returns columns as a statement adds them. */
  private String definitions(Collection<StructField> columns) {
    return columns.stream()
        .map(
            field ->
                "%s %s".formatted(SqlName.quoted(field.name()), stored(field.dataType()).sql()))
        .collect(Collectors.joining(", "));
  }

  /**
   * Plans to make the table by the commit that brings the rows, if it is not there. A run that
   * publishes nothing makes none.
   *
   * @param partitionColumns are texts
   * @param problems receives what prevents it
   */
  public void plan(StructType output, List<String> partitionColumns, List<String> problems) {
    if (!state.isAbsent()) {
      return;
    }

    PlannedColumns columns = new PlannedColumns(output, partitionColumns);
    planned = Optional.of(columns);
    plan(columns).forEach(problem -> problems.add("table %s %s".formatted(asked.name(), problem)));
  }

  /** Returns the columns of the table that a commit must make; empty if it is there. */
  protected Optional<PlannedColumns> columnsToCome(TableState now) {
    return planned.filter(columns -> now.isAbsent());
  }

  /**
   * Returns whether a version is as it was checked, or as it is to be: another run may have made
   * the same table meanwhile.
   */
  boolean isAsChecked(TableState now) {
    return now.definition().equals(state.definition())
        || !now.isAbsent() && planned.filter(columns -> isAsPlanned(columns, now)).isPresent();
  }

  private boolean isAsPlanned(PlannedColumns columns, TableState now) {
    List<String> problems = new ArrayList<>(unfitFeatures(now));
    compare(columns.output(), now, problems);
    return problems.isEmpty()
        && now.partitionColumns().equals(columns.partitionColumns())
        && fitsPlan(now);
  }

  /**
   * Takes over what the table is after the commit that has made it. If it cannot be read now,
   * nothing has failed: the rows are published, and the next commit finds it as another run's.
   */
  void isMade() {
    if (planned.isPresent()) {
      try {
        state = newest();
        planned = Optional.empty();
      } catch (RuntimeException e) {
        // It stays planned.
      }
    }
  }
}
