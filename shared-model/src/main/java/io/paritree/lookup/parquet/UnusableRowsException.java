package io.paritree.lookup.parquet;

import java.io.IOException;

/**
 * The files of a partition cannot be indexed, and trying again does not help until they change. The
 * message says why.
 */
public final class UnusableRowsException extends IOException {
  UnusableRowsException(String message) {
    super(message);
  }

  UnusableRowsException(String message, Throwable cause) {
    super(message, cause);
  }
}
