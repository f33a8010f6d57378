package io.paritree.spark.commit;

import io.paritree.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.StructType;

/** What a version of a table says about its partitions. */
public interface TableState {
  String ABSENT = "absent";

  /** Returns the number of the version; -1 if the table has none yet. */
  long version();

  /**
   * Returns what tells the table from another one that was made in its place; empty if nothing
   * does.
   */
  String id();

  /**
   * Returns whether a version that a commit has made is part of this one. It counts as one if the
   * table does not know it any more.
   */
  boolean includes(long commit);

  StructType schema();

  List<String> partitionColumns();

  /** Returns a text per file of a partition that differs whenever its rows may; none if empty. */
  Set<String> files(String partition);

  /** Returns the partitions that have files. */
  Set<String> partitions();

  /** Returns whether a run has written one of a partition's files. */
  boolean hasOwn(String partition);

  /** Returns the different marks that runs have given these files. */
  Set<String> marks(String partition);

  /** Returns whether a run with this identity has left a partition without rows. */
  boolean hasEmpty(String identity);

  /** Returns the mark of each file of a partition. */
  static String mark(String identity, int filesOfPartition) {
    return identity + " " + filesOfPartition;
  }

  /** Returns a text that describes a partition's files; it differs whenever they do. */
  default String token(String partition) {
    Set<String> files = files(partition);
    return files.isEmpty()
        ? ABSENT
        : Sha256.hex(String.join("\n", files).getBytes(StandardCharsets.UTF_8));
  }

  /** Returns whether exactly a run with this identity has written the rows of a partition. */
  default boolean isPublished(String partition, String identity) {
    int files = files(partition).size();
    return files == 0 ? hasEmpty(identity) : marks(partition).equals(Set.of(mark(identity, files)));
  }

  /**
   * Returns which run has written the files of a partition, by the partitions; those without files,
   * and those of which another writer has changed or rewritten files, are left out.
   */
  Map<String, String> runs();

  /** Returns a text that differs wherever columns, partitioning, properties or features do. */
  String definition();
}
