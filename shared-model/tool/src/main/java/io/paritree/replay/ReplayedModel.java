package io.paritree.replay;

import io.paritree.Fault;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.output.LoggedFeature;
import io.paritree.output.PredictionColumns;
import io.paritree.output.ScoreColumns;
import io.paritree.record.MalformedJsonException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Scores lines of one version again. Its engine is the specification, which no server uses.
 * Immutable and thread-safe.
 */
final class ReplayedModel {
  private final ScoringModel model;
  private final Schema schema;
  private final Engine engine;
  private final PredictionColumns columns;
  private final List<LoggedFeature> cells;
  private final boolean[] isRead; // by the model, slot by slot

  ReplayedModel(ScoringModel model) {
    this.model = model;
    this.schema = model.schema();
    this.engine = model.specification();
    this.columns = PredictionColumns.of(model);
    this.cells = schema.features().stream().map(LoggedFeature::of).toList();
    this.isRead = new boolean[schema.width()];
    Arrays.fill(isRead, schema.modelWidth(), isRead.length, true); // offsets
    model.shape().slots().forEach(slot -> isRead[slot] = true);
  }

  /**
   * Compares a line with what follows from it: the slots with what its record gives, scores,
   * margins and label with what the slots give.
   *
   * @throws MalformedJsonException if its record cannot be read
   */
  LineResult replay(LoggedLine line, LoggedLine.Members members) throws MalformedJsonException {
    float[] slots = new float[schema.width()];
    boolean[] isLogged = new boolean[schema.width()];
    for (int slot = 0; slot < slots.length; slot++) {
      String name = columns.features().get(slot);
      LoggedLine.Value value = members.values().get(name);
      isLogged[slot] = value != null;
      if (value == null) {
        slots[slot] = Float.NaN;
      } else if (!value.isScalar()) {
        return new LineResult.Unreadable("a value is expected as " + name);
      } else {
        slots[slot] = cells.get(slot).slot(value.token(), value.text());
      }

      if (slots[slot] == LoggedFeature.IMPOSSIBLE) {
        return new LineResult.Different(name, value.text(), "no value of this feature can be");
      }
    }

    Optional<LineResult> incomplete = lack(isLogged, members);
    if (incomplete.isPresent()) {
      return incomplete.get();
    }

    Optional<LineResult> different =
        members.record().isEmpty()
            ? Optional.empty()
            : compared(RecordedRow.of(schema, line, members.record()), slots, isLogged);
    return different.isPresent() ? different.get() : scored(slots, members);
  }

  /** Returns what a line lacks that its model needs or has answered. */
  private Optional<LineResult> lack(boolean[] isLogged, LoggedLine.Members members) {
    Set<String> lacking = new LinkedHashSet<>();
    for (int slot = 0; slot < isLogged.length; slot++) {
      if (isRead[slot] && !isLogged[slot]) {
        lacking.add(schema.features().get(slot).column());
      }
    }

    if (!lacking.isEmpty()) {
      return Optional.of(
          new LineResult.Incomplete("values that are left out: " + String.join(", ", lacking)));
    }

    return columns.scored().names().stream()
        .filter(name -> !members.values().containsKey(name))
        .findFirst()
        .map(name -> new LineResult.Incomplete("an answer: there is no " + name));
  }

  /**
   * Compares what a record gives with what is logged. A field that was left out is not logged, and
   * is not in the record either.
   */
  private Optional<LineResult> compared(RecordedRow record, float[] slots, boolean[] isLogged) {
    for (Fault fault : record.faults()) {
      int field = schema.fieldIndex(fault.field());
      if (field < 0 || isLogged[schema.fields().get(field).slot(0)]) {
        return Optional.of(
            new LineResult.Different(fault.field(), "a value that was scored", fault.toString()));
      }
    }

    for (int slot = 0; slot < slots.length; slot++) {
      if (isLogged[slot] && !isSame(slots[slot], record.slots()[slot])) {
        return Optional.of(
            new LineResult.Different(
                columns.features().get(slot), shown(slots[slot]), shown(record.slots()[slot])));
      }
    }

    return Optional.empty();
  }

  private LineResult scored(float[] slots, LoggedLine.Members members) {
    float[] margins = new float[engine.outputs()];
    float[] scores = new float[engine.scores()];
    engine.score(slots, 1, margins, scores);
    ScoreColumns scored = columns.scored();
    List<Float> again = new ArrayList<>();
    for (float score : scores) {
      again.add(score);
    }

    for (float margin : margins) {
      again.add(margin);
    }

    List<String> names = scored.numbers();
    for (int index = 0; index < names.size(); index++) {
      LoggedLine.Value value = members.values().get(names.get(index));
      float logged;
      try {
        logged = Float.parseFloat(value.text());
      } catch (NumberFormatException e) {
        return new LineResult.Unreadable("a number is expected as " + names.get(index));
      }

      if (!isSame(logged, again.get(index))) {
        return new LineResult.Different(names.get(index), shown(logged), shown(again.get(index)));
      }
    }

    String label = model.outputs().label(scores, 0).orElse("");
    String logged = members.text(ScoreColumns.LABEL);
    return !scored.hasLabel() || label.equals(logged)
        ? new LineResult.Same()
        : new LineResult.Different(ScoreColumns.LABEL, logged, label);
  }

  /** Returns whether two numbers have the same bits; NaN equals NaN. */
  private static boolean isSame(float one, float other) {
    return Float.floatToIntBits(one) == Float.floatToIntBits(other);
  }

  /** Returns a number with its bits. */
  private static String shown(float value) {
    return "%s (0x%s)".formatted(value, HexFormat.of().toHexDigits(Float.floatToIntBits(value)));
  }
}
