package io.paritree.spark;

import io.paritree.spark.report.Outcome;

/** Too many rows of a group could not be scored; nothing of the group was published. */
final class QuarantineException extends JobException {
  private static final long serialVersionUID = 1L;

  QuarantineException(String message) {
    super(Outcome.QUARANTINED, message, null);
  }
}
