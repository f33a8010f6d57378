package io.paritree.spark.task;

import java.util.Iterator;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/** Internal rows, collected into blocks; a block ends where the file changes. */
public final class RowSource implements BlockSource {
  private final Iterator<InternalRow> rows;
  private final RowBlock block;
  private final ReadPlace place;
  private long left;
  private InternalRow ahead;
  private UTF8String aheadFile;
  private UTF8String file = UTF8String.EMPTY_UTF8;

  /**
   * @param limit maximum number of rows to collect; the others are not read
   */
  public RowSource(TaskPlan plan, Iterator<InternalRow> rows, RowBlock block, long limit) {
    this.place = new ReadPlace(plan.input().root());
    this.rows = rows;
    this.block = block;
    this.left = limit;
  }

  @Override
  public InputBlock next() {
    block.clear();
    if (ahead != null) {
      block.add(ahead);
      file = aheadFile;
      ahead = null;
    }

    while (!block.isFull() && left > 0) {
      InternalRow row = read();
      if (row == null) {
        break;
      }

      left--;
      UTF8String from = ReadPlace.currentFile();
      place.reached(from, block.indexInFile(row));
      if (block.rows() == 0) {
        file = from;
      } else if (from != file && !from.equals(file)) {
        ahead = row.copy();
        aheadFile = from;
        return block;
      }

      block.add(row.copy());
    }

    return block.rows() == 0 ? null : block;
  }

  /** Returns the next row; null at the end. */
  private InternalRow read() {
    try {
      return rows.hasNext() ? rows.next() : null;
    } catch (Exception | InternalError | FSError e) {
      // Spark throws checked exceptions that it does not declare; native codecs throw errors.
      throw place.failure(e);
    }
  }

  @Override
  public UTF8String file() {
    return file;
  }
}
