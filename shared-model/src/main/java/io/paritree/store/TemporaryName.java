package io.paritree.store;

import java.util.UUID;

/** The name under which a file is written before it gets its own. */
final class TemporaryName {
  private TemporaryName() {}

  /** Returns a new name beside {@code file}, hidden from Spark and from shells. */
  static Location beside(Location file) {
    return file.parent().resolve("." + UUID.randomUUID() + ".tmp");
  }
}
