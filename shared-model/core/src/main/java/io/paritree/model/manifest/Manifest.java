package io.paritree.model.manifest;

import java.util.Optional;

/**
 * What {@code paritree.json} says about a package.
 *
 * @param name the model's name
 * @param version its version, a whole number from 1
 * @param modelFile name of the model file within the package
 * @param rounds number of rounds that are used, counted from the first
 * @param roundsWhy why this number of rounds
 * @param schema the features and outputs
 * @param importance of the fields; empty if it was not measured
 * @param sealedValues counts of the rows that it was sealed with; empty if there are none, or if
 *     there is a reference, which has them
 * @param hasReference whether the package has a reference, in a file of its own
 * @param notes free text
 */
public record Manifest(
    String name,
    long version,
    String modelFile,
    int rounds,
    String roundsWhy,
    SchemaForm schema,
    Provenance provenance,
    Optional<FieldImportance> importance,
    Optional<SealedValues> sealedValues,
    boolean hasReference,
    String notes) {
  /** The newest version of the package format; all from 1 on are read. */
  static final int NEWEST_FORMAT = 4;

  /**
   * The first version that has offsets, groups of features, their reasons, importance, counts of
   * the rows that it was sealed with, and contributions of golden rows.
   */
  private static final int SECOND_FORMAT = 2;

  /**
   * The first version that has a reference. All that have this version have one; those of a later
   * version say whether they do.
   */
  static final int THIRD_FORMAT = 3;

  /**
   * The first version that has features of the types {@code mapped} and {@code steps}, slots of
   * missing values, the parts {@code week} and {@code day_of_year}, calibrated scores, and the
   * model file that the features were made for.
   */
  static final int FOURTH_FORMAT = 4;

  /** Returns the oldest version of the format that can hold this. */
  int format() {
    if (schema.needsFourthFormat()) {
      return FOURTH_FORMAT;
    }

    if (hasReference) {
      return THIRD_FORMAT;
    }

    boolean needsSecond =
        schema.hasOffsets()
            || schema.hasReasons()
            || importance.isPresent()
            || sealedValues.isPresent();
    return needsSecond ? SECOND_FORMAT : 1;
  }

  /** Returns whether golden rows may have contributions. */
  public boolean mayHaveContributions() {
    return format() >= SECOND_FORMAT;
  }
}
