package io.paritree.spark.delta;

import io.paritree.spark.commit.AbsentTable;
import io.paritree.spark.commit.OutputTable;
import io.paritree.spark.commit.PlannedColumns;
import io.paritree.spark.commit.TableState;
import io.paritree.spark.commit.TableTransaction;
import io.paritree.spark.tables.AskedOutput;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;

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
  protected TableTransaction begin(String name, Map<String, String> metadata) throws IOException {
    return new DeltaCommit(
        session,
        location,
        state().map(DeltaState.class::cast),
        this::columnsToCome,
        name,
        metadata);
  }

  @Override
  protected List<String> unfitFeatures(TableState table) {
    DeltaSnapshot snapshot = ((DeltaState) table).snapshot();
    return DeltaFeatures.problems(snapshot.properties(), snapshot.features(), snapshot.schema());
  }

  @Override
  protected DataType stored(DataType type) {
    return type;
  }

  @Override
  protected List<String> spelledOtherwise(List<String> partitions) {
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

  @Override
  protected List<String> plan(PlannedColumns columns) {
    DeltaTransaction transaction = DeltaTransaction.begin(session, location);
    DeltaCommit.change(transaction, columns, state().orElse(AbsentTable.WITHOUT_COLUMNS));
    return DeltaFeatures.problems(
        transaction.properties(), transaction.features(), transaction.schema());
  }

  /** Readers find columns by name. */
  @Override
  protected boolean fitsPlan(TableState now) {
    return true;
  }

  @Override
  protected TableState newest() {
    return DeltaState.of(DeltaTransaction.begin(session, location).snapshot());
  }
}
