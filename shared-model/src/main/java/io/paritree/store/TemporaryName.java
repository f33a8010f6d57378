package io.paritree.store;

import java.util.UUID;

/** The name of a file while it is written, before it gets its final name. */
final class TemporaryName {
  private TemporaryName() {}

  /** Returns a new name in the directory of {@code file}, hidden from Spark and from shells. */
  static Location beside(Location file) {
    return file.parent().resolve("." + UUID.randomUUID() + ".tmp");
  }
}
