package io.paritree.spark.tables;

import io.paritree.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.spark.sql.types.StructType;

/**
 * What a version of a table says about its partitions. By itself it is a version without any: of a
 * table that is not made yet.
 */
public class TableState implements RunMarks {
  /** A table that is not made, and whose columns are not known. */
  public static final TableState ABSENT = absent(new StructType(), List.of());

  private static final String NOTHING = "absent";

  private final long version;
  private final String id;
  private final Supplier<StructType> schema;
  private final List<String> partitionColumns;
  private final String definition;

  /**
   * @param version the number of the version; -1 if the table has none yet
   * @param id what tells the table from another one that was made in its place; empty if nothing
   *     does
   * @param schema returns all columns
   * @param definition a text that differs wherever columns, partitioning, properties or features do
   */
  protected TableState(
      long version,
      String id,
      Supplier<StructType> schema,
      List<String> partitionColumns,
      String definition) {
    this.version = version;
    this.id = id;
    this.schema = schema;
    this.partitionColumns = partitionColumns;
    this.definition = definition;
  }

  /** Returns a table that is not made yet, and is to have these columns. */
  public static TableState absent(StructType schema, List<String> partitionColumns) {
    return new TableState(-1, "", () -> schema, partitionColumns, NOTHING);
  }

  /** Returns whether the table is not made yet. */
  public final boolean isAbsent() {
    return definition.equals(NOTHING);
  }

  public final long version() {
    return version;
  }

  public final String id() {
    return id;
  }

  public final StructType schema() {
    return schema.get();
  }

  public final List<String> partitionColumns() {
    return partitionColumns;
  }

  final String definition() {
    return definition;
  }

  /**
   * Returns whether a version that a commit has made is part of this one, which it is not if the
   * table was set back from it. It counts as one if the table does not say.
   */
  public boolean includes(long commit) {
    return true;
  }

  /** Returns a text per file of a partition that differs whenever its rows may; none if empty. */
  public Set<String> files(String partition) {
    return Set.of();
  }

  @Override
  public Set<String> partitions() {
    return Set.of();
  }

  /** Returns the identities of the runs that have written a partition's files, as far as marked. */
  public Set<String> identities(String partition) {
    return Set.of();
  }

  /** Returns whether a run has written one of a partition's files. */
  public final boolean hasOwn(String partition) {
    return !identities(partition).isEmpty();
  }

  /** Returns the different marks that runs have given these files. */
  public Set<String> marks(String partition) {
    return Set.of();
  }

  /** Returns whether a run with this identity has left a partition without rows. */
  public boolean hasEmpty(String identity) {
    return false;
  }

  /** Returns the mark of each file of a partition. */
  public static String mark(String identity, int filesOfPartition) {
    return identity + " " + filesOfPartition;
  }

  /** Returns the identity in such a mark. */
  public static String identity(String mark) {
    return mark.substring(0, mark.indexOf(' '));
  }

  /** Returns a text that describes a partition's files; it differs whenever they do. */
  public final String token(String partition) {
    Set<String> files = files(partition);
    return files.isEmpty()
        ? NOTHING
        : Sha256.hex(String.join("\n", files).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public final boolean isPublished(String partition, String identity) {
    int files = files(partition).size();
    return files == 0 ? hasEmpty(identity) : marks(partition).equals(Set.of(mark(identity, files)));
  }

  /**
   * Returns which run has written the files of a partition, by the partitions. Left out are
   * partitions without files, and partitions whose files another writer has changed or rewritten.
   */
  public Map<String, String> runs() {
    return Map.of();
  }
}
