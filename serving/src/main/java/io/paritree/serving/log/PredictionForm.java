package io.paritree.serving.log;

import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.output.ScoreColumns;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.arrival.RequestOrigin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How a scored row is written to the prediction log, for one model.
 *
 * <p>The columns are the time of scoring, the request's id and {@code traceparent}, and the row's
 * position in the request; then each feature under its name, as the model saw it; then the columns
 * that the nightly job writes: {@code score}, {@code margin}, {@code label} and {@code
 * model_version}. A feature that has the name of another column gets {@code feature_} before its
 * name. Immutable and thread-safe.
 */
public final class PredictionForm {
  private static final String SCORED_AT = "scored_at";
  private static final String REQUEST_ID = "request_id";
  private static final String ROW = "row";
  private static final byte[] REQUEST_ID_KEY = key(REQUEST_ID);
  private static final byte[] TRACE_PARENT_KEY = key(RequestOrigin.TRACE_PARENT);
  private static final byte[] ROW_KEY = key(ROW);
  private static final byte[] LABEL_KEY = key(ScoreColumns.LABEL);

  private static final String START = "{\"" + SCORED_AT + "\":\"";

  private final byte[][] features;
  private final Cell[] cells;
  private final byte[][] scores;
  private final byte[][] margins;
  private final Outputs outputs;
  private final byte[] end;
  private final int blockRows;

  /**
   * @param blockRows maximum number of rows that are copied together for the log
   */
  public PredictionForm(ScoringModel model, int blockRows) {
    this.blockRows = blockRows;
    Schema schema = model.schema();
    Engine engine = model.engine();
    this.outputs = model.outputs();
    ScoreColumns scored = ScoreColumns.of(outputs, engine.scores(), engine.outputs());
    Set<String> columns = new HashSet<>(Set.of(SCORED_AT, REQUEST_ID, ROW, ScoreColumns.LABEL));
    columns.addAll(Set.of(RequestOrigin.TRACE_PARENT, ScoreColumns.MODEL_VERSION));
    columns.addAll(scored.names());
    this.features = keys(featureNames(schema, columns));
    this.cells = schema.features().stream().map(PredictionForm::cell).toArray(Cell[]::new);
    this.scores = keys(scored.scores());
    this.margins = keys(scored.margins());
    this.end =
        new JsonBytes()
            .raw(key(ScoreColumns.MODEL_VERSION))
            .string(model.modelVersion())
            .raw("}\n")
            .toByteArray();
  }

  /** Returns how many bytes a row takes while it waits to be written. */
  long rowBytes() {
    return Long.BYTES + (long) Float.BYTES * (features.length + margins.length + scores.length);
  }

  /** Returns the largest number of rows that are copied together for the log. */
  int blockRows() {
    return blockRows;
  }

  /** Returns copies of the rows from {@code first} to before {@code last}, scored now. */
  PredictionRows copy(
      RequestOrigin origin,
      long[] places,
      int first,
      int last,
      float[] slotsOfRows,
      float[] marginsOfRows,
      float[] scoresOfRows) {
    return new PredictionRows(
        this,
        Instant.now(),
        origin,
        Arrays.copyOfRange(places, first, last),
        part(slotsOfRows, first, last, features.length),
        part(marginsOfRows, first, last, margins.length),
        part(scoresOfRows, first, last, scores.length));
  }

  private static float[] part(float[] values, int first, int last, int count) {
    return Arrays.copyOfRange(values, first * count, last * count);
  }

  /** Writes a slot that is not missing. */
  private interface Cell {
    void write(float slot, JsonBytes out);
  }

  private static List<String> featureNames(Schema schema, Set<String> columns) {
    List<String> names = schema.features().stream().map(Feature::name).toList();
    Set<String> used = new HashSet<>(names);
    used.addAll(columns);
    List<String> shown = new ArrayList<>();
    for (String name : names) {
      String free = name;
      while (columns.contains(name) && !used.add(free)) {
        free = "feature_" + free;
      }

      shown.add(free);
    }

    return shown;
  }

  private static byte[][] keys(List<String> names) {
    return names.stream().map(PredictionForm::key).toArray(byte[][]::new);
  }

  private static byte[] key(String name) {
    return new JsonBytes().raw(',').string(name).raw(':').toByteArray();
  }

  private static Cell cell(Feature feature) {
    return switch (feature.kind()) {
      case NUMBER, CATEGORY_CODE -> (slot, out) -> out.number(slot);
      case BOOLEAN -> (slot, out) -> out.raw(slot == 0 ? "false" : "true");
      case TEXT_CATEGORY -> {
        List<String> texts = ((TextCategoryFeature) feature).vocabulary();
        byte[][] quoted = texts.stream().map(JsonBytes::quoted).toArray(byte[][]::new);
        yield (slot, out) -> out.raw(quoted[(int) slot]);
      }
      case INTEGER_CATEGORY -> {
        List<Long> numbers = ((IntegerCategoryFeature) feature).vocabulary();
        yield (slot, out) -> out.number(numbers.get((int) slot));
      }
      case TIMESTAMP -> (slot, out) -> out.number((long) slot);
    };
  }

  /** Writes the line of the row at {@code index} of {@code rows}. */
  void write(PredictionRows rows, int index, JsonBytes out) {
    out.raw(START).raw(rows.scoredAt().toString()).raw('"').raw(REQUEST_ID_KEY);
    text(rows.origin().requestId(), out);
    text(rows.origin().traceParent(), out.raw(TRACE_PARENT_KEY));
    out.raw(ROW_KEY).number(rows.places()[index]);
    int slots = index * cells.length;
    for (int slot = 0; slot < cells.length; slot++) {
      float value = rows.slots()[slots + slot];
      out.raw(features[slot]);
      if (Float.isNaN(value)) {
        out.raw("null");
      } else {
        cells[slot].write(value, out);
      }
    }

    numbers(scores, rows.scores(), index, out);
    numbers(margins, rows.margins(), index, out);
    outputs
        .label(rows.scores(), index * scores.length)
        .ifPresent(label -> out.raw(LABEL_KEY).string(label));
    out.raw(end);
  }

  private static void text(String text, JsonBytes out) {
    if (text == null) {
      out.raw("null");
    } else {
      out.string(text);
    }
  }

  private static void numbers(byte[][] keys, float[] values, int row, JsonBytes out) {
    for (int index = 0; index < keys.length; index++) {
      out.raw(keys[index]).real(values[row * keys.length + index]);
    }
  }
}
