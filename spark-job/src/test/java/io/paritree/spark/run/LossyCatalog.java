package io.paritree.spark.run;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/** A catalog of Iceberg, of tables in a directory, that may lose the answer to a commit. */
public final class LossyCatalog extends HadoopCatalog {
  private static final AtomicReference<Optional<LostAnswer>> NEXT =
      new AtomicReference<>(Optional.empty());

  /** Loses the answer to the next commit. */
  static void loseNext(LostAnswer answer) {
    NEXT.set(Optional.of(answer));
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier name) {
    return new Operations(super.newTableOps(name));
  }

  private record Operations(TableOperations kept) implements TableOperations {
    @Override
    public void commit(TableMetadata base, TableMetadata after) {
      Optional<LostAnswer> lost = NEXT.getAndSet(Optional.empty());
      if (lost.isEmpty()) {
        kept.commit(base, after);
        return;
      }

      if (lost.get().isMade()) {
        kept.commit(base, after);
      }

      lost.get().others().run();
      throw (RuntimeException) lost.get().failure();
    }

    @Override
    public TableMetadata current() {
      return kept.current();
    }

    @Override
    public TableMetadata refresh() {
      return kept.refresh();
    }

    @Override
    public FileIO io() {
      return kept.io();
    }

    @Override
    public String metadataFileLocation(String file) {
      return kept.metadataFileLocation(file);
    }

    @Override
    public LocationProvider locationProvider() {
      return kept.locationProvider();
    }

    @Override
    public TableOperations temp(TableMetadata uncommitted) {
      return kept.temp(uncommitted);
    }

    @Override
    public long newSnapshotId() {
      return kept.newSnapshotId();
    }
  }
}
