package io.paritree.replay;

import io.paritree.comparison.ComparisonCounts;
import io.paritree.comparison.Side;
import io.paritree.feature.Faults;
import io.paritree.model.difference.GatheredBlock;
import io.paritree.model.difference.ModelPair;
import io.paritree.model.difference.OwnFields;
import io.paritree.record.RecordValues;
import java.util.List;

/**
 * Rows with what a champion has answered, to be scored by a challenger. The champion's part is what
 * the lines say, and is not scored again here. Its arrays are used again. Not thread-safe.
 */
final class AnsweredBlock extends GatheredBlock {
  /** By what a row is found in the logs; as in the comparison of a server's shadow. */
  static final List<String> KEYS = List.of("request_id", "row");

  private final OwnFields fields;
  private final ComparisonCounts counts;
  private final RecordValues values;
  private final int[] kept;
  private final Faults found = new Faults();
  private int capacity; // 0 until the first row

  AnsweredBlock(ModelPair models, ComparisonCounts counts) {
    this(models, new OwnFields(models), counts);
  }

  private AnsweredBlock(ModelPair models, OwnFields fields, ComparisonCounts counts) {
    super(models.champion().engine(), models.challenger().engine(), fields.hasSameSlots(), 0);
    this.fields = fields;
    this.kept = fields.kept();
    this.values = new RecordValues(models.champion().schema().fields().size());
    this.counts = counts;
  }

  /** Returns what is to keep the values of each record until it is added. */
  RecordValues values() {
    return values;
  }

  ComparisonCounts counts() {
    return counts;
  }

  /**
   * Adds the last row that was read.
   *
   * @return false if the challenger reads a value otherwise, and the line has no record
   */
  boolean add(LoggedRows from, int row) {
    if (kept.length > 0 && !from.hasRecord()) {
      return false;
    }

    if (rows() == 0 && capacity < from.capacity()) {
      capacity = from.capacity();
      hold(capacity);
    }

    int to = rows();
    Rows champion = of(Side.CHAMPION);
    Rows challenger = of(Side.CHALLENGER);
    copy(from.slots, row, champion.slots(), to, champion.engine().width());
    copy(from.scores, row, champion.scores(), to, champion.engine().scores());
    copy(from.margins, row, champion.margins(), to, champion.engine().outputs());
    found.clear();
    if (!fields.hasSameSlots()) {
      fields.encode(
          champion.slots(),
          champion.at(to),
          kept.length == 0 ? null : values.part(0, 1, kept),
          0,
          challenger.slots(),
          challenger.at(to),
          found);
    }

    LinePlace place = from.places.get(row);
    add(List.of(place.requestId(), place.row()), List.of(), found.list());
    return true;
  }

  private static void copy(float[] from, int row, float[] to, int at, int each) {
    System.arraycopy(from, row * each, to, at * each, each);
  }

  /** Scores the rows with the challenger, and counts them. */
  void compare() {
    of(Side.CHALLENGER).score();
    counts.add(this);
    clear();
  }
}
