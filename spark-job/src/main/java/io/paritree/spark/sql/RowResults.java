package io.paritree.spark.sql;

import io.paritree.feature.Faults;
import io.paritree.model.ScoringModel;
import io.paritree.reasons.Direction;
import io.paritree.spark.score.FaultList;
import io.paritree.spark.score.ScoreFields;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.unsafe.types.UTF8String;

/** Makes the results of functions, as Spark holds values. Not thread-safe: one per thread. */
final class RowResults {
  private final ScoringModel model;
  private final UTF8String[] labels;
  private final UTF8String modelVersion;
  private final boolean hasLabel;
  private final RowExplainer explainer; // null if reasons are not the output

  RowResults(ScoringModel model, RowColumns columns, FunctionOutput output) {
    this.model = model;
    this.hasLabel = model.outputs().hasLabel();
    this.labels = ScoreFields.labels(model);
    this.modelVersion = UTF8String.fromString(model.modelVersion());
    this.explainer = output == FunctionOutput.REASONS ? new RowExplainer(model, columns) : null;
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
    return explainer.fields();
  }

  /** Returns the reasons of a row that was scored. */
  ArrayData reasons(RowScorer scorer, InternalRow row, int most, Direction direction) {
    explainer.explain(scorer.slots());
    return explainer.reasons(explainer.winner(scorer.scores(), 0), row, most, direction);
  }
}
