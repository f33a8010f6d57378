package io.paritree.serving.insight.traffic;

import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import java.util.HashMap;
import java.util.Map;

/** How the rows of a model are stored, row after row. Immutable and thread-safe. */
final class RowForm {
  private final int scores;
  private final Map<String, Integer> slots = new HashMap<>();

  RowForm(Schema schema, Engine engine) {
    this.scores = engine.scores();
    for (int slot = 0; slot < schema.width(); slot++) {
      slots.put(schema.features().get(slot).name(), slot);
    }
  }

  int width() {
    return slots.size();
  }

  int scores() {
    return scores;
  }

  /** Returns the slot that a feature of the model fills, whenever the model was opened. */
  int slot(Feature feature) {
    return slots.get(feature.name());
  }
}
