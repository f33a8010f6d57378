package io.paritree.spark.score;

import io.paritree.reasons.ExplanationSettings;
import io.paritree.reasons.Reasons;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.TaskPlan;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * Writes the columns {@code reasons}, {@code reasons_base} and {@code reasons_rest} of rows whose
 * contributions are known. Not thread-safe.
 */
final class ReasonColumns {
  /** How many columns there are. */
  static final int COUNT = 3;

  private final TaskPlan plan;
  private final ReasonList list;

  private final int[] columns;

  /** For each group, the place of its first column in {@link #columns}. */
  private final int[] firsts;

  ReasonColumns(TaskPlan plan, Reasons reasons) {
    this.plan = plan;
    this.list = new ReasonList(reasons);
    this.columns =
        reasons.groups().stream()
            .flatMap(group -> group.columns().stream())
            .mapToInt(plan::indexOf)
            .toArray();
    this.firsts = new int[reasons.groups().size()];
    for (int group = 1; group < firsts.length; group++) {
      firsts[group] = firsts[group - 1] + reasons.groups().get(group - 1).columns().size();
    }
  }

  /** Returns a copy of the values of a row that its reasons can name. */
  InternalRow values(InputBlock block, SourceFile file, int row) {
    SpecializedGetters from = block.row(row);
    Object[] values = new Object[columns.length];
    for (int index = 0; index < values.length; index++) {
      ReadColumn column = plan.column(columns[index]);
      if (column.isPartition()) {
        values[index] = file.value(column.partitionLevel());
        continue;
      }

      int at = block.ordinal(columns[index]);
      values[index] = from.isNullAt(at) ? null : InternalRow.copyValue(from.get(at, column.type()));
    }

    return new GenericInternalRow(values);
  }

  /**
   * Writes the columns of a row from {@code to} on.
   *
   * @param contributions the row's start at {@code at}
   * @param explained the output that is explained
   * @param values as {@link #values} returned them
   */
  void write(
      float[] contributions,
      int at,
      int explained,
      InternalRow values,
      InternalRow output,
      int to) {
    ExplanationSettings asked = plan.output().explanation();
    output.update(
        to,
        list.choose(
            contributions,
            at,
            explained,
            asked.most(),
            asked.direction(),
            (group, column) -> given(firsts[group] + column, values)));
    output.setFloat(to + 1, list.base());
    output.setFloat(to + 2, list.rest());
  }

  /** Returns the value of a column as text; null if it is missing. */
  private String given(int index, InternalRow values) {
    ReadColumn column = plan.column(columns[index]);
    DataType type = column.isPartition() ? DataTypes.StringType : column.type();
    return ReasonList.text(values, index, type);
  }
}
