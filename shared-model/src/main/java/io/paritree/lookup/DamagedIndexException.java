package io.paritree.lookup;

import java.io.IOException;

/** A file of an index does not hold what was written. */
public final class DamagedIndexException extends IOException {
  private static final long serialVersionUID = 1L;

  public DamagedIndexException(String message) {
    super(message);
  }

  public DamagedIndexException(String message, Throwable cause) {
    super(message, cause);
  }
}
