package io.paritree.replay;

import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import java.util.List;
import java.util.Optional;

/**
 * Scores the lines of one version again, block by block, and compares. Its engine is the
 * specification, which no server uses. Not thread-safe.
 */
final class ModelReplay {
  private final ScoringModel model;
  private final Engine engine;
  private final LoggedRows rows;
  private final float[] scores;
  private final float[] margins;
  private final List<String> scoreNames;
  private final List<String> marginNames;
  private final RefusedLine refused;
  private final ReplayTally tally = new ReplayTally();

  ModelReplay(ScoringModel model) {
    this.model = model;
    this.engine = model.specification();
    this.rows = new LoggedRows(model);
    this.refused = new RefusedLine(model.schema());
    this.scores = new float[rows.scores.length];
    this.margins = new float[rows.margins.length];
    ScoreColumns columns =
        ScoreColumns.of(model.outputs(), engine.scores(), model.engine().outputs());
    this.scoreNames = columns.scores();
    this.marginNames = columns.margins();
  }

  ReplayTally tally() {
    return tally;
  }

  /**
   * Takes a line.
   *
   * @throws MalformedJsonException if it is no line of this model
   */
  void add(JsonDocument line, LinePlace place) throws MalformedJsonException {
    Optional<LineFinding> finding = rows.read(line, place);
    if (rows.hasRecord()) {
      tally.addRecord();
    }

    if (finding.isEmpty()) {
      if (rows.isFull()) {
        flush();
      }
    } else {
      count(finding.get(), place);
    }
  }

  private void count(LineFinding finding, LinePlace place) {
    if (finding instanceof LineFinding.Different different) {
      tally.add(new LineDifference(place, different));
    } else if (finding instanceof LineFinding.Incomplete incomplete) {
      tally.addMissing(incomplete.missing(), 1);
    }
  }

  /**
   * Takes a line of a row that was refused.
   *
   * @throws MalformedJsonException if it is no such line
   */
  void addRefused(JsonDocument line, LinePlace place) throws MalformedJsonException {
    Optional<LineFinding> finding = refused.read(line);
    tally.addRefused();
    if (refused.hasRecord()) {
      tally.addRecord();
    }

    if (finding.isPresent()) {
      count(finding.get(), place);
    } else {
      tally.addSame();
    }
  }

  /** Scores and compares the lines that wait for it. */
  void flush() {
    int count = rows.count();
    if (count == 0) {
      return;
    }

    engine.score(rows.slots, count, margins, scores);
    for (int row = 0; row < count; row++) {
      Optional<LineFinding.Different> difference = compared(row);
      if (difference.isPresent()) {
        tally.add(new LineDifference(rows.places.get(row), difference.get()));
      } else {
        tally.addSame();
      }
    }

    rows.clear();
  }

  private Optional<LineFinding.Different> compared(int row) {
    return compared(row, scoreNames, rows.scores, scores)
        .or(() -> compared(row, marginNames, rows.margins, margins))
        .or(() -> comparedLabel(row));
  }

  private static Optional<LineFinding.Different> compared(
      int row, List<String> names, float[] logged, float[] again) {
    int each = names.size();
    for (int index = 0; index < each; index++) {
      float one = logged[row * each + index];
      float other = again[row * each + index];
      if (Float.floatToIntBits(one) != Float.floatToIntBits(other)) { // NaN equals NaN
        return Optional.of(
            new LineFinding.Different(
                names.get(index), LineDifference.shown(one), LineDifference.shown(other)));
      }
    }

    return Optional.empty();
  }

  private Optional<LineFinding.Different> comparedLabel(int row) {
    String label = model.outputs().label(scores, row * scoreNames.size()).orElse("");
    String logged = rows.labels[row] == null ? "" : rows.labels[row];
    return label.equals(logged)
        ? Optional.empty()
        : Optional.of(new LineFinding.Different(ScoreColumns.LABEL, logged, label));
  }
}
