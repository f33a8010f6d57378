package io.paritree.spark.blocks;

import java.util.Iterator;
import org.apache.spark.rdd.InputFileBlockHolder;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/** Columnar batches as blocks. */
public final class BatchSource implements BlockSource {
  private final Iterator<ColumnarBatch> batches;
  private final VectorBlock block;

  public BatchSource(Iterator<ColumnarBatch> batches, VectorBlock block) {
    this.batches = batches;
    this.block = block;
  }

  @Override
  public InputBlock next() {
    if (!batches.hasNext()) {
      return null;
    }

    block.bind(batches.next());
    return block;
  }

  @Override
  public UTF8String file() {
    return InputFileBlockHolder.getInputFilePath();
  }
}
