package io.paritree.replay;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.feature.Feature;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import io.paritree.prediction.LoggedFeature;
import io.paritree.prediction.PredictionColumns;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rows of one model that are read from lines: what it saw and what it answered, row after row. The
 * arrays are used again. Not thread-safe.
 */
final class LoggedRows {
  private static final int MAX_ROWS = 256;
  private static final int MAX_VALUES = 1 << 18;

  final float[] slots;
  final float[] scores;
  final float[] margins;
  final String[] labels;
  final List<LinePlace> places = new ArrayList<>();

  private final List<Feature> features;
  private final PredictionColumns columns;
  private final LoggedFeature[] cells;
  private final boolean[] isRead; // by the model, slot by slot
  private final Map<String, Integer> members = new HashMap<>();
  private final int width;
  private final int scoreCount;
  private final int marginCount;
  private final int[] seen; // the number of the line in which a member was last
  private final RecordedRow record;
  private final int capacity;
  private int lines;

  LoggedRows(ScoringModel model) {
    Engine engine = model.engine();
    this.features = model.schema().features();
    this.columns = PredictionColumns.of(model);
    this.cells = features.stream().map(LoggedFeature::of).toArray(LoggedFeature[]::new);
    this.width = features.size();
    this.scoreCount = engine.scores();
    this.marginCount = engine.outputs();
    this.isRead = new boolean[width];
    Arrays.fill(isRead, model.schema().modelWidth(), width, true); // offsets
    model.shape().slots().forEach(slot -> isRead[slot] = true);
    int widest = Math.max(width, Math.max(scoreCount, marginCount));
    this.capacity = Math.max(1, Math.min(MAX_ROWS, MAX_VALUES / widest));
    this.slots = new float[capacity * width];
    this.scores = new float[capacity * scoreCount];
    this.margins = new float[capacity * marginCount];
    this.labels = new String[capacity];
    columns.features().forEach(this::addMember);
    columns.scored().names().forEach(this::addMember);
    this.seen = new int[members.size()];
    this.record = new RecordedRow(model.schema(), null);
  }

  private void addMember(String name) {
    members.put(name, members.size());
  }

  boolean isFull() {
    return places.size() == capacity;
  }

  int count() {
    return places.size();
  }

  void clear() {
    places.clear();
  }

  /** Returns whether the last line that was read has a record. */
  boolean hasRecord() {
    return record.isThere();
  }

  /**
   * Reads a line, for which there is room, as the next row.
   *
   * @return empty if it is a row now; otherwise why it is none
   * @throws MalformedJsonException if it is no line of this model
   */
  Optional<LineFinding> read(JsonDocument line, LinePlace place) throws MalformedJsonException {
    int row = places.size();
    begin(row);
    line.next();
    LineFinding impossible = null;
    for (String name = line.member(); name != null; name = line.member()) {
      Integer member = members.get(name);
      if (member != null) {
        if (seen[member] == lines) {
          throw line.malformed("it has %s twice".formatted(name));
        }

        seen[member] = lines;
        if (!line.token().isScalarValue()) {
          throw line.malformed("a value is expected");
        } else if (!take(line, member, row) && impossible == null) {
          impossible =
              new LineFinding.Different(name, line.text(), "no value of this feature can be");
        }
      } else if (name.equals(PredictionColumns.RECORD)) {
        record.read(line);
      } else if (name.equals(PredictionColumns.CELLS)) {
        record.readCells(line);
      } else {
        line.skip();
      }
    }

    Optional<LineFinding> finding =
        Optional.ofNullable(impossible).or(this::lack).or(() -> ofRecord(row));
    if (finding.isEmpty()) {
      places.add(place);
    }

    return finding;
  }

  private void begin(int row) {
    if (++lines == 0) {
      Arrays.fill(seen, 0);
      lines = 1;
    }

    Arrays.fill(slots, row * width, (row + 1) * width, Float.NaN);
    labels[row] = null;
    record.begin();
  }

  /** Takes a value; returns whether it is one that the model can have seen or answered. */
  private boolean take(JsonDocument line, int member, int row) throws MalformedJsonException {
    JsonToken token = line.token();
    if (member < width) {
      float slot = cells[member].slot(token, line.text());
      slots[row * width + member] = slot;
      return slot != LoggedFeature.IMPOSSIBLE;
    }

    int result = member - width;
    if (result < scoreCount) {
      scores[row * scoreCount + result] = number(line);
    } else if (result < scoreCount + marginCount) {
      margins[row * marginCount + result - scoreCount] = number(line);
    } else {
      labels[row] = line.text();
    }

    return true;
  }

  private static float number(JsonDocument line) throws MalformedJsonException {
    try {
      return Float.parseFloat(line.text());
    } catch (NumberFormatException e) {
      throw line.malformed("a number is expected");
    }
  }

  /** Returns what a line lacks that its model needs or has answered. */
  private Optional<LineFinding> lack() {
    Set<String> lacking = new LinkedHashSet<>();
    for (int slot = 0; slot < width; slot++) {
      if (isRead[slot] && seen[slot] != lines) {
        lacking.add(features.get(slot).column());
      }
    }

    if (!lacking.isEmpty()) {
      return Optional.of(
          new LineFinding.Incomplete("values that are left out: " + String.join(", ", lacking)));
    }

    ScoreColumns scored = columns.scored();
    for (int result = 0; result < scored.names().size(); result++) {
      if (seen[width + result] != lines) {
        return Optional.of(
            new LineFinding.Incomplete("an answer: there is no " + scored.names().get(result)));
      }
    }

    return Optional.empty();
  }

  /** Returns how the record gives other slots than those that are logged. */
  private Optional<LineFinding> ofRecord(int row) {
    return record.isThere()
        ? record.difference(slots, row * width, slot -> seen[slot] == lines, columns.features())
        : Optional.empty();
  }
}
