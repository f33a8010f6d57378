package io.paritree.spark.rows;

import io.paritree.reasons.ExplanationAsked;
import io.paritree.reasons.Reasons;
import io.paritree.spark.blocks.InputBlock;
import io.paritree.spark.blocks.SourceFile;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.TaskPlan;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Writes the columns {@code reasons}, {@code reasons_base} and {@code reasons_rest} of rows whose
 * contributions are known. Not thread-safe.
 */
final class ReasonColumns {
  /** How many columns there are. */
  static final int COUNT = 3;

  private final TaskPlan plan;
  private final ReasonList list;

  /** For each group, the columns that it reads. */
  private final int[][] columns;

  ReasonColumns(TaskPlan plan, Reasons reasons) {
    this.plan = plan;
    this.list = new ReasonList(reasons);
    this.columns =
        reasons.groups().stream()
            .map(group -> group.columns().stream().mapToInt(plan::indexOf).toArray())
            .toArray(int[][]::new);
  }

  /**
   * Writes the columns of a row from {@code to} on.
   *
   * @param contributions those of the row start at {@code at}
   * @param explained the output that is explained
   */
  void write(
      float[] contributions,
      int at,
      int explained,
      InputBlock block,
      SourceFile file,
      int row,
      InternalRow output,
      int to) {
    ExplanationAsked asked = plan.explanation();
    output.update(
        to,
        list.choose(
            contributions,
            at,
            explained,
            asked.most(),
            asked.direction(),
            (group, column) -> given(columns[group][column], block, file, row)));
    output.setFloat(to + 1, list.base());
    output.setFloat(to + 2, list.rest());
  }

  /** Returns the value of a column as text; null if it is missing. */
  private String given(int index, InputBlock block, SourceFile file, int row) {
    ReadColumn column = plan.column(index);
    if (column.isPartition()) {
      UTF8String value = file.value(column.partitionLevel());
      return value == null ? null : value.toString();
    }

    SpecializedGetters from = block.row(row);
    int at = block.ordinal(index);
    return from.isNullAt(at) ? null : ReasonList.text(from, at, column.type());
  }
}
