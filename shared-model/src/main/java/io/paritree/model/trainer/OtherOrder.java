package io.paritree.model.trainer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds out whether the predictions are those of the same rows in another order. */
final class OtherOrder {
  private static final double MOST = 0.9;

  private final Evidence evidence;

  OtherOrder(Evidence evidence) {
    this.evidence = evidence;
  }

  /** Returns the finding and what to do; empty if there is none, or not all rows were kept. */
  String text() {
    List<TrainerRow> rows = evidence.rows();
    if (rows.size() < evidence.compared() || rows.get(0).predictions().length != 1) {
      return "";
    }

    Scored scored =
        new Scored(
            evidence.sealing().forest(),
            Search.slots(rows, evidence.schema().width()),
            rows.size());
    Map<Float, Integer> computed = new HashMap<>();
    for (int at = 0; at < rows.size(); at++) {
      computed.merge(scored.score(at, 0), 1, Integer::sum);
    }

    boolean isTelling = scored.scores() == 1 && computed.size() * 2 > rows.size();
    int found = 0;
    for (TrainerRow row : rows) {
      float predicted = (float) row.predicted(0);
      for (float near : new float[] {predicted, Math.nextUp(predicted), Math.nextDown(predicted)}) {
        if (computed.getOrDefault(near, 0) > 0) {
          computed.merge(near, -1, Integer::sum);
          found++;
          break;
        }
      }
    }

    return isTelling && found >= MOST * rows.size()
        ? "%s of %s predictions are the scores of other rows of the file: the predictions are in another order than the rows, so join them by the index (pandas: reset_index before both)"
            .formatted(found, rows.size())
        : "";
  }
}
