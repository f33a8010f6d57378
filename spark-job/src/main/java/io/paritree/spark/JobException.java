package io.paritree.spark;

import io.paritree.spark.report.Outcome;

/** A run ended without publishing, for a reason that its operator can act on. */
abstract sealed class JobException extends Exception
    permits UsageException, RefusedException, QuarantineException, OvertakenException {
  private static final long serialVersionUID = 1L;

  private final Outcome outcome;

  JobException(Outcome outcome, String message, Throwable cause) {
    super(message, cause);
    this.outcome = outcome;
  }

  /** Returns how the run ended. */
  Outcome outcome() {
    return outcome;
  }
}
