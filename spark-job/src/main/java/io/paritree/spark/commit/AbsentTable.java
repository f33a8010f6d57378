package io.paritree.spark.commit;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.StructType;

/**
 * The state of a table that is not made yet.
 *
 * @param schema the columns that it is to have; none if that is not known
 */
public record AbsentTable(StructType schema, List<String> partitionColumns) implements TableState {
  public static final AbsentTable WITHOUT_COLUMNS = new AbsentTable(new StructType(), List.of());
  static final String DEFINITION = "absent";

  public AbsentTable {
    partitionColumns = List.copyOf(partitionColumns);
  }

  public static AbsentTable of(PlannedColumns columns) {
    return new AbsentTable(columns.schema(WITHOUT_COLUMNS), columns.partitionColumns());
  }

  @Override
  public long version() {
    return -1;
  }

  /** It has none yet. */
  @Override
  public String id() {
    return "";
  }

  @Override
  public boolean includes(long commit) {
    return false;
  }

  @Override
  public Set<String> files(String partition) {
    return Set.of();
  }

  @Override
  public Set<String> marks(String partition) {
    return Set.of();
  }

  @Override
  public Set<String> partitions() {
    return Set.of();
  }

  @Override
  public boolean hasOwn(String partition) {
    return false;
  }

  @Override
  public boolean hasEmpty(String identity) {
    return false;
  }

  @Override
  public Map<String, String> runs() {
    return Map.of();
  }

  @Override
  public String definition() {
    return DEFINITION;
  }
}
