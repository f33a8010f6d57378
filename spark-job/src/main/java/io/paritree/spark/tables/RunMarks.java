package io.paritree.spark.tables;

import java.util.Set;

/** What a version of a table says about the runs that have written its partitions. */
public interface RunMarks {
  /** Returns the partitions that have files, by their paths. */
  Set<String> partitions();

  /** Returns whether exactly a run with this identity has written the rows of a partition. */
  boolean isPublished(String partition, String identity);
}
