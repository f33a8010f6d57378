package io.paritree.spark.input;

import io.paritree.spark.tables.PinnedTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StructField;

/**
 * Finds the columns of a table, whose log has their types.
 *
 * @param problems receives a message for each problem
 */
record TableColumns(Input listing, AskedColumns asked, List<String> problems) {

  /**
   * Returns the columns of a table; it has what is no problem.
   *
   * @param inFiles receives their names in the table's files
   */
  Map<String, ReadColumn> of(PinnedTable table, Set<String> inFiles) {
    Map<String, ReadColumn> columns = new LinkedHashMap<>();
    List<String> all = table.columns();
    asked.leaveOutUnless(all);
    for (String name : asked.names()) {
      int index = all.indexOf(name);
      if (index < 0) {
        problems.add(asked.missing(name, all, "table " + table.shown()));
        continue;
      }

      StructField field = table.schema().fields()[index];
      int level = listing.partitionColumns().indexOf(field.name());
      columns.put(
          name, new ReadColumn(name, level < 0 ? type(name, field) : DataTypes.StringType, level));
      inFiles.add(table.nameInFiles(field.name()));
    }

    return columns;
  }

  private DataType type(String name, StructField field) {
    if (!(field.dataType() instanceof NullType)) {
      return field.dataType();
    }

    return FeatureTypes.ofNulls(asked.features(name));
  }
}
