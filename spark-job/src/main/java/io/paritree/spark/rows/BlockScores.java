package io.paritree.spark.rows;

import io.paritree.Fault;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.spark.blocks.InputBlock;
import io.paritree.spark.blocks.SourceFile;
import io.paritree.spark.task.TaskPlan;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/**
 * Encodes and scores blocks outside a job, as a job does. What it returns is valid until the next
 * block. Not thread-safe.
 */
public final class BlockScores {
  private final Engine engine;
  private final BlockEncoder encoder;
  private final RowFaults faults = new RowFaults(TaskPlan.BLOCK_ROWS);
  private final float[] slots;
  private final float[] margins; // null if they are not wanted
  private final float[] scores;

  /**
   * @param types of the values of each field, which are the columns of blocks, in this order
   */
  public BlockScores(ScoringModel model, List<DataType> types, boolean hasMargins) {
    this.engine = model.engine();
    this.encoder = new BlockEncoder(model.schema(), types);
    this.slots = new float[engine.width() * TaskPlan.BLOCK_ROWS];
    this.margins = hasMargins ? new float[engine.outputs() * TaskPlan.BLOCK_ROWS] : null;
    this.scores = new float[engine.scores() * TaskPlan.BLOCK_ROWS];
  }

  /**
   * Scores a block.
   *
   * @param file named if a column cannot be read
   */
  public void score(InputBlock block, SourceFile file) {
    faults.clear();
    encoder.encode(block, file, slots, faults);
    engine.scoreColumns(slots, TaskPlan.BLOCK_ROWS, block.rows(), margins, scores);
  }

  /** Returns the slots: slot f of row r is at {@code f * BLOCK_ROWS + r}. */
  public float[] slots() {
    return slots;
  }

  /** Returns the margins, row by row; null if they are not wanted. */
  public float[] margins() {
    return margins;
  }

  /** Returns the scores, row by row; those of a row with a fault mean nothing. */
  public float[] scores() {
    return scores;
  }

  /** Returns the number of rows that have a fault. */
  public int faulty() {
    return faults.faulty();
  }

  public boolean isFaulty(int row) {
    return faults.isFaulty(row);
  }

  /** Returns the faults of a row that has one. */
  public List<Fault> faults(int row) {
    return faults.of(row);
  }
}
