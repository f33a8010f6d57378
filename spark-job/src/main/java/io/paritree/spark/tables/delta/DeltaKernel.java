package io.paritree.spark.tables.delta;

import io.delta.kernel.Scan;
import io.delta.kernel.Table;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.utils.CloseableIterator;
import io.paritree.spark.tables.delta.DeltaFile.DeletionVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;

/**
 * Reads the files of a Delta table by Delta Kernel, in this JVM. Delta itself reads them by several
 * of Spark's jobs, which take longer than Kernel does by far.
 *
 * <p>Later versions of Delta bring Kernel with them; nothing of it is in the job's jar. Without it,
 * this class cannot be loaded.
 */
final class DeltaKernel {
  private DeltaKernel() {}

  /**
   * Returns the data files of a version.
   *
   * @param table the table's directory
   * @throws RuntimeException of Kernel, if it cannot read such a table
   */
  static List<DeltaFile> files(Configuration hadoop, String table, long version)
      throws IOException {
    Engine engine = DefaultEngine.create(hadoop);
    Scan scan =
        Table.forPath(engine, table)
            .getSnapshotAsOfVersion(engine, version)
            .getScanBuilder()
            .build();
    List<DeltaFile> files = new ArrayList<>();
    Map<Map<String, String>, Map<String, String>> known = new HashMap<>();
    try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> rows = batches.next().getRows()) {
          while (rows.hasNext()) {
            Row row = rows.next();
            files.add(file(row.getStruct(at(row, "add")), known));
          }
        }
      }
    }

    return files;
  }

  /**
   * @param known receives maps, which many files share
   */
  private static DeltaFile file(Row add, Map<Map<String, String>, Map<String, String>> known) {
    return new DeltaFile(
        add.getString(at(add, "path")),
        known.computeIfAbsent(map(add, "partitionValues"), map -> map),
        add.getLong(at(add, "size")),
        add.getLong(at(add, "modificationTime")),
        known.computeIfAbsent(map(add, "tags"), map -> map),
        deletionVector(add));
  }

  private static Optional<DeletionVector> deletionVector(Row add) {
    int at = at(add, "deletionVector");
    if (add.isNullAt(at)) {
      return Optional.empty();
    }

    Row vector = add.getStruct(at);
    int offset = at(vector, "offset");
    return Optional.of(
        new DeletionVector(
            vector.getString(at(vector, "storageType")),
            vector.getString(at(vector, "pathOrInlineDv")),
            vector.isNullAt(offset) ? OptionalInt.empty() : OptionalInt.of(vector.getInt(offset)),
            vector.getInt(at(vector, "sizeInBytes")),
            vector.getLong(at(vector, "cardinality"))));
  }

  private static int at(Row row, String field) {
    return row.getSchema().indexOf(field);
  }

  private static Map<String, String> map(Row row, String field) {
    int at = at(row, field);
    Map<String, String> map = new HashMap<>();
    if (!row.isNullAt(at)) {
      MapValue values = row.getMap(at);
      for (int index = 0; index < values.getSize(); index++) {
        map.put(
            values.getKeys().getString(index),
            values.getValues().isNullAt(index) ? null : values.getValues().getString(index));
      }
    }

    return map;
  }
}
