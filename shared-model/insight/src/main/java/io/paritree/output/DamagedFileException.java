package io.paritree.output;

import java.io.IOException;

/** A file of an output or of its state does not hold what was written. */
public final class DamagedFileException extends IOException {
  public DamagedFileException(String message) {
    super(message);
  }

  public DamagedFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
