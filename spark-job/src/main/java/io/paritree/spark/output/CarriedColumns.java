package io.paritree.spark.output;

import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.settings.JobSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns of the input that are written with the scores.
 *
 * @param columns keys first, then passed columns, in the order of the settings
 * @param keys the names of the keys among them
 */
public record CarriedColumns(List<ReadColumn> columns, List<String> keys) {
  public CarriedColumns {
    columns = List.copyOf(columns);
    keys = List.copyOf(keys);
  }

  /**
   * Returns the columns that a run writes. If the output keeps the input's partitions, the
   * partition columns are left out: their values are the directory names, and the same in all rows
   * of a partition.
   */
  public static CarriedColumns of(JobSettings settings, CheckedInput input) {
    List<String> names = new ArrayList<>(settings.columns().keys());
    names.addAll(settings.columns().pass());
    List<ReadColumn> columns = new ArrayList<>();
    for (String name : names) {
      ReadColumn column = input.column(name);
      if (!column.isPartition() || !settings.output().partition().isEmpty()) {
        columns.add(column);
      }
    }

    List<String> keys =
        columns.stream().map(ReadColumn::name).filter(settings.columns().keys()::contains).toList();
    return new CarriedColumns(columns, keys);
  }
}
