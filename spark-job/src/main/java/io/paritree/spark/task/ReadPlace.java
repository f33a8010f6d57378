package io.paritree.spark.task;

import io.paritree.spark.input.SourceRoot;
import org.apache.spark.TaskKilledException;
import org.apache.spark.rdd.InputFileBlockHolder;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The place in the input that a task has reached, to name it if Spark cannot read on: Spark's own
 * exceptions name no place, and exceptions of Parquet's decoders not even the file. Not
 * thread-safe.
 */
final class ReadPlace {
  private final SourceRoot root;
  private UTF8String file = UTF8String.EMPTY_UTF8;
  private long nextRow;

  /**
   * @param root the input, as in {@link SourceFile#of}
   */
  ReadPlace(SourceRoot root) {
    this.root = root;
  }

  /** Returns the URI of the file that Spark reads. */
  static UTF8String currentFile() {
    return InputFileBlockHolder.getInputFilePath();
  }

  /** Records that the row of this index in its file has been read. */
  void reached(UTF8String from, long row) {
    file = from;
    nextRow = row + 1;
  }

  /** Returns the exception to throw for one that ended reading. */
  RuntimeException failure(Throwable cause) {
    UTF8String now = currentFile();
    if (cause instanceof TaskKilledException killed) {
      return killed;
    } else if (now.numBytes() == 0 || !SourceFile.isRead(now.toString(), root)) {
      return new IllegalStateException("Cannot read the input: " + cause.getMessage(), cause);
    }

    // A task may begin in the middle of a file; then only Spark knows the index of its first row.
    String from =
        now.equals(file)
            ? "row " + nextRow
            : "byte " + Math.max(0, InputFileBlockHolder.getStartOffset());
    return SourceFile.of(now.toString(), root).unreadable("from %s on".formatted(from), cause);
  }
}
