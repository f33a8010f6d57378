package io.paritree.spark.score;

import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.task.BatchSource;
import io.paritree.spark.task.BlockSource;
import io.paritree.spark.task.CsvSource;
import io.paritree.spark.task.JavaSerialized;
import io.paritree.spark.task.RowBlock;
import io.paritree.spark.task.RowSource;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.TaskPlan;
import io.paritree.spark.task.VectorBlock;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * The function that tasks run; each of its components is small or a broadcast.
 *
 * @param challengers in the order of the plan
 * @param ordinals the ordinal of each column of the plan in batches or rows; -1 for columns that
 *     are not in them
 * @param indexOrdinal the ordinal of a row's index in its file
 */
record ScoreTask(
    Broadcast<ModelFiles> model,
    ArrayList<Broadcast<ModelFiles>> challengers,
    Broadcast<JavaSerialized<Orders>> orders,
    InputFormat format,
    int[] ordinals,
    int indexOrdinal)
    implements Serializable {

  /** What the tasks of a run do, and with what they write. */
  record Orders(TaskPlan plan, ParquetWriters writers, ParquetWriters quarantineWriters)
      implements Serializable {}

  Iterator<JavaSerialized<Tally>> scoreBatches(Iterator<ColumnarBatch> batches) throws IOException {
    return score(
        () -> new BatchSource(plan(), batches, new VectorBlock(plan(), ordinals, indexOrdinal)));
  }

  Iterator<JavaSerialized<Tally>> scoreRows(Iterator<InternalRow> rows) throws IOException {
    return score(() -> new RowSource(plan(), rows, block(-1), limit()));
  }

  /** Scores the lines of CSV files. The rows contain the paths of the files. */
  Iterator<JavaSerialized<Tally>> scoreFiles(Iterator<InternalRow> files) throws IOException {
    return score(
        () ->
            new CsvSource(
                plan(),
                files,
                orders.value().value().writers().hadoop(),
                block(indexOrdinal + 1),
                limit()));
  }

  private TaskPlan plan() {
    return orders.value().value().plan();
  }

  private RowBlock block(int malformedOrdinal) {
    return new RowBlock(plan(), TaskPlan.BLOCK_ROWS, ordinals, indexOrdinal, malformedOrdinal);
  }

  private long limit() {
    return plan().isSample() ? plan().sampleRows() : Long.MAX_VALUE;
  }

  private Iterator<JavaSerialized<Tally>> score(Supplier<BlockSource> source) throws IOException {
    TaskContext context = TaskContext.get();
    Orders own = orders.value().value();
    ScoringModel open =
        OpenModels.open(model, own.plan.model().digest(), own.plan.model().engine());
    String attempt = "%s-%s".formatted(context.stageAttemptNumber(), context.taskAttemptId());
    TaskRows rows = new TaskRows(own, format, open, context.partitionId(), attempt);
    for (int at = 0; at < own.plan.challengers().size(); at++) {
      rows.challenge(own.plan.challengers().get(at), challengers.get(at));
    }

    return List.of(new JavaSerialized<>(rows.score(source.get()))).iterator();
  }
}
