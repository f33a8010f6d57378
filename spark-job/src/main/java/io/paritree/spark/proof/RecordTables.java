package io.paritree.spark.proof;

import io.paritree.proof.TriedRecords;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * Tables of tried records below one directory: of all records of a trial one for each form, which
 * ways share. Not thread-safe.
 */
final class RecordTables {
  private final SparkSession session;
  private final Location directory;
  private final Map<RecordForm, RecordTable> whole = new EnumMap<>(RecordForm.class);
  private int tables;

  /**
   * @param directory where Spark can write
   */
  RecordTables(SparkSession session, Location directory) {
    this.session = session;
    this.directory = directory;
  }

  SparkSession session() {
    return session;
  }

  /** Returns whether the tables are on the disk of this machine. */
  boolean areLocal() {
    return directory.isLocal();
  }

  /** Returns where scores of records are published for a server. */
  Location published() {
    return directory.resolve("published").resolve("scores");
  }

  /** Returns the table of all records, which is written when it is asked for first. */
  RecordTable of(RecordForm form, TriedRecords records) throws IOException {
    RecordTable table = whole.get(form);
    if (table == null) {
      table = RecordTable.write(session, form, records, next());
      whole.put(form, table);
    }

    return table;
  }

  private String next() {
    return HadoopPaths.text(directory.resolve("records-" + tables++).resolve("in"));
  }
}
