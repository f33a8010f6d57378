package io.paritree.spark.rows;

import io.paritree.record.RecordFormatException;
import java.io.IOException;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The blocks of a task, one after the other; a block never spans two files.
 *
 * <p>Must be used by the task's own thread, for which Spark remembers the file that is being read.
 * Not thread-safe.
 */
interface BlockSource {

  /**
   * Returns the next block; null at the end.
   *
   * @throws RecordFormatException if a file cannot be read any further: where its next row begins
   *     cannot be told
   */
  InputBlock next() throws IOException, RecordFormatException;

  /** Returns the URI of the file that the last block came from. */
  UTF8String file();
}
