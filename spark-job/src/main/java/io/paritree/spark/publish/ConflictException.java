package io.paritree.spark.publish;

/** Another run has published a partition of this one since this one began. */
public final class ConflictException extends Exception {
  private static final long serialVersionUID = 1L;

  ConflictException(String message) {
    super(message);
  }
}
