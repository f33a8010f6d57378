package io.paritree.record.planted;

import io.paritree.store.Location;

/** A breach: records are to know no files. */
final class PlantedRecord {
  private PlantedRecord() {}

  static String name(Location location) {
    return location.name();
  }
}
