package io.paritree.store;

import java.io.IOException;

/**
 * What is there is not what a reader can take, and will not be until somebody replaces it: it is a
 * directory, a device or a pipe in place of a file, or has more bytes or entries than are read.
 */
public final class UnfitFileException extends IOException {
  private static final long serialVersionUID = 1L;

  UnfitFileException(Location location, String got, String expected) {
    super("Cannot read %s: it %s, expected %s".formatted(location, got, expected));
  }
}
