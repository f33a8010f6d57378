package io.paritree.spark.score;

import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.TaskPlan;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.sql.types.DataType;

/** The columns of the input that output rows begin with. */
final class CopiedColumns {
  private final Column[] columns;

  /**
   * @param at its index in the plan
   */
  private record Column(int at, ReadColumn read, Copier copier) {}

  /**
   * @param columns their indexes in the plan, in output order
   * @param copier returns what copies values of a type
   */
  CopiedColumns(TaskPlan plan, int[] columns, Function<DataType, Copier> copier) {
    this.columns =
        IntStream.of(columns)
            .mapToObj(at -> new Column(at, plan.column(at), copier.apply(plan.column(at).type())))
            .toArray(Column[]::new);
  }

  int count() {
    return columns.length;
  }

  /** Copies the values of a row of a block to the first columns of an output row. */
  void copy(InputBlock block, SourceFile file, int row, SpecificInternalRow output) {
    SpecializedGetters from = block.row(row);
    for (int to = 0; to < columns.length; to++) {
      Column column = columns[to];
      if (column.read.isPartition()) {
        output.update(to, file.value(column.read.partitionLevel()));
        continue;
      }

      int at = block.ordinal(column.at);
      try {
        if (from.isNullAt(at)) {
          output.setNullAt(to);
        } else {
          column.copier.copy(from, at, output, to);
        }
      } catch (RuntimeException e) {
        throw file.unreadable(column.read.name(), block, e);
      }
    }
  }
}
