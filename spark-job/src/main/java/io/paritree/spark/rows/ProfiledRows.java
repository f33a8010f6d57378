package io.paritree.spark.rows;

import io.paritree.UnsupportedModelException;
import io.paritree.forest.Engine;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.ScoringModel;
import io.paritree.profile.ProfileCounts;
import io.paritree.profile.ProfileForm;
import io.paritree.spark.task.TaskPlan;

/**
 * The rows of a profile's sample: they are counted block by block, and those that are explained are
 * held, also while further blocks are scored, until there are enough. Not thread-safe.
 */
final class ProfiledRows {
  private static final int EXPLAINED_ROWS = 256;
  private static final int EXPLAINED_VALUES = 1 << 20;

  private final Engine engine;
  private final Explainer explainer; // null if rows are not explained
  private final long[] sampledHashes = new long[TaskPlan.BLOCK_ROWS];
  private final int[] sampled = new int[TaskPlan.BLOCK_ROWS];
  private int sampledRows; // of the block

  private final int explainedRows;
  private final long[] heldHashes;
  private final float[] held; // slots of the rows that are held, feature by feature
  private final float[] contributions;
  private final float[] margins;
  private int heldRows;

  ProfiledRows(ScoringModel model, ProfileForm form) {
    this.engine = model.engine();
    this.explainer = form.margins() == 0 ? null : explainer(model);
    int perRow = explainer == null ? 0 : explainer.contributions();
    this.explainedRows =
        explainer == null ? 0 : Math.max(1, Math.min(EXPLAINED_ROWS, EXPLAINED_VALUES / perRow));
    this.heldHashes = new long[explainedRows];
    this.held = new float[explainedRows * engine.width()];
    this.contributions = new float[explainedRows * perRow];
    this.margins = new float[explainedRows * engine.outputs()];
  }

  private static Explainer explainer(ScoringModel model) {
    try {
      return model.explainer(ContributionMode.FAST);
    } catch (UnsupportedModelException e) {
      throw new IllegalStateException("The form has no margins then", e);
    }
  }

  /**
   * Adds a row that was scored.
   *
   * @param row index in the block
   * @param hash of its key
   * @param slots of the block, feature by feature
   * @param counts of its partition
   */
  void add(int row, long hash, float[] slots, ProfileCounts counts) {
    if (counts.samples(hash)) {
      sampledHashes[sampledRows] = hash;
      sampled[sampledRows++] = row;
    }

    if (counts.explains(hash)) {
      for (int slot = 0; slot < engine.width(); slot++) {
        held[slot * explainedRows + heldRows] = slots[slot * TaskPlan.BLOCK_ROWS + row];
      }

      heldHashes[heldRows++] = hash;
      if (heldRows == explainedRows) {
        explain(counts);
      }
    }
  }

  /** Counts the rows of a block, all of which were added. */
  void endBlock(float[] slots, ProfileCounts counts) {
    counts.addSlots(sampledHashes, sampled, sampledRows, slots, TaskPlan.BLOCK_ROWS);
    sampledRows = 0;
  }

  /** Ends the rows of a partition, for now: none is held any more, and the counts are packed. */
  void endPartition(ProfileCounts counts) {
    explain(counts);
    counts.pack();
  }

  private void explain(ProfileCounts counts) {
    if (heldRows == 0) {
      return;
    }

    explainer.explainColumns(held, explainedRows, heldRows, contributions);
    engine.scoreColumns(held, explainedRows, heldRows, margins, null);
    for (int row = 0; row < heldRows; row++) {
      counts.addContributions(
          heldHashes[row],
          contributions,
          row * explainer.contributions(),
          margins,
          row * engine.outputs());
    }

    heldRows = 0;
  }
}
