package io.paritree.model.golden;

/**
 * A record, and what libxgboost made of it when the package was sealed.
 *
 * @param record the record as a JSON object in UTF-8
 * @param marginBits each margin's bits
 * @param leaves XGBoost's node id per tree
 */
public record GoldenRow(byte[] record, int[] marginBits, int[] leaves) {}
