package io.paritree.spark.sql;

import io.paritree.model.ScoringModel;
import io.paritree.reasons.Direction;
import io.paritree.reasons.Reasons;
import io.paritree.spark.score.ReasonList;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/**
 * Explains rows one at a time, with the bits that blocks of them have. Not thread-safe: one per
 * thread.
 */
final class RowExplainer {
  private final ScoringModel model;
  private final RowColumns columns;
  private final Reasons reasons;
  private final ReasonList list;
  private final float[] contributions;

  /**
   * @throws IllegalStateException if the model cannot be explained, as a check has shown
   */
  RowExplainer(ScoringModel model, RowColumns columns) {
    this.model = model;
    this.columns = columns;
    this.reasons = Reasons.checked(model);
    this.list = new ReasonList(reasons);
    this.contributions = new float[reasons.contributions()];
  }

  /** Returns how many fields may be reasons. */
  int fields() {
    return reasons.groups().size();
  }

  /** Explains the next row. */
  void explain(float[] slots) {
    reasons.explain(slots, 0, 1, contributions);
  }

  /** Returns the output that the reasons of a row explain, whose scores start at {@code at}. */
  int winner(float[] scores, int at) {
    return reasons.winner(scores, at);
  }

  /**
   * Returns the reasons of the row that was explained last.
   *
   * @param output that is explained
   * @param row the values of the model's fields
   */
  ArrayData reasons(int output, InternalRow row, int most, Direction direction) {
    return list.choose(
        contributions,
        0,
        output,
        most,
        direction,
        (group, column) -> given(reasons.groups().get(group).columns().get(column), row));
  }

  /** Returns the value of a field as text; null if it is missing. */
  private String given(String name, InternalRow row) {
    RowColumns.Place place = columns.places().get(model.schema().fieldIndex(name));
    return ReasonList.text(row, place.ordinal(), place.type());
  }
}
