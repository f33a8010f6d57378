package io.paritree.serving.insight.traffic;

import io.paritree.record.RecordValues;

/**
 * Rows of one request that wait to be scored by a challenger; the arrays belong to this object.
 *
 * @param of the comparison that they belong to
 * @param requestId by what the request is found again
 * @param places position of each row in the request, from 0
 * @param slots of the champion, row after row
 * @param margins of the champion, row after row
 * @param scores of the champion, row after row
 * @param values of the fields that the challenger reads otherwise; null if there are none
 */
record ShadowRows(
    ShadowComparison of,
    String requestId,
    long[] places,
    float[] slots,
    float[] margins,
    float[] scores,
    RecordValues values) {
  int count() {
    return places.length;
  }
}
