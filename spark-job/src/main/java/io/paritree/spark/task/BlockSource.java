package io.paritree.spark.task;

import java.io.IOException;
import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The blocks of a task, one after the other; a block never spans two files.
 *
 * <p>Must be used by the task's own thread, because Spark keeps the current file in that thread.
 * Not thread-safe.
 */
public interface BlockSource {

  /** Returns the next block; null at the end. */
  InputBlock next() throws IOException;

  /** Returns the URI of the file that the last block came from. */
  UTF8String file();

  /**
   * Returns why files could not be read to their ends so far, one text for each such file: it could
   * not be determined where the next row begins.
   */
  default List<String> unreadable() {
    return List.of();
  }
}
