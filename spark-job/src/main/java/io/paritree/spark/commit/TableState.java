package io.paritree.spark.commit;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.StructType;

/** What a version of a table says about its partitions. */
interface TableState {
  String ABSENT = "absent";

  /** Returns the number of the version; -1 if the table has none yet. */
  long version();

  StructType schema();

  List<String> partitionColumns();

  /** Returns a text that describes a partition's files; it differs whenever they do. */
  String token(String partition);

  /** Returns whether the rows of a partition are exactly those of a run with this identity. */
  boolean isPublished(String partition, String identity);

  /**
   * Returns which run has written the files of a partition, by the partitions; those without files,
   * and those of which another writer has changed or rewritten files, are left out.
   */
  Map<String, String> runs();

  /** Returns a text that differs wherever columns, partitioning, properties or features do. */
  String definition();
}
