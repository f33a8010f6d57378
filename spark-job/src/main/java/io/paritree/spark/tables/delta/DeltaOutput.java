package io.paritree.spark.tables.delta;

import io.paritree.spark.tables.OutputTable;
import io.paritree.spark.tables.PlannedColumns;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.tables.TableState;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.spark.tables.TableTransaction;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;

/** A Delta table that a run writes to. */
final class DeltaOutput extends OutputTable {
  private final SparkSession session;

  DeltaOutput(SparkSession session, TableToWrite asked, DeltaSnapshot found) {
    super(
        asked,
        found.location().toString(),
        found.version() >= 0 ? DeltaState.of(found) : TableState.ABSENT);
    this.session = session;
  }

  @Override
  protected TableTransaction begin(String name, Map<String, String> metadata) throws IOException {
    return new DeltaCommit(session, location(), state(), this::columnsToCome, name, metadata);
  }

  @Override
  protected List<String> unfitFeatures(TableState table) {
    return ((DeltaState) table).snapshot().unfitFeatures();
  }

  @Override
  protected List<String> spelledOtherwise(List<String> partitions) {
    if (partitions.isEmpty() || !(state() instanceof DeltaState table)) {
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
    return session
        .read()
        .format("delta")
        .option("versionAsOf", state().version())
        .load(location())
        .where(PartitionPredicate.of(partitions, state()))
        .count();
  }

  @Override
  protected String inStatements() {
    return "delta.%s".formatted(SqlName.quoted(location()));
  }

  @Override
  protected List<String> plan(PlannedColumns columns) {
    DeltaTransaction transaction = DeltaTransaction.begin(session, location());
    DeltaCommit.make(transaction, columns);
    return transaction.unfitFeatures();
  }

  @Override
  protected TableState newest() {
    return DeltaState.of(DeltaTransaction.begin(session, location()).snapshot());
  }
}
