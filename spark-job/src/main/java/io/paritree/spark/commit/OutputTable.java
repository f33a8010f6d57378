package io.paritree.spark.commit;

import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.input.PartitionValue;
import io.paritree.spark.tables.AskedOutput;
import io.paritree.spark.versions.DeltaSnapshot;
import io.paritree.spark.versions.DeltaTransaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The Delta table that a run writes to.
 *
 * <p>Not thread-safe.
 */
public final class OutputTable {
  private final SparkSession session;
  private final AskedOutput asked;
  private final String location;
  private final long firstVersion;
  private Optional<TableState> state;

  private OutputTable(
      SparkSession session, AskedOutput asked, String location, Optional<TableState> state) {
    this.session = session;
    this.asked = asked;
    this.location = location;
    this.state = state;
    this.firstVersion = state.map(TableState::version).orElse(-1L);
  }

  /**
   * Finds a table.
   *
   * @throws RefusedException if it cannot be written to
   */
  public static OutputTable open(SparkSession session, AskedOutput asked) throws RefusedException {
    Optional<String> problem = DeltaSnapshot.problem(session);
    if (problem.isPresent()) {
      throw refused(asked, problem.get());
    }

    try {
      DeltaSnapshot found =
          asked.isPath()
              ? DeltaTransaction.begin(session, asked.name()).snapshot()
              : named(session, asked);
      boolean isThere = found.version() >= 0;
      if (!isThere && !asked.isCreated()) {
        throw refused(asked, "there is no Delta table; it is made with --create-table");
      }

      return new OutputTable(
          session,
          asked,
          found.location().toString(),
          isThere ? Optional.of(TableState.of(found)) : Optional.empty());
    } catch (RefusedException e) {
      throw e;
    } catch (Exception e) { // Spark and Delta throw checked exceptions that they do not declare
      throw refused(asked, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private static RefusedException refused(AskedOutput asked, String reason) {
    return new RefusedException("Cannot write to table %s: %s".formatted(asked.name(), reason));
  }

  private static DeltaSnapshot named(SparkSession session, AskedOutput asked)
      throws RefusedException {
    if (!session.catalog().tableExists(asked.name())) {
      throw refused(
          asked,
          "the catalog has no such table; make it with CREATE TABLE, or give a path and --create-table");
    }

    return DeltaSnapshot.of(session.table(asked.name()))
        .orElseThrow(() -> refused(asked, "it is no Delta table"));
  }

  /** Returns the table's directory. */
  public String location() {
    return location;
  }

  /** Returns which run has written the rows of a partition in the newest version. */
  public Map<String, String> runsNow() {
    return TableState.of(DeltaTransaction.begin(session, location).snapshot()).runs();
  }

  SparkSession session() {
    return session;
  }

  /** Returns a text that describes a partition's files; it differs whenever they do. */
  public String token(String partition) {
    return state.map(found -> found.token(partition)).orElse(TableState.ABSENT);
  }

  /** Returns whether the rows of a partition are exactly those of a run with this identity. */
  public boolean isPublished(String partition, String identity) {
    return state.isPresent() && state.get().isPublished(partition, identity);
  }

  /** Returns the version that was found at first; -1 if there was no table. */
  long firstVersion() {
    return firstVersion;
  }

  /** Returns the table as it was checked; empty if it is not made yet. */
  Optional<TableState> state() {
    return state;
  }

  /**
   * Checks that the run's rows can be rows of the table.
   *
   * @param output the columns of the run's files
   * @param partitions the partitions that it writes
   * @param problems receives what prevents it
   * @return the columns that the table lacks, if they are to be added
   */
  public List<StructField> check(
      StructType output, List<String> partitions, List<String> problems) {
    List<StructField> added = new ArrayList<>();
    if (state.isEmpty()) {
      return added;
    }

    TableState table = state.get();
    Row detail = session.sql("DESCRIBE DETAIL " + sqlName()).collectAsList().get(0);
    TableFeatures.problems(
            detail.<String, String>getJavaMap(detail.fieldIndex("properties")),
            detail.<String>getList(detail.fieldIndex("tableFeatures")),
            table.schema())
        .forEach(problem -> problems.add("table %s %s".formatted(asked.name(), problem)));
    List<String> columns =
        partitions.isEmpty()
            ? table.partitionColumns()
            : PartitionValue.ofPath(partitions.get(0)).stream()
                .map(PartitionValue::column)
                .toList();
    if (!columns.equals(table.partitionColumns())) {
      problems.add(
          "table %s is partitioned by %s, and this run would write partitions by %s"
              .formatted(asked.name(), table.partitionColumns(), columns));
      return added;
    }

    compare(output, table, added, problems);
    for (String partition : partitions) {
      for (PartitionValue value : PartitionValue.ofPath(partition)) {
        PartitionText.problem(value, table.schema().apply(value.column()).dataType())
            .ifPresent(problems::add);
      }
    }

    return added;
  }

  private void compare(
      StructType output, TableState table, List<StructField> added, List<String> problems) {
    Map<String, StructField> there = new HashMap<>();
    for (StructField field : table.schema().fields()) {
      if (!table.partitionColumns().contains(field.name())) {
        there.put(field.name(), field);
      }
    }

    Set<String> lacking = new TreeSet<>();
    for (StructField field : output.fields()) {
      StructField own = there.remove(field.name());
      if (own == null) {
        added.add(field);
        lacking.add(field.name());
      } else if (!own.dataType().catalogString().equals(field.dataType().catalogString())) {
        problems.add(
            "column '%s' is %s in table %s, and %s in this run's rows"
                .formatted(
                    field.name(), own.dataType().sql(), asked.name(), field.dataType().sql()));
      }
    }

    if (!there.isEmpty()) {
      problems.add(
          "table %s has the columns %s, which this run does not write"
              .formatted(asked.name(), new TreeSet<>(there.keySet())));
    }

    if (!lacking.isEmpty() && !asked.isEvolved()) {
      problems.add(
          "table %s lacks the columns %s; they are added with --evolve"
              .formatted(asked.name(), lacking));
    }
  }

  private String sqlName() {
    return "delta.`%s`".formatted(location.replace("`", "``"));
  }

  /**
   * Makes the table, or adds columns to it. Readers see no other rows.
   *
   * @param added of {@link #check}
   * @param partitionColumns are texts, if the table is made
   */
  public void prepare(StructType output, List<StructField> added, List<String> partitionColumns) {
    if (state.isEmpty()) {
      StructType all = output;
      for (String column : partitionColumns) {
        all = all.add(column, "string");
      }

      session.sql(
          "CREATE TABLE IF NOT EXISTS %s (%s) USING delta%s"
              .formatted(
                  sqlName(),
                  ddl(List.of(all.fields())),
                  partitionColumns.isEmpty()
                      ? ""
                      : " PARTITIONED BY (%s)"
                          .formatted(
                              String.join(
                                  ", ",
                                  partitionColumns.stream().map(OutputTable::quoted).toList()))));
    } else if (!added.isEmpty()) {
      session.sql("ALTER TABLE %s ADD COLUMNS (%s)".formatted(sqlName(), ddl(added)));
    } else {
      return;
    }

    state = Optional.of(TableState.of(DeltaTransaction.begin(session, location).snapshot()));
  }

  private static String ddl(List<StructField> fields) {
    return String.join(
        ", ",
        fields.stream()
            .map(field -> "%s %s".formatted(quoted(field.name()), field.dataType().sql()))
            .toList());
  }

  static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
