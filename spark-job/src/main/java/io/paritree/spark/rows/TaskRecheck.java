package io.paritree.spark.rows;

import io.paritree.Machine;
import io.paritree.model.Recheck;
import io.paritree.model.Recheck.Different;
import io.paritree.model.ScoringModel;
import io.paritree.spark.blocks.InputBlock;
import io.paritree.spark.blocks.SourceFile;
import io.paritree.spark.task.RecheckTally;
import io.paritree.spark.task.TaskPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores a share of a task's rows again, and keeps which of them differ. Not thread-safe.
 *
 * <p>It is chance which rows these are, but the chance of the run: another attempt of the task has
 * the same ones, and the next run has others.
 */
final class TaskRecheck {
  private final TaskPlan plan;
  private final Recheck recheck;
  private final KeyTexts keys; // null if keys must not be shown
  private final List<String> keyNames;
  private final RecheckTally tally;

  /**
   * @param task the number of the task in its run
   * @param hasSecrets whether keys are encrypted, and so must not be in messages
   * @param tally receives the results
   */
  TaskRecheck(TaskPlan plan, ScoringModel model, int task, boolean hasSecrets, RecheckTally tally) {
    this.plan = plan;
    this.recheck =
        new Recheck(
            model, model.engine(), plan.model().recheck(), seed(plan, task), Recheck.TOGETHER);
    this.keyNames =
        IntStream.of(plan.output().carried())
            .limit(plan.keys().columns())
            .mapToObj(column -> plan.column(column).name())
            .toList();
    this.keys = hasSecrets ? null : new KeyTexts(plan, keyNames);
    this.tally = tally;
  }

  static long seed(TaskPlan plan, int task) {
    return 31L * plan.files().run().hashCode() + task;
  }

  /** Takes the chosen rows of a block; its arrays are as {@link BlockEncoder} stores them. */
  void add(InputBlock block, SourceFile file, float[] slots, float[] margins, float[] scores) {
    report(
        recheck.add(
            slots,
            1,
            TaskPlan.BLOCK_ROWS,
            block.rows(),
            margins,
            scores,
            row -> name(block, file, row)));
  }

  private void report(List<Different> rows) {
    for (Different row : rows) {
      tally.addDifferent(
          "%s, scored on %s: %s".formatted(row.name(), Machine.here(), row.values()));
    }
  }

  private String name(InputBlock block, SourceFile file, int row) {
    List<String> words = new ArrayList<>();
    if (keys != null) {
      List<String> values = keys.of(block, file, row);
      for (int index = 0; index < keyNames.size(); index++) {
        words.add(keyNames.get(index) + "=" + values.get(index));
      }
    }

    long index = block.indexInFile(row);
    words.add("%s of %s".formatted(index < 0 ? "a row" : "row " + index, file.name()));
    return String.join(", ", words);
  }

  /** Scores the rows that still wait again. */
  void close() {
    report(recheck.rest());
    tally.addRows(recheck.rows());
  }
}
