package io.paritree.spark.input;

import io.paritree.store.FileEntry;
import io.paritree.store.Location;

/**
 * One data file of the input.
 *
 * @param location where it is
 * @param name its path below the input
 * @param bytes its length
 * @param modifiedMillis time of its last change, in milliseconds since 1970
 */
public record InputFile(Location location, String name, long bytes, long modifiedMillis) {
  static InputFile of(FileEntry entry, String name) {
    return new InputFile(entry.location(), name, entry.bytes(), entry.modifiedMillis());
  }
}
