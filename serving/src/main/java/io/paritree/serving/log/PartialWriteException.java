package io.paritree.serving.log;

import java.io.IOException;

/** Some bytes were written, the others cannot be. */
final class PartialWriteException extends IOException {
  private final int written;

  PartialWriteException(int written, IOException cause) {
    super(cause.getMessage(), cause);
    this.written = written;
  }

  /** Returns how many bytes were written, from the first on. */
  int written() {
    return written;
  }
}
