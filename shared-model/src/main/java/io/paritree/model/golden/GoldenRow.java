package io.paritree.model.golden;

/**
 * A record, with the margins and leaves that libxgboost computed when the package was sealed.
 *
 * @param record the record as a JSON object in UTF-8
 * @param marginBits the bits of each margin
 * @param leaves XGBoost's node id of the leaf, per tree
 */
public record GoldenRow(byte[] record, int[] marginBits, int[] leaves) {}
