package io.paritree.model.golden;

/**
 * A record, with what libxgboost computed of it when the package was sealed.
 *
 * @param record the record as a JSON object in UTF-8
 * @param marginBits the bits of each margin
 * @param leaves XGBoost's node id of the leaf, per tree
 * @param contributionBits the bits of each contribution, as {@code Explainer} lays them out; empty
 *     if they are not kept
 */
public record GoldenRow(byte[] record, int[] marginBits, int[] leaves, int[] contributionBits) {
  boolean hasContributions() {
    return contributionBits.length > 0;
  }
}
