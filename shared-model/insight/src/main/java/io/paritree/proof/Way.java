package io.paritree.proof;

/** A way to score records, such as an engine, a job, or a protocol of a server. */
public interface Way {

  /** Returns what users call it, such as {@code blocks}. */
  String name();

  /**
   * Scores some records.
   *
   * @return an answer for each record, in their order
   */
  WayAnswers score(TriedBlock records) throws Exception;
}
