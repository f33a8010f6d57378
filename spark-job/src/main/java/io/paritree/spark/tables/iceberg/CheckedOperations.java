package io.paritree.spark.tables.iceberg;

import org.apache.iceberg.BaseTable;
import org.apache.iceberg.BaseTransaction;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * A catalog's commits to a table, which have failed only if the table does not have the snapshot.
 *
 * <p>A catalog that has committed may answer that another writer came first: its answer was lost,
 * and what lies between has asked again. Iceberg would then delete the manifests of the snapshot,
 * and take its files for those of another writer.
 */
record CheckedOperations(TableOperations catalog) implements TableOperations {

  /** Returns a table with such commits. */
  static Table of(Table table) {
    return table instanceof BaseTable base
        ? new BaseTable(new CheckedOperations(base.operations()), base.name(), base.reporter())
        : table;
  }

  /** Returns a transaction with such a commit, which makes a table. */
  static Transaction of(Transaction made) {
    BaseTransaction base = (BaseTransaction) made;
    return Transactions.createTableTransaction(
        base.tableName(), new CheckedOperations(base.underlyingOps()), base.currentMetadata());
  }

  /**
   * @throws CommitStateUnknownException if it failed, and the table cannot be read afterwards; then
   *     Iceberg deletes nothing
   */
  @Override
  public void commit(TableMetadata base, TableMetadata after) {
    try {
      catalog.commit(base, after);
    } catch (CommitStateUnknownException e) {
      throw e; // Iceberg deletes nothing, and the commit is looked for by its name
    } catch (RuntimeException e) {
      if (!has(after.currentSnapshot(), e)) {
        throw e;
      }
    }
  }

  private boolean has(Snapshot snapshot, RuntimeException failure) {
    TableMetadata now;
    try {
      now = catalog.refresh();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
      throw new CommitStateUnknownException(failure);
    }

    return now != null && snapshot != null && now.snapshot(snapshot.snapshotId()) != null;
  }

  @Override
  public TableMetadata current() {
    return catalog.current();
  }

  @Override
  public TableMetadata refresh() {
    return catalog.refresh();
  }

  @Override
  public FileIO io() {
    return catalog.io();
  }

  @Override
  public EncryptionManager encryption() {
    return catalog.encryption();
  }

  @Override
  public String metadataFileLocation(String file) {
    return catalog.metadataFileLocation(file);
  }

  @Override
  public LocationProvider locationProvider() {
    return catalog.locationProvider();
  }

  @Override
  public TableOperations temp(TableMetadata uncommitted) {
    return catalog.temp(uncommitted);
  }

  @Override
  public long newSnapshotId() {
    return catalog.newSnapshotId();
  }
}
