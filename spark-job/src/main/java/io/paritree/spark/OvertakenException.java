package io.paritree.spark;

import io.paritree.spark.report.Outcome;

/** Since this run began, another one has published one of its partitions. */
final class OvertakenException extends JobException {
  private static final long serialVersionUID = 1L;

  OvertakenException(String message, Throwable cause) {
    super(Outcome.OVERTAKEN, message, cause);
  }
}
