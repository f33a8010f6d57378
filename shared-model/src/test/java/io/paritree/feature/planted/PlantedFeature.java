package io.paritree.feature.planted;

import io.paritree.forest.Engine;

/** A breach: features are to know no trees. */
final class PlantedFeature {
  private PlantedFeature() {}

  static int width(Engine engine) {
    return engine.width();
  }
}
