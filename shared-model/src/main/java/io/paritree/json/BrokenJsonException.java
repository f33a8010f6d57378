package io.paritree.json;

/**
 * A JSON document is not well-formed, or has another form than expected. Whoever reads it says what
 * is damaged: a model, a body, an index.
 */
public final class BrokenJsonException extends Exception {
  public BrokenJsonException(String message) {
    super(message);
  }

  public BrokenJsonException(String message, Throwable cause) {
    super(message, cause);
  }
}
