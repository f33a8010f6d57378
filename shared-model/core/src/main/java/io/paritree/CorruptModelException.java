package io.paritree;

/** A model or its package is damaged, incomplete, or contradicts itself. */
@PublicApi
public final class CorruptModelException extends ModelException {
  public CorruptModelException(String message) {
    super(message, null);
  }

  public CorruptModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
