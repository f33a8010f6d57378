package io.paritree.spark.rows;

import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.spark.input.InputFormat;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** The function that tasks run; all that it carries is small, or a broadcast. */
final class ScoreTask implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Broadcast<ModelFiles> model;
  private final Broadcast<TaskPlan> plan;
  private final Broadcast<ParquetWriters> writers;
  private final Broadcast<ParquetWriters> quarantineWriters;
  private final InputFormat format;
  private final int[] ordinals;
  private final int indexOrdinal;

  /**
   * @param ordinals where batches or rows hold each column of the plan; -1 for those that are not
   *     in them
   * @param indexOrdinal where they hold a row's index in its file
   */
  ScoreTask(
      Broadcast<ModelFiles> model,
      Broadcast<TaskPlan> plan,
      Broadcast<ParquetWriters> writers,
      Broadcast<ParquetWriters> quarantineWriters,
      InputFormat format,
      int[] ordinals,
      int indexOrdinal) {
    this.model = model;
    this.plan = plan;
    this.writers = writers;
    this.quarantineWriters = quarantineWriters;
    this.format = format;
    this.ordinals = ordinals;
    this.indexOrdinal = indexOrdinal;
  }

  Iterator<TaskResult> scoreBatches(Iterator<ColumnarBatch> batches) throws IOException {
    return score(
        () -> new BatchSource(batches, new VectorBlock(plan.value(), ordinals, indexOrdinal)));
  }

  Iterator<TaskResult> scoreRows(Iterator<InternalRow> rows) throws IOException {
    return score(() -> new RowSource(rows, block(-1), limit()));
  }

  /** Scores the lines of CSV files, which are given by their paths. */
  Iterator<TaskResult> scoreFiles(Iterator<InternalRow> files) throws IOException {
    return score(
        () ->
            new CsvSource(
                plan.value(), files, writers.value().hadoop(), block(indexOrdinal + 1), limit()));
  }

  private RowBlock block(int malformedOrdinal) {
    return new RowBlock(
        plan.value(), TaskPlan.BLOCK_ROWS, ordinals, indexOrdinal, malformedOrdinal);
  }

  private long limit() {
    return plan.value().isSample() ? plan.value().sampleRows() : Long.MAX_VALUE;
  }

  private Iterator<TaskResult> score(Supplier<BlockSource> source) throws IOException {
    TaskContext context = TaskContext.get();
    ScoringModel open = OpenModels.open(model, plan.value().digest(), plan.value().engine());
    String attempt = "%s-%s".formatted(context.stageAttemptNumber(), context.taskAttemptId());
    TaskRows rows =
        new TaskRows(
            plan.value(),
            format,
            open,
            writers.value(),
            quarantineWriters.value(),
            context.partitionId(),
            attempt);
    return List.of(rows.score(source.get())).iterator();
  }
}
