package io.paritree.spark.sql;

import io.paritree.feature.Faults;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.ScoringModel;
import io.paritree.reasons.Direction;
import io.paritree.reasons.Reasons;
import io.paritree.spark.rows.FaultList;
import io.paritree.spark.rows.ReasonList;
import io.paritree.spark.rows.ScoreFields;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.unsafe.types.UTF8String;

/** Makes the results of functions, as Spark holds values. Not thread-safe: one per thread. */
final class RowResults {
  private final ScoringModel model;
  private final RowColumns columns;
  private final UTF8String[] labels;
  private final UTF8String modelVersion;
  private final boolean hasLabel;
  private final Reasons reasons; // null if they are not the output
  private final ReasonList list; // likewise
  private final float[] contributions; // likewise

  RowResults(ScoringModel model, RowColumns columns, FunctionOutput output) {
    this.model = model;
    this.columns = columns;
    this.hasLabel = model.outputs().hasLabel();
    this.labels = ScoreFields.labels(model);
    this.modelVersion = UTF8String.fromString(model.modelVersion());
    this.reasons =
        output == FunctionOutput.REASONS ? Reasons.checked(model, ContributionMode.FAST) : null;
    this.list = reasons == null ? null : new ReasonList(reasons);
    this.contributions = reasons == null ? null : new float[reasons.contributions()];
  }

  /** Returns one value, or a struct of several. */
  static Object values(float[] values) {
    if (values.length == 1) {
      return values[0];
    }

    Object[] all = new Object[values.length];
    put(values, all, 0);
    return new GenericInternalRow(all);
  }

  private static int put(float[] values, Object[] to, int at) {
    for (int index = 0; index < values.length; index++) {
      to[at + index] = values[index];
    }

    return at + values.length;
  }

  UTF8String label(RowScorer scorer) {
    return labels[model.outputs().classIndex(scorer.scores(), 0)];
  }

  InternalRow scored(RowScorer scorer) {
    Object[] all = new Object[size()];
    int at = put(scorer.scores(), all, 0);
    at = put(scorer.margins(), all, at);
    if (hasLabel) {
      all[at++] = label(scorer);
    }

    all[at] = modelVersion;
    return new GenericInternalRow(all);
  }

  /** Returns all results of a row that cannot be scored. */
  InternalRow unscored(Faults faults) {
    Object[] all = new Object[size()];
    all[all.length - 2] = modelVersion;
    all[all.length - 1] = FaultList.of(faults.list());
    return new GenericInternalRow(all);
  }

  private int size() {
    return model.engine().scores() + model.engine().outputs() + (hasLabel ? 3 : 2);
  }

  /** Returns how many fields may be reasons. */
  int fields() {
    return reasons.groups().size();
  }

  /** Returns the reasons of a row that was scored. */
  ArrayData reasons(RowScorer scorer, InternalRow row, int most, Direction direction) {
    reasons.explain(scorer.slots(), 0, 1, contributions);
    int output = reasons.winner(scorer.scores(), 0);
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
