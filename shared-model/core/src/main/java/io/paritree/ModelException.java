package io.paritree;

/** A model or its package cannot be used. No part of it was put into service. */
@PublicApi
public abstract sealed class ModelException extends Exception
    permits CorruptModelException, UnsupportedModelException {
  ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
