package io.paritree.spark.score;

import io.paritree.Fault;
import io.paritree.output.PartitionValue;
import io.paritree.spark.input.InputPartition;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.TaskPlan;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the partition that all rows of a run go to with the columns of its names that the input
 * has: the rows of another night must not be published as those of this one.
 *
 * <p>Values are compared as texts; of a time, the day is enough.
 */
public final class StatedPartition {
  private final TaskPlan plan;
  private final Map<Integer, PartitionValue> stated = new LinkedHashMap<>(); // by column
  private final boolean showsValues;

  /**
   * @param showsValues whether messages may have values of the input
   */
  StatedPartition(TaskPlan plan, boolean showsValues) {
    this.plan = plan;
    this.showsValues = showsValues;
    if (plan.output().partition() == null) {
      return;
    }

    for (PartitionValue value : PartitionValue.ofPath(plan.output().partition())) {
      for (int index = 0; index < plan.input().columns().size(); index++) {
        ReadColumn column = plan.column(index);
        if (column.name().equals(value.column()) && !column.isPartition()) {
          stated.put(index, value);
        }
      }
    }
  }

  /**
   * Returns what is wrong with the partition, if partitions of the input have other values.
   *
   * @param stated the values of the partition that all rows go to
   */
  public static Optional<String> problem(
      List<PartitionValue> stated, List<InputPartition> selected) {
    for (PartitionValue value : stated) {
      for (InputPartition partition : selected) {
        for (PartitionValue own : partition.values()) {
          if (own.column().equals(value.column()) && !isStated(own.value(), value)) {
            return Optional.of(problem("a partition of the input is " + own, value));
          }
        }
      }
    }

    return Optional.empty();
  }

  /** Returns what is wrong with the partition, if a row of a block has another value. */
  Optional<String> problem(InputBlock block, SourceFile file) {
    for (Map.Entry<Integer, PartitionValue> column : stated.entrySet()) {
      PartitionValue value = column.getValue();
      for (int row = 0; row < block.rows(); row++) {
        String text = text(block, file, row, column.getKey());
        boolean isOther = !isStated(text == null ? PartitionValue.HIVE_DEFAULT : text, value);
        if (isOther && block.malformed(row) == null) {
          return Optional.of(problem(row(block, file, row, value, text), value));
        }
      }
    }

    return Optional.empty();
  }

  private String text(InputBlock block, SourceFile file, int row, int index) {
    ReadColumn column = plan.column(index);
    try {
      return ReasonList.text(block.row(row), block.ordinal(index), column.type());
    } catch (RuntimeException e) {
      throw file.unreadable(column.name(), block, e);
    }
  }

  private String row(
      InputBlock block, SourceFile file, int row, PartitionValue stated, String text) {
    long index = block.indexInFile(row);
    String own = text == null ? "no value" : Fault.printable(text);
    return "%s of file %s has %s in column '%s'"
        .formatted(
            index < 0 ? "a row" : "row %s (from 0)".formatted(index),
            file.name(),
            showsValues ? own : "another value",
            stated.column());
  }

  private static String problem(String found, PartitionValue stated) {
    return ("%s, and --output-partition %s would say otherwise; score what belongs to that partition"
            + " alone, or give --output-partition another column")
        .formatted(found, stated);
  }

  private static boolean isStated(String text, PartitionValue stated) {
    String value = stated.value();
    return text.equals(value)
        || text.startsWith(value) && " T".indexOf(text.charAt(value.length())) >= 0 && isDay(value);
  }

  private static boolean isDay(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
