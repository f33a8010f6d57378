package io.paritree.spark.report;

/** The run could not go on, for a reason that says all there is to know. */
public final class FailedException extends JobException {
  public FailedException(String message) {
    this(message, null);
  }

  public FailedException(String message, Throwable cause) {
    super(Outcome.FAILED, message, cause);
  }
}
