package io.paritree.feature;

import io.paritree.PublicApi;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The features of a model in its order: feature i fills slot i. Offsets come last, in the order of
 * the outputs.
 *
 * <p>Immutable and thread-safe.
 */
@PublicApi
public final class Schema {
  private final List<Feature> features;
  private final List<OffsetFeature> offsets;
  private final List<Field> fields;
  private final Map<String, Integer> fieldIndexes;
  private final int[] required;

  /**
   * @param features in model order, each name once; {@link OffsetFeature}s after all others
   * @throws IllegalArgumentException if there are no features but offsets, a name occurs twice, or
   *     another feature follows an offset
   */
  public Schema(List<Feature> features) {
    this.features = SharedPieces.of(features);
    this.offsets =
        this.features.stream()
            .filter(OffsetFeature.class::isInstance)
            .map(OffsetFeature.class::cast)
            .toList();
    if (modelWidth() == 0) {
      throw new IllegalArgumentException("Cannot use a schema without features");
    }

    Set<String> names = new HashSet<>();
    Map<String, List<Integer>> slots = new LinkedHashMap<>();
    for (int slot = 0; slot < this.features.size(); slot++) {
      Feature feature = this.features.get(slot);
      if (!names.add(feature.name())) {
        throw new IllegalArgumentException(
            "Cannot use the schema: feature '%s' occurs twice".formatted(feature.name()));
      }

      if (feature instanceof OffsetFeature && slot < modelWidth()) {
        throw new IllegalArgumentException(
            "Cannot use the schema: offset '%s' comes before features of the model; give offsets last"
                .formatted(feature.name()));
      }

      slots.computeIfAbsent(feature.column(), column -> new ArrayList<>()).add(slot);
    }

    List<Field> read = new ArrayList<>();
    Map<String, Integer> indexes = new HashMap<>();
    slots.forEach(
        (column, filled) -> {
          indexes.put(column, read.size());
          read.add(
              new Field(
                  column,
                  filled.stream().map(this.features::get).toList(),
                  filled.stream().mapToInt(Integer::intValue).toArray()));
        });
    this.fields = List.copyOf(read);
    // Not a Map.copyOf: it stores numbered names next to each other, and the search for a name that
    // is not in it compares all of them.
    this.fieldIndexes = indexes;
    this.required =
        IntStream.range(0, fields.size())
            .filter(index -> !fields.get(index).features().stream().allMatch(Schema::isEmpty))
            .toArray();
  }

  /** Returns the number of slots of a row. */
  public int width() {
    return features.size();
  }

  /** Returns how many slots the model reads; they come first, the slots of offsets follow. */
  public int modelWidth() {
    return features.size() - offsets.size();
  }

  /** Returns the features whose slots the model reads, in its order. */
  public List<Feature> modelFeatures() {
    return features.subList(0, modelWidth());
  }

  /** Returns the features in model order, then the offsets. */
  public List<Feature> features() {
    return features;
  }

  /** Returns the offsets in the order of the outputs; empty if margins begin with the base. */
  public List<OffsetFeature> offsets() {
    return offsets;
  }

  /**
   * Returns what each offset is in a row that has none, in margin units; NaN where such a row has a
   * fault.
   */
  public float[] offsetsWhereMissing() {
    float[] values = new float[offsets.size()];
    for (int output = 0; output < values.length; output++) {
      values[output] = offsets.get(output).whereMissing();
    }

    return values;
  }

  /** Returns the fields that the features read, each once, in the order of their first feature. */
  public List<Field> fields() {
    return fields;
  }

  /** Returns the index in {@link #fields} of the field with exactly this name, or -1. */
  public int fieldIndex(String column) {
    return fieldIndexes.getOrDefault(column, -1);
  }

  private static boolean isEmpty(Feature feature) {
    return feature.nullable() && !feature.fillsMissing();
  }

  /**
   * Returns a copy of the indexes of the {@link #fields} whose absence is a fault, or has a slot
   * other than NaN, in order.
   */
  public int[] required() {
    return required.clone();
  }

  /**
   * Makes every slot of a row missing. Absent fields need nothing more, except the {@link
   * #required} ones, which {@link Field#missing} encodes.
   *
   * @param at where the row starts
   */
  public void clear(float[] row, int at) {
    Arrays.fill(row, at, at + features.size(), Float.NaN);
  }

  /** Returns the field name that is most similar to {@code name}, if one is similar enough. */
  public Optional<String> nearest(String name) {
    return NearestName.of(name, fieldIndexes.keySet());
  }
}
