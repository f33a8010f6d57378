package io.paritree.spark.task;

import java.util.Iterator;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/** Columnar batches as blocks. */
public final class BatchSource implements BlockSource {
  private final Iterator<ColumnarBatch> batches;
  private final VectorBlock block;
  private final ReadPlace place;

  public BatchSource(TaskPlan plan, Iterator<ColumnarBatch> batches, VectorBlock block) {
    this.batches = batches;
    this.block = block;
    this.place = new ReadPlace(plan.input().root());
  }

  @Override
  public InputBlock next() {
    try {
      if (!batches.hasNext()) {
        return null;
      }

      block.bind(batches.next());
    } catch (Exception | InternalError | FSError e) {
      // Spark throws checked exceptions that it does not declare; native codecs throw errors.
      throw place.failure(e);
    }

    if (block.rows() > 0) {
      place.reached(file(), block.indexInFile(block.rows() - 1));
    }

    return block;
  }

  @Override
  public UTF8String file() {
    return ReadPlace.currentFile();
  }
}
