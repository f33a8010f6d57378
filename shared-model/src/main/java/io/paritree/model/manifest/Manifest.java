package io.paritree.model.manifest;

/**
 * What {@code paritree.json} says about a package.
 *
 * @param name the model's name
 * @param version its version, a whole number from 1
 * @param modelFile name of the model file within the package
 * @param rounds number of rounds that are used, counted from the first
 * @param roundsWhy why this number of rounds
 * @param schema the features and outputs
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
    String notes) {
  /** The version of the package format that is written and read. */
  static final int FORMAT = 1;
}
