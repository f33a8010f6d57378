package io.paritree.proof;

import io.paritree.forest.explain.Explainer;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.proof.EngineWay.Grouping;
import io.paritree.reasons.Direction;
import io.paritree.reasons.Reasons;
import io.paritree.reasons.RowReasons;
import java.util.stream.IntStream;

/**
 * Explains records in this process.
 *
 * @param asked which reasons; there may be none
 * @param reasons chooses them; null if there are none
 */
record EngineReasons(AskedReasons asked, Reasons reasons) {
  /** So many rows are explained together, if they have no more contributions than this. */
  private static final int MOST_ROWS = 256;

  private static final int MOST_VALUES = 1 << 20;

  static final EngineReasons NONE = new EngineReasons(AskedReasons.NONE, null);

  /** Returns what chooses reasons of the contributions that an explainer gives. */
  static EngineReasons of(AskedReasons asked, ScoringModel model, Explainer explainer) {
    return new EngineReasons(
        asked,
        new Reasons(
            explainer,
            asked.mode(),
            model.outputs(),
            ReasonGroup.of(model.schema(), model.reasonRules())));
  }

  /**
   * Explains the records of a block that are not refused.
   *
   * @param scores record after record
   */
  void explain(TriedBlock.Encoded encoded, Grouping grouping, float[] scores, WayAnswers to) {
    int[] records =
        IntStream.range(0, encoded.faults().length)
            .filter(record -> asked.areAsked() && encoded.faults()[record] == null)
            .toArray();
    if (records.length == 0) {
      return;
    }

    int each = reasons.contributions();
    int most = Math.max(1, Math.min(MOST_ROWS, MOST_VALUES / each));
    int together = grouping == Grouping.ONE_BY_ONE ? 1 : most;
    int width = encoded.slots().length / encoded.faults().length;
    int perRecord = scores.length / encoded.faults().length;
    float[] contributions = new float[together * each];
    RowReasons chosen = new RowReasons(reasons.groups().size());
    for (int first = 0; first < records.length; first += together) {
      int rows = Math.min(together, records.length - first);
      float[] slots = new float[rows * width];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(encoded.slots(), records[first + row] * width, slots, row * width, width);
      }

      if (grouping == Grouping.COLUMNS) {
        reasons.explainColumns(EngineWay.columns(slots, rows), rows, rows, contributions);
      } else {
        reasons.explain(slots, 0, rows, contributions);
      }

      for (int row = 0; row < rows; row++) {
        int record = records[first + row];
        int output = reasons.winner(scores, record * perRecord);
        reasons.choose(contributions, row * each, output, asked.most(), Direction.BOTH, chosen);
        add(record, chosen, to.reasons());
      }
    }
  }

  private void add(int record, RowReasons chosen, AnsweredReasons to) {
    to.begin(record);
    to.sums(record, chosen.base(), chosen.rest());
    for (int reason = 0; reason < chosen.count(); reason++) {
      int group = chosen.group(reason);
      float contribution = chosen.contribution(reason);
      String code = reasons.code(group, contribution).map(ReasonRule.Code::code).orElse(null);
      to.add(record, reasons.groups().get(group).name(), code, contribution);
    }
  }
}
