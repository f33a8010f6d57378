package io.paritree.spark.ending;

/**
 * Since this run began, another one has published one of its partitions, or has declared this run
 * dead.
 */
public final class OvertakenException extends JobException {
  public OvertakenException(String message, Throwable cause) {
    super(Outcome.OVERTAKEN, message, cause);
  }
}
