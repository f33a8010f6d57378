package io.paritree.spark.ending;

/** A run ended without publishing, for a reason that its operator can act on. */
public abstract sealed class JobException extends Exception
    permits UsageException,
        RefusedException,
        QuarantineException,
        OvertakenException,
        FailedException {
  private final Outcome outcome;

  JobException(Outcome outcome, String message, Throwable cause) {
    super(message, cause);
    this.outcome = outcome;
  }

  /** Returns how the run ended. */
  public Outcome outcome() {
    return outcome;
  }
}
