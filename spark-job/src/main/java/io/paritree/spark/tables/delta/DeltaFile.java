package io.paritree.spark.tables.delta;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A data file of a version of a Delta table: the action {@code add} of the table's log (Delta's
 * protocol, "Add File and Remove File").
 *
 * @param path as the log has it: a URI, below the table's directory or of any other place
 * @param partitionValues by the names that the files' columns have; null where they are
 * @param size in bytes
 * @param modificationTime in milliseconds since 1970
 * @param deletionVector says which rows are deleted; empty if none is
 */
record DeltaFile(
    String path,
    Map<String, String> partitionValues,
    long size,
    long modificationTime,
    Map<String, String> tags,
    Optional<DeletionVector> deletionVector) {

  /**
   * Where the numbers of deleted rows are (Delta's protocol, "Deletion Vectors").
   *
   * @param offset of the vector in its file
   * @param sizeInBytes of the vector
   * @param cardinality how many rows are deleted
   */
  record DeletionVector(
      String storageType,
      String pathOrInlineDv,
      OptionalInt offset,
      int sizeInBytes,
      long cardinality) {}
}
