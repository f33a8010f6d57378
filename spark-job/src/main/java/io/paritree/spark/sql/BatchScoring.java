package io.paritree.spark.sql;

import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.spark.blocks.SourceFile;
import io.paritree.spark.blocks.VectorBlock;
import io.paritree.spark.rows.BlockEncoder;
import io.paritree.spark.task.TaskPlan;
import io.paritree.spark.versions.scans.ComputedColumns.OfBatches;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** Scores the batches of a file, by the code of the job. Not thread-safe. */
final class BatchScoring implements OfBatches {
  private final SourceFile file;
  private final VectorBlock block;
  private final BlockEncoder encoder;
  private final ScoredBlock results;
  private final ResultVector[] vectors;

  /**
   * @param ordinals where batches have the columns of the model's fields
   * @param wanted the indexes of the computed columns that are wanted
   * @param file its URI
   */
  BatchScoring(FileScoring scoring, int[] ordinals, int[] wanted, String file) {
    ScoringModel model = scoring.model().open();
    Engine engine = model.engine();
    List<DataType> types =
        Arrays.stream(scoring.inputs().fields()).map(StructField::dataType).toList();
    int margins = scoring.hasMargins() ? engine.outputs() : 0;
    this.file = new SourceFile(file, "", List.of());
    this.block = new VectorBlock(types, ordinals);
    this.vectors =
        Arrays.stream(wanted)
            .mapToObj(column -> ResultVector.of(model, margins, column))
            .toArray(ResultVector[]::new);
    boolean hasMargins =
        Arrays.stream(wanted)
            .anyMatch(column -> column >= engine.scores() && column < engine.scores() + margins);
    this.encoder = new BlockEncoder(model.schema(), types);
    this.results = new ScoredBlock(engine, hasMargins, TaskPlan.BLOCK_ROWS, TaskPlan.BLOCK_ROWS);
  }

  /**
   * @throws IllegalStateException if the batch is larger than Spark was to make any when it planned
   *     the query
   */
  @Override
  public ColumnVector[] of(ColumnarBatch batch) {
    int rows = batch.numRows();
    if (rows > TaskPlan.BLOCK_ROWS) {
      throw new IllegalStateException(
          "Cannot score a batch of %s rows of %s: the query was planned when spark.sql.parquet.columnarReaderBatchSize was at most %s, and run when it was more; do not change it between, or make the Dataset again"
              .formatted(rows, file.name(), TaskPlan.BLOCK_ROWS));
    }

    block.bind(batch);
    results.faults().clear();
    if (rows > 0) {
      encoder.encode(block, file, results.slots(), results.faults());
      results.score(rows);
    }

    ColumnVector[] filled = new ColumnVector[vectors.length];
    for (int index = 0; index < filled.length; index++) {
      filled[index] = vectors[index].of(results, rows);
    }

    return filled;
  }
}
