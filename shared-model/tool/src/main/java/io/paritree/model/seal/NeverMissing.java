package io.paritree.model.seal;

import io.paritree.feature.Feature;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Schema;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** The features that take missing values, of which no row had one. Not thread-safe. */
public final class NeverMissing {
  private final Schema schema;
  private final BitSet missing = new BitSet();

  public NeverMissing(Schema schema) {
    this.schema = schema;
  }

  /**
   * Adds a row without faults.
   *
   * @param slots holds its slots from {@code at}
   */
  public void add(float[] slots, int at) {
    for (int slot = 0; slot < schema.width(); slot++) {
      if (Float.isNaN(slots[at + slot])) {
        missing.set(slot);
      }
    }
  }

  /** Returns the names of the features. */
  public List<String> names() {
    return IntStream.range(0, schema.width())
        .filter(slot -> !missing.get(slot))
        .mapToObj(schema.features()::get)
        .filter(feature -> feature.nullable() && !(feature instanceof OffsetFeature))
        .map(Feature::name)
        .toList();
  }
}
