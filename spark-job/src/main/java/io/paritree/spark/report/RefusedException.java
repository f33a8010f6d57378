package io.paritree.spark.report;

/** The input or the output is not what the run needs; nothing of the group was published. */
public final class RefusedException extends JobException {
  public RefusedException(String message) {
    super(Outcome.REFUSED, message, null);
  }
}
