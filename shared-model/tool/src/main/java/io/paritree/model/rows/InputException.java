package io.paritree.model.rows;

/** A file that a command was given, or a place where it should write, cannot be used. */
public final class InputException extends Exception {
  public InputException(String message) {
    super(message);
  }

  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
