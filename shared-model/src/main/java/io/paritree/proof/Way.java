package io.paritree.proof;

import java.io.IOException;

/** A way to score records, such as an engine, a job, or a protocol of a server. Thread-safe. */
public interface Way extends AutoCloseable {

  /** Returns what users call it, such as {@code blocks}. */
  String name();

  /**
   * Scores all records of a trial at once, if that is how the way works: it then answers from what
   * it has kept, until {@link #end}. Called before any of them is asked for.
   */
  default void begin(TriedRecords records) throws Exception {}

  /** Returns whether {@link #begin} does anything; such ways are tried one after the other. */
  default boolean isOfAllAtOnce() {
    return false;
  }

  /** Forgets what was kept of a trial. */
  default void end() {}

  /**
   * Scores some records of the trial.
   *
   * @return an answer for each record, in their order
   */
  WayAnswers score(TriedBlock records) throws Exception;

  /** Releases what it holds. */
  @Override
  default void close() throws IOException {}
}
