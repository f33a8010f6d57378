package io.paritree.spark.ending;

/** Too many rows of a partition could not be scored; nothing of its group was published. */
public final class QuarantineException extends JobException {
  public QuarantineException(String message) {
    super(Outcome.QUARANTINED, message, null);
  }
}
