package io.paritree.json;

import java.util.Optional;

/**
 * A JSON document is not well-formed, or has another form than expected. Whoever reads it says what
 * is damaged: a model, a body, an index.
 */
public final class BrokenJsonException extends Exception {
  static final String WHOLE = "/";

  private final String place;

  public BrokenJsonException(String message) {
    this(message, null);
  }

  public BrokenJsonException(String message, Throwable cause) {
    this(message, WHOLE, cause);
  }

  /**
   * @param place of the fault, as a JSON pointer
   */
  public BrokenJsonException(String message, String place, Throwable cause) {
    super(message, cause);
    this.place = place;
  }

  /** Returns where the fault is, as a JSON pointer; empty if in the document as a whole. */
  public Optional<String> place() {
    return Optional.of(place).filter(pointer -> !pointer.equals(WHOLE));
  }
}
