package io.paritree.spark.rows;

import io.paritree.UnsupportedModelException;
import io.paritree.model.ScoringModel;
import io.paritree.reasons.ExplanationAsked;
import io.paritree.reasons.Reasons;
import io.paritree.spark.blocks.InputBlock;
import io.paritree.spark.blocks.SourceFile;
import io.paritree.spark.task.TaskPlan;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Writes reasons and contributions. The rows of a block that have any are gathered and explained
 * together. Not thread-safe.
 */
final class ExplanationColumns {
  private static final int EXPLAINED_ROWS = 256;
  private static final int EXPLAINED_VALUES = 1 << 20;

  private final ExplanationAsked asked;
  private final Reasons reasons;
  private final ReasonColumns reasonColumns; // null if they are not requested
  private final int width;
  private final int scoreCount;
  private final int explainedRows;
  private final float[] gathered;
  private final float[] contributions;

  /** The rows of the block that are explained, ascending. */
  private final int[] rows = new int[TaskPlan.BLOCK_ROWS];

  /** For each of them the output that its reasons explain; negative if it has none. */
  private final int[] outputs = new int[TaskPlan.BLOCK_ROWS];

  private int count;
  private int next;
  private float[] slots;

  /**
   * @throws IllegalStateException if the model cannot be explained, which the driver has checked
   */
  ExplanationColumns(TaskPlan plan, ScoringModel model) {
    this.asked = plan.explanation();
    try {
      this.reasons = Reasons.of(model, asked.mode());
    } catch (UnsupportedModelException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }

    this.reasonColumns = asked.hasReasons() ? new ReasonColumns(plan, reasons) : null;
    this.width = model.engine().width();
    this.scoreCount = model.engine().scores();
    this.explainedRows =
        Math.max(1, Math.min(EXPLAINED_ROWS, EXPLAINED_VALUES / reasons.contributions()));
    this.gathered = new float[explainedRows * width];
    this.contributions = new float[explainedRows * reasons.contributions()];
  }

  /**
   * Begins a block that was scored.
   *
   * @param slots of the block, feature by feature
   */
  void begin(float[] slots, float[] scores, int blockRows, RowFaults faults) {
    this.slots = slots;
    count = 0;
    next = 0;
    for (int row = 0; row < blockRows; row++) {
      if (!faults.isFaulty(row)) {
        int output = explained(scores, row * scoreCount);
        if (output >= 0 || asked.contributions()) {
          rows[count] = row;
          outputs[count++] = output;
        }
      }
    }
  }

  /** Returns the output that the reasons of a row explain; negative if it has no reasons. */
  private int explained(float[] scores, int at) {
    if (!asked.hasReasons()) {
      return -1;
    }

    int output = reasons.winner(scores, at);
    return asked.hasReasons(scores[at + Math.min(output, scoreCount - 1)]) ? output : -1;
  }

  /**
   * Writes the columns of a row from {@code to} on; the rows of a block come in ascending order.
   */
  void write(InputBlock block, SourceFile file, int row, InternalRow output, int to) {
    int at = 0;
    int explained = -1;
    if (next < count && rows[next] == row) {
      int place = next % explainedRows;
      if (place == 0) {
        explain();
      }

      at = place * reasons.contributions();
      explained = outputs[next++];
    }

    int first = to;
    if (reasonColumns != null) {
      if (explained >= 0) {
        reasonColumns.write(contributions, at, explained, block, file, row, output, to);
      }

      first += ReasonColumns.COUNT;
      for (int column = to; explained < 0 && column < first; column++) {
        output.setNullAt(column);
      }
    }

    if (asked.contributions()) {
      for (int index = 0; index < reasons.contributions(); index++) {
        output.setFloat(first + index, contributions[at + index]);
      }
    }
  }

  /** Explains the next rows that are to be. */
  private void explain() {
    int some = Math.min(explainedRows, count - next);
    for (int slot = 0; slot < width; slot++) {
      int from = slot * TaskPlan.BLOCK_ROWS;
      for (int index = 0; index < some; index++) {
        gathered[slot * explainedRows + index] = slots[from + rows[next + index]];
      }
    }

    reasons.explainColumns(gathered, explainedRows, some, contributions);
  }
}
