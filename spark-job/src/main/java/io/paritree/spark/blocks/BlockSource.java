package io.paritree.spark.blocks;

import java.io.IOException;
import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The blocks of a task, one after the other; a block never spans two files.
 *
 * <p>Must be used by the task's own thread, for which Spark remembers the file that is being read.
 * Not thread-safe.
 */
public interface BlockSource {

  /** Returns the next block; null at the end. */
  InputBlock next() throws IOException;

  /** Returns the URI of the file that the last block came from. */
  UTF8String file();

  /**
   * Returns why files could not be read to their ends so far, one text for each: where the next row
   * begins could not be told.
   */
  default List<String> unreadable() {
    return List.of();
  }
}
