package io.paritree.spark;

import io.paritree.spark.report.Outcome;

/** A run ended without publishing, for a reason that its operator can act on. */
abstract sealed class JobException extends Exception
    permits UsageException, RefusedException, QuarantineException, OvertakenException {
  private static final long serialVersionUID = 1L;

  JobException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Returns the process exit code that stands for this reason; see {@link ScoreMain}. */
  abstract int exitCode();

  /** Returns how a report tells this end. */
  abstract Outcome outcome();
}
