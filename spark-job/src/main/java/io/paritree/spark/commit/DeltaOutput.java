package io.paritree.spark.commit;

import io.paritree.spark.tables.AskedOutput;
import io.paritree.spark.versions.DeltaSnapshot;
import io.paritree.spark.versions.DeltaTransaction;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A Delta table that a run writes to. */
final class DeltaOutput extends OutputTable {
  private final SparkSession session;
  private final String location;

  private DeltaOutput(
      SparkSession session, AskedOutput asked, String location, Optional<TableState> state) {
    super(asked, state);
    this.session = session;
    this.location = location;
  }

  static DeltaOutput at(SparkSession session, AskedOutput asked) {
    return of(session, asked, DeltaTransaction.begin(session, asked.name()).snapshot());
  }

  static DeltaOutput of(SparkSession session, AskedOutput asked, DeltaSnapshot found) {
    return new DeltaOutput(
        session,
        asked,
        found.location().toString(),
        found.version() >= 0 ? Optional.of(DeltaState.of(found)) : Optional.empty());
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public Location directory(Location table) {
    return table;
  }

  @Override
  public Map<String, Integer> fieldIds() {
    return Map.of();
  }

  @Override
  public Optional<String> encryptionProblem() {
    return Optional.empty();
  }

  @Override
  public Optional<String> lookupProblem() {
    return Optional.empty();
  }

  @Override
  TableTransaction begin(String name, Map<String, String> metadata) throws IOException {
    return new DeltaCommit(session, location, state().map(DeltaState.class::cast), name, metadata);
  }

  @Override
  List<String> unfitFeatures() {
    DeltaSnapshot table = ((DeltaState) state().orElseThrow()).snapshot();
    return DeltaFeatures.problems(table.properties(), table.features(), table.schema());
  }

  @Override
  DataType stored(DataType type) {
    return type;
  }

  @Override
  List<String> spelledOtherwise(List<String> partitions) {
    DeltaState table = (DeltaState) state().orElseThrow();
    if (partitions.isEmpty()) {
      return List.of();
    }

    Set<String> otherwise = table.spelledOtherwise();
    otherwise.removeAll(partitions);
    otherwise.removeIf(table::hasOwn);
    return List.copyOf(
        PartitionPredicate.selected(
            session, otherwise, PartitionPredicate.of(partitions, table), table));
  }

  @Override
  public long rows(List<String> partitions) {
    TableState table = state().orElseThrow();
    return session
        .read()
        .format("delta")
        .option("versionAsOf", table.version())
        .load(location)
        .where(PartitionPredicate.of(partitions, table))
        .count();
  }

  private String sqlName() {
    return "delta.`%s`".formatted(location.replace("`", "``"));
  }

  @Override
  void create(StructType columns, List<String> partitionColumns) {
    try {
      createIfAbsent(columns, partitionColumns);
    } catch (Exception e) { // Spark throws checked ones undeclared
      if (newest().version() < 0) {
        throw e;
      }

      // another run has made it at the same time, and its columns are checked
    }
  }

  private void createIfAbsent(StructType columns, List<String> partitionColumns) {
    session.sql(
        "CREATE TABLE IF NOT EXISTS %s (%s) USING delta%s"
            .formatted(
                sqlName(),
                ddl(List.of(columns.fields())),
                partitionColumns.isEmpty()
                    ? ""
                    : " PARTITIONED BY (%s)"
                        .formatted(
                            String.join(
                                ", ",
                                partitionColumns.stream().map(PartitionText::quoted).toList()))));
  }

  @Override
  void addColumns(List<StructField> columns) {
    session.sql("ALTER TABLE %s ADD COLUMNS (%s)".formatted(sqlName(), ddl(columns)));
  }

  private static String ddl(List<StructField> fields) {
    return String.join(
        ", ",
        fields.stream()
            .map(
                field ->
                    "%s %s".formatted(PartitionText.quoted(field.name()), field.dataType().sql()))
            .toList());
  }

  @Override
  TableState newest() {
    return DeltaState.of(DeltaTransaction.begin(session, location).snapshot());
  }
}
