package io.paritree.spark.insight.audit;

import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.report.RefusedException;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Published scores, in a directory or in a version of a table. */
sealed interface AuditedOutput permits AuditedDirectory, AuditedTable {
  /** Returns where what its runs leave beside it is. */
  OutputPlace place();

  /** Returns the output as reports name it. */
  String shown();

  /** Returns the version of the table; empty for a directory. */
  String version();

  /** Returns the paths of its partitions. */
  List<String> partitions() throws IOException;

  /**
   * Returns what is published in a partition now; of a version of a table, always the same.
   *
   * @return empty if nothing is published there, or {@link #absence} holds
   */
  Optional<AuditedPartition> partition(String partition) throws IOException;

  /** Returns what is missing if nothing is known of a partition. */
  String absence(String partition) throws IOException;

  /** Returns whether a run replaces rows now, so that another look may find others. */
  boolean isBeingPublished() throws IOException;

  /** Returns the names of files that readers see in a partition and no run has written. */
  List<String> foreign(AuditedPartition partition) throws IOException;

  /** Returns the rows of a partition; empty if it has no file. */
  Optional<Dataset<Row>> rows(AuditedPartition partition) throws RefusedException;

  /** Returns the directory of the rows that its run could not score; empty if there is none. */
  Optional<Location> quarantine(AuditedPartition partition) throws IOException;
}
