package io.paritree.replay;

import io.paritree.Fault;
import io.paritree.comparison.ComparedBlock;
import io.paritree.comparison.ComparisonCounts;
import io.paritree.comparison.Side;
import io.paritree.feature.Faults;
import io.paritree.forest.Engine;
import io.paritree.model.difference.ModelPair;
import io.paritree.model.difference.OwnFields;
import io.paritree.record.RecordValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows with what a champion has answered, to be scored by a challenger. The champion's part is what
 * the lines say, and is not scored again here. Its arrays are used again. Not thread-safe.
 */
final class AnsweredBlock implements ComparedBlock {
  /** By what a row is found in the logs; as in the comparison of a server's shadow. */
  static final List<String> KEYS = List.of("request_id", "row");

  private final Engine champion;
  private final Engine challenger;
  private final OwnFields fields;
  private final ComparisonCounts counts;
  private final RecordValues values;
  private final int[] kept;
  private final List<LinePlace> places = new ArrayList<>();
  private final List<List<Fault>> faults = new ArrayList<>(); // the challenger's, by row
  private final Faults found = new Faults();
  private Rows ofChampion = new Rows(new float[0], new float[0], new float[0]);
  private Rows ofChallenger = ofChampion;

  /** What one of them is given and makes of it, row after row. */
  private record Rows(float[] slots, float[] scores, float[] margins) {
    static Rows of(Engine engine, int rows) {
      return new Rows(
          new float[rows * engine.width()],
          new float[rows * engine.scores()],
          new float[rows * engine.outputs()]);
    }
  }

  AnsweredBlock(ModelPair models, ComparisonCounts counts) {
    this.champion = models.champion().engine();
    this.challenger = models.challenger().engine();
    this.fields = new OwnFields(models);
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

    if (places.isEmpty() && ofChampion.slots.length < from.capacity() * champion.width()) {
      ofChampion = Rows.of(champion, from.capacity());
      ofChallenger = Rows.of(challenger, from.capacity());
    }

    int to = places.size();
    copy(from.slots, row, ofChampion.slots, to, champion.width());
    copy(from.scores, row, ofChampion.scores, to, champion.scores());
    copy(from.margins, row, ofChampion.margins, to, champion.outputs());
    found.clear();
    fields.encode(
        ofChampion.slots,
        to * champion.width(),
        kept.length == 0 ? null : values.part(0, 1, kept),
        0,
        ofChallenger.slots,
        to * challenger.width(),
        found);
    faults.add(found.list());
    places.add(from.places.get(row));
    return true;
  }

  private static void copy(float[] from, int row, float[] to, int at, int each) {
    System.arraycopy(from, row * each, to, at * each, each);
  }

  /** Scores the rows with the challenger, and counts them. */
  void compare() {
    challenger.score(ofChallenger.slots, places.size(), ofChallenger.margins, ofChallenger.scores);
    counts.add(this);
    places.clear();
    faults.clear();
  }

  private Rows of(Side side) {
    return side == Side.CHAMPION ? ofChampion : ofChallenger;
  }

  @Override
  public int rows() {
    return places.size();
  }

  @Override
  public boolean isScored(Side side, int row) {
    return faults(side, row).isEmpty();
  }

  @Override
  public List<Fault> faults(Side side, int row) {
    return side == Side.CHAMPION ? List.of() : faults.get(row);
  }

  @Override
  public float[] scores(Side side) {
    return of(side).scores;
  }

  @Override
  public float[] margins(Side side) {
    return of(side).margins;
  }

  @Override
  public List<String> key(int row) {
    return List.of(places.get(row).requestId(), places.get(row).row());
  }

  @Override
  public String slice(int row) {
    return "";
  }

  @Override
  public float[] slots(Side side, int row) {
    int width = side == Side.CHAMPION ? champion.width() : challenger.width();
    return Arrays.copyOfRange(of(side).slots, row * width, (row + 1) * width);
  }
}
