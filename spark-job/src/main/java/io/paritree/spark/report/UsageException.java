package io.paritree.spark.report;

/** The command line or the configuration is wrong. */
public final class UsageException extends JobException {
  public UsageException(String message, Throwable cause) {
    super(Outcome.WRONG_USAGE, message, cause);
  }
}
