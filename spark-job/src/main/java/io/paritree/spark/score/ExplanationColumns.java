package io.paritree.spark.score;

import io.paritree.model.ScoringModel;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.reasons.Reasons;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.TaskPlan;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Writes reasons and contributions. Rows that have any are held, also while further blocks are
 * scored, until there are enough to be explained together. Not thread-safe.
 */
final class ExplanationColumns {
  private static final int EXPLAINED_ROWS = 256;
  private static final int EXPLAINED_VALUES = 1 << 20;

  private final ExplanationSettings asked;
  private final Reasons reasons;
  private final ReasonColumns reasonColumns; // null if they are not requested
  private final int first;
  private final int width;
  private final int scoreCount;
  private final int explainedRows;

  /** The slots of the rows that are held, feature by feature. */
  private final float[] slots;

  private final float[] contributions;
  private final List<Held> held = new ArrayList<>();

  /**
   * A row that is held.
   *
   * @param output the output that its reasons explain; negative if it has none
   * @param values the values that reasons name; null if it has none
   */
  private record Held(InternalRow row, int output, InternalRow values) {}

  /**
   * @param first ordinal of the first column of an output row that this class writes
   * @throws IllegalStateException if the model cannot be explained, which the driver has checked
   */
  ExplanationColumns(TaskPlan plan, ScoringModel model, int first) {
    this.asked = plan.output().explanation();
    this.reasons = Reasons.checked(model);
    this.reasonColumns = asked.hasReasons() ? new ReasonColumns(plan, reasons) : null;
    this.first = first;
    this.width = model.engine().width();
    this.scoreCount = model.engine().scores();
    this.explainedRows =
        Math.max(1, Math.min(EXPLAINED_ROWS, EXPLAINED_VALUES / reasons.contributions()));
    this.slots = new float[explainedRows * width];
    this.contributions = new float[explainedRows * reasons.contributions()];
  }

  /**
   * Holds a copy of an output row if it is to be explained, and returns whether it is.
   *
   * @param row index in the block
   * @param blockSlots slots of the block, feature by feature
   * @param blockScores scores of the block
   * @param output the row with all other columns
   */
  boolean hold(
      InputBlock block,
      SourceFile file,
      int row,
      float[] blockSlots,
      float[] blockScores,
      InternalRow output) {
    int explained = explained(blockScores, row * scoreCount);
    if (explained < 0 && !asked.contributions()) {
      return false;
    }

    int place = held.size();
    for (int slot = 0; slot < width; slot++) {
      slots[slot * explainedRows + place] = blockSlots[slot * TaskPlan.BLOCK_ROWS + row];
    }

    InternalRow values = explained < 0 ? null : reasonColumns.values(block, file, row);
    held.add(new Held(output.copy(), explained, values));
    return true;
  }

  /** Returns the output that the reasons of a row explain; negative if it has no reasons. */
  private int explained(float[] scores, int at) {
    if (!asked.hasReasons()) {
      return -1;
    }

    int output = reasons.winner(scores, at);
    return asked.hasReasons(scores[at + Math.min(output, scoreCount - 1)]) ? output : -1;
  }

  /** Returns whether so many rows are held that they must be explained before the next. */
  boolean isFull() {
    return held.size() == explainedRows;
  }

  /** Returns the rows that were held, in order, with their explanations. No row is held then. */
  List<InternalRow> explain() {
    if (!held.isEmpty()) {
      reasons.explainColumns(slots, explainedRows, held.size(), contributions);
    }

    for (int place = 0; place < held.size(); place++) {
      write(held.get(place), place * reasons.contributions());
    }

    List<InternalRow> rows = held.stream().map(Held::row).toList();
    held.clear();
    return rows;
  }

  private void write(Held explained, int at) {
    InternalRow output = explained.row;
    int to = first;
    if (reasonColumns != null) {
      if (explained.output >= 0) {
        reasonColumns.write(contributions, at, explained.output, explained.values, output, to);
      }

      to += ReasonColumns.COUNT;
    }

    if (asked.contributions()) {
      for (int index = 0; index < reasons.contributions(); index++) {
        output.setFloat(to + index, contributions[at + index]);
      }
    }
  }
}
