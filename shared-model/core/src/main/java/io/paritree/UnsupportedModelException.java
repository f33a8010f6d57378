package io.paritree;

/** A model is intact, but of a kind that this version cannot score; the message says why. */
@PublicApi
public final class UnsupportedModelException extends ModelException {
  public UnsupportedModelException(String message) {
    super(message, null);
  }

  public UnsupportedModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
