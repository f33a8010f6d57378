package io.paritree.spark.insight.audit;

import java.util.List;

/**
 * How many rows were compared.
 *
 * @param published of those that were compared
 * @param scored rows of the input that were scored again
 * @param faulty rows of the input that could not be scored
 * @param repeated published rows that repeat a key
 * @param differing rows that differ
 * @param unpaired those of them that are published, or in the input, only
 * @param first differences by their keys
 */
record RowTally(
    long published,
    long scored,
    long faulty,
    long repeated,
    long differing,
    long unpaired,
    List<RowDifference> first) {
  static final int SHOWN = 5;
  static final RowTally NONE = new RowTally(0, 0, 0, 0, 0, 0, List.of());
}
