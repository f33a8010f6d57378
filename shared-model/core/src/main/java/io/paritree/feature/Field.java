package io.paritree.feature;

import java.util.List;
import java.util.function.ToIntFunction;

/**
 * One field or column of a record, and the features that read it.
 *
 * <p>Several features may read one column, such as the parts of a timestamp. Each method encodes
 * one value for all of them. Immutable and thread-safe.
 */
public final class Field {
  private final String column;
  private final List<Feature> features;
  private final int[] slots;
  private final boolean hasTables;
  private final boolean readsOneKind;

  Field(String column, List<Feature> features, int[] slots) {
    this.column = column;
    this.features = List.copyOf(features);
    this.slots = slots.clone();
    this.hasTables = features.stream().anyMatch(TableFeature.class::isInstance);
    this.readsOneKind = features.stream().map(Feature::values).distinct().count() == 1;
  }

  /** Returns the name of the field or column. */
  public String column() {
    return column;
  }

  /** Returns the features that read this field; at least one. */
  public List<Feature> features() {
    return features;
  }

  /**
   * Returns the feature whose values the field has: one of any values only if there is no other.
   */
  public Feature typed() {
    return features.stream()
        .filter(feature -> feature.values() != Feature.Values.ANY)
        .findFirst()
        .orElse(features.get(0));
  }

  /** Returns whether all features read values of one kind, so that a text is read once for all. */
  public boolean readsOneKind() {
    return readsOneKind;
  }

  /** Returns the slot that the feature at {@code index} of {@link #features} fills. */
  public int slot(int index) {
    return slots[index];
  }

  /** Encodes an absent or null value into {@code row[at + slot]} for each feature. */
  public void missing(float[] row, int at, Faults faults) {
    for (int index = 0; index < slots.length; index++) {
      row[at + slots[index]] = features.get(index).missing(faults);
    }
  }

  /** Encodes a number; see {@link Feature#number}. */
  public void number(double value, float[] row, int at, Faults faults) {
    if (hasTables) {
      each(pieces -> pieces.number(value), feature -> feature.number(value, faults), row, at);
      return;
    }

    for (int index = 0; index < slots.length; index++) {
      row[at + slots[index]] = features.get(index).number(value, faults);
    }
  }

  /** Encodes a number whose text is too long; see {@link Feature#longNumber}. */
  public void longNumber(float[] row, int at, Faults faults) {
    for (int index = 0; index < slots.length; index++) {
      row[at + slots[index]] = features.get(index).longNumber(faults);
    }
  }

  /** Encodes text; see {@link Feature#text}. */
  public void text(byte[] utf8, int offset, int length, float[] row, int at, Faults faults) {
    if (hasTables) {
      each(
          pieces -> pieces.text(utf8, offset, length),
          feature -> feature.text(utf8, offset, length, faults),
          row,
          at);
      return;
    }

    for (int index = 0; index < slots.length; index++) {
      row[at + slots[index]] = features.get(index).text(utf8, offset, length, faults);
    }
  }

  /** Encodes a boolean; see {@link Feature#truth}. */
  public void truth(boolean value, float[] row, int at, Faults faults) {
    for (int index = 0; index < slots.length; index++) {
      row[at + slots[index]] = features.get(index).truth(value, faults);
    }
  }

  /** Encodes a value, which is looked up once for all tables that have the same pieces. */
  private void each(ToIntFunction<Pieces> lookUp, ToFloat encode, float[] row, int at) {
    Pieces last = null;
    int piece = 0;
    for (int index = 0; index < slots.length; index++) {
      Feature feature = features.get(index);
      int to = at + slots[index];
      if (!(feature instanceof TableFeature table)) {
        row[to] = encode.of(feature);
        continue;
      }

      if (table.pieces() != last) {
        last = table.pieces();
        piece = lookUp.applyAsInt(last);
      }

      row[to] = table.isPlain(piece) ? table.slot(piece) : encode.of(feature);
    }
  }

  /** Encodes a value for one feature. */
  private interface ToFloat {
    float of(Feature feature);
  }

  /** Encodes a value that no feature can read; see {@link Feature#other}. */
  public void other(String got, float[] row, int at, Faults faults) {
    for (int index = 0; index < slots.length; index++) {
      row[at + slots[index]] = features.get(index).other(got, faults);
    }
  }
}
