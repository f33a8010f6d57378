package io.paritree.spark.lookup;

import java.io.IOException;

/** An index cannot have rows of these columns. The message says why. */
public final class UnusableRowsException extends IOException {
  UnusableRowsException(String message) {
    super(message);
  }
}
