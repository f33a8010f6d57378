package io.paritree.spark;

import io.paritree.spark.report.Outcome;

/** The command line or the configuration is wrong. */
final class UsageException extends JobException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(Outcome.WRONG_USAGE, message, null);
  }

  UsageException(String message, Throwable cause) {
    super(Outcome.WRONG_USAGE, message, cause);
  }
}
