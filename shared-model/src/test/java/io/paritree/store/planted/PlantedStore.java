package io.paritree.store.planted;

import io.paritree.Fault;

/** A breach: files are to know nothing of ours. */
final class PlantedStore {
  private PlantedStore() {}

  static String text(byte[] content) {
    return Fault.printable(String.valueOf(content.length), 10);
  }
}
