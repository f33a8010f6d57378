package io.paritree.store;

import java.io.IOException;

/**
 * A file cannot be read until somebody replaces it: in its place is a directory, a device, a pipe
 * or a link that leads away, or it has more bytes or entries than are read.
 */
public final class UnfitFileException extends IOException {
  UnfitFileException(Location location, String got, String expected) {
    super("Cannot read %s: it %s, expected %s".formatted(location, got, expected));
  }
}
