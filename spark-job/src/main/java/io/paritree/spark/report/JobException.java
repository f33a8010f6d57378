package io.paritree.spark.report;

/**
 * A run ended without publishing, for a reason that its operator can act on. What is caught by
 * itself has a type of its own.
 */
public sealed class JobException extends Exception
    permits UsageException, RefusedException, FailedException {
  private final Outcome outcome;

  public JobException(Outcome outcome, String message, Throwable cause) {
    super(message, cause);
    this.outcome = outcome;
  }

  /** Returns how the run ended. */
  public Outcome outcome() {
    return outcome;
  }
}
