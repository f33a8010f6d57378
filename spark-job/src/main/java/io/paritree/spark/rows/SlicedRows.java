package io.paritree.spark.rows;

import io.paritree.profile.CountsByValue;
import io.paritree.profile.ProfileCounts;
import io.paritree.profile.SlicedCounts;
import io.paritree.spark.blocks.InputBlock;
import io.paritree.spark.blocks.SourceFile;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.TaskPlan;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/** In which slice each row of a block is: by its value of a column. Not thread-safe. */
final class SlicedRows {
  private final int at;
  private final ReadColumn column;
  private final ColumnText texts;
  private final int width;
  private final String[] names = new String[TaskPlan.BLOCK_ROWS];
  private final ProfileCounts[] counts = new ProfileCounts[TaskPlan.BLOCK_ROWS];
  private final Map<ProfileCounts, Values> values = new IdentityHashMap<>();

  /** What is counted of the values of a slice's rows. */
  private static final class Values {
    private final long[] missing;
    private final long[] unseen;
    private long rows;

    Values(int width) {
      this.missing = new long[width];
      this.unseen = new long[width];
    }
  }

  /**
   * @param at the index of the column in the plan
   * @param width the number of slots of a row
   */
  SlicedRows(TaskPlan plan, int at, int width) {
    this.at = at;
    this.column = plan.column(at);
    this.texts = ColumnText.of(column.type()).orElseThrow();
    this.width = width;
  }

  /** Begins a block; a malformed line has no value. */
  void begin(InputBlock block, SourceFile file, SlicedCounts slices) {
    int rows = block.rows();
    try {
      for (int row = 0; row < rows; row++) {
        String text = block.malformed(row) == null ? text(block, file, row) : "";
        names[row] = CountsByValue.name(text);
      }
    } catch (RuntimeException e) {
      throw file.unreadable(column.name(), block, e);
    }

    Map<String, ProfileCounts> distinct = new HashMap<>();
    for (int row = 0; row < rows; row++) {
      distinct.put(names[row], null);
    }

    slices.expect(distinct.keySet());
    distinct.replaceAll((name, none) -> slices.of(name));
    for (int row = 0; row < rows; row++) {
      counts[row] = distinct.get(names[row]);
    }
  }

  private String text(InputBlock block, SourceFile file, int row) {
    if (column.isPartition()) {
      return file.values().get(column.partitionLevel()).isNull()
          ? ""
          : file.values().get(column.partitionLevel()).value();
    }

    SpecializedGetters from = block.row(row);
    int ordinal = block.ordinal(at);
    return from.isNullAt(ordinal) ? "" : texts.of(from, ordinal);
  }

  /** Returns the name of a row's slice. */
  String name(int row) {
    return names[row];
  }

  /** Returns where a row is counted, until the next block begins. */
  ProfileCounts of(int row) {
    return counts[row];
  }

  /** Counts the rows of the block, and those of their values that are missing or unseen. */
  void addValues(InputBlock block, SourceFile file, BlockEncoder encoder, float[] slots) {
    values.clear();
    for (int row = 0; row < block.rows(); row++) {
      values.computeIfAbsent(counts[row], slice -> new Values(width)).rows++;
    }

    encoder.visit(
        block,
        file,
        slots,
        (row, slot, missing, unseen) -> {
          Values own = values.get(counts[row]);
          own.missing[slot] += missing;
          own.unseen[slot] += unseen;
        });
    values.forEach((slice, own) -> slice.addValues(own.rows, own.missing, own.unseen));
  }
}
