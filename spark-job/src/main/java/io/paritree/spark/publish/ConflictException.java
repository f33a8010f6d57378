package io.paritree.spark.publish;

/**
 * Since this run began, another one has published one of its partitions, or has declared this run
 * dead.
 */
public final class ConflictException extends Exception {
  public ConflictException(String message) {
    super(message);
  }
}
