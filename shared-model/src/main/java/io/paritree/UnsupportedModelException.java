package io.paritree;

/** A model is whole, but of a kind that this version does not score; the message names it. */
public final class UnsupportedModelException extends ModelException {
  private static final long serialVersionUID = 1L;

  public UnsupportedModelException(String message) {
    super(message, null);
  }

  public UnsupportedModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
