package io.paritree.serving.log;

import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.output.PredictionColumns;
import io.paritree.output.ScoreColumns;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.metrics.RequestOrigin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How a scored row is written to the prediction log, for one model: the members that {@link
 * PredictionColumns} names, in their order. Fields that are not to be kept are left out, of the
 * features and of the record. Immutable and thread-safe.
 */
public final class PredictionForm {
  private static final byte[] REQUEST_ID_KEY = key(PredictionColumns.REQUEST_ID);
  private static final byte[] TRACE_PARENT_KEY = key(PredictionColumns.TRACE_PARENT);
  private static final byte[] ROW_KEY = key(PredictionColumns.ROW);
  private static final byte[] LABEL_KEY = key(ScoreColumns.LABEL);
  private static final byte[] RECORD_KEY = key(PredictionColumns.RECORD);
  private static final byte[] CELLS_KEY = key(PredictionColumns.CELLS);

  private static final byte[] FAULTS_KEY = key(PredictionColumns.FAULTS);
  private static final byte[] FAULT_CODE_KEY = key(PredictionColumns.FAULT_CODE);
  private static final String FAULT_START = "{\"" + PredictionColumns.FAULT_FIELD + "\":";

  private static final String START = "{\"" + PredictionColumns.SCORED_AT + "\":\"";

  /** A longer record is left out; what the model saw is there all the same. */
  private static final int MAX_RECORD_BYTES = 64 << 10;

  private final byte[][] features; // null where a feature is left out
  private final Cell[] cells;
  private final byte[][] scores;
  private final byte[][] margins;
  private final Outputs outputs;
  private final byte[] end;
  private final int blockRows;
  private final Schema schema;
  private final Set<String> redacted;
  private final int[] recorded; // the fields of a record, as indexes; empty if none is kept
  private final int[] recordedPlaces; // of these among the values of a row
  private final byte[][] recordedNames;

  /**
   * @param blockRows maximum number of rows that are copied together for the log
   * @param kept what is kept of rows
   */
  PredictionForm(ScoringModel model, int blockRows, ServingConfig.PredictionLog kept) {
    this.blockRows = blockRows;
    this.schema = model.schema();
    this.redacted = kept.redact();
    this.outputs = model.outputs();
    PredictionColumns columns = PredictionColumns.of(model);
    this.features = keys(columns.features());
    this.cells = schema.features().stream().map(PredictionForm::cell).toArray(Cell[]::new);
    for (int slot = 0; slot < features.length; slot++) {
      if (redacted.contains(schema.features().get(slot).column())) {
        features[slot] = null;
      }
    }

    List<String> fields = schema.fields().stream().map(Field::column).toList();
    this.recorded =
        IntStream.range(0, kept.records() ? fields.size() : 0)
            .filter(field -> !redacted.contains(fields.get(field)))
            .toArray();
    this.recordedPlaces = IntStream.range(0, recorded.length).toArray();
    this.recordedNames =
        IntStream.of(recorded)
            .mapToObj(field -> JsonBytes.quoted(fields.get(field)))
            .toArray(byte[][]::new);
    this.scores = keys(columns.scored().scores());
    this.margins = keys(columns.scored().margins());
    this.end =
        new JsonBytes()
            .raw(key(ScoreColumns.MODEL_VERSION))
            .string(model.modelVersion())
            .raw(key(PredictionColumns.MODEL_DIGEST))
            .string(model.digest())
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

  /**
   * Returns about how many bytes the records of rows take while they wait.
   *
   * @param values of the rows; null if they are not kept
   */
  long recordBytes(int first, int last, RecordValues values) {
    return values == null || recorded.length == 0
        ? 0
        : values.size(first, last, recorded)
            + 2L * Integer.BYTES * (last - first) * recorded.length;
  }

  /**
   * Returns copies of the rows from {@code first} to before {@code last}, scored now.
   *
   * @param values of the rows; null if they are not kept
   */
  PredictionRows copy(
      RequestOrigin origin,
      long[] places,
      int first,
      int last,
      float[] slotsOfRows,
      float[] marginsOfRows,
      float[] scoresOfRows,
      RecordValues values) {
    return new PredictionRows(
        this,
        Instant.now(),
        origin,
        Arrays.copyOfRange(places, first, last),
        part(slotsOfRows, first, last, features.length),
        part(marginsOfRows, first, last, margins.length),
        part(scoresOfRows, first, last, scores.length),
        values == null || recorded.length == 0 ? null : values.part(first, last, recorded));
  }

  /** Returns a copy of a row that is refused now; see {@link PredictionLog#addRefused}. */
  RefusedRow refused(
      RequestOrigin origin, long place, RecordValues values, int index, Faults faults) {
    List<RefusedRow.Named> named = new ArrayList<>();
    faults.forEach(
        (code, field) -> {
          boolean isKnown = schema.fieldIndex(field) >= 0;
          if (!redacted.contains(field)) {
            named.add(new RefusedRow.Named(isKnown ? field : "", code));
          }
        });
    return new RefusedRow(
        this, Instant.now(), origin, place, named, values.part(index, index + 1, recorded));
  }

  private static float[] part(float[] values, int first, int last, int count) {
    return Arrays.copyOfRange(values, first * count, last * count);
  }

  /** Writes a slot that is not missing. */
  private interface Cell {
    void write(float slot, JsonBytes out);
  }

  private static byte[][] keys(List<String> names) {
    return names.stream().map(PredictionForm::key).toArray(byte[][]::new);
  }

  private static byte[] key(String name) {
    return new JsonBytes().raw(',').string(name).raw(':').toByteArray();
  }

  private static Cell cell(Feature feature) {
    return switch (feature.kind()) {
      case NUMBER, CATEGORY_CODE, MAPPED, STEPS -> (slot, out) -> out.number(slot);
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

  /** Writes the line of a row that was refused. */
  void write(RefusedRow row, JsonBytes out) {
    start(row.refusedAt(), row.origin(), row.place(), out);
    out.raw(FAULTS_KEY)
        .list(
            row.faults().size(),
            index ->
                out.raw(FAULT_START)
                    .string(row.faults().get(index).field())
                    .raw(FAULT_CODE_KEY)
                    .string(row.faults().get(index).code().code())
                    .raw('}'));
    record(row.values(), 0, out);
    out.raw(end);
  }

  private static void start(Instant at, RequestOrigin origin, long place, JsonBytes out) {
    out.raw(START).raw(at.toString()).raw('"').raw(REQUEST_ID_KEY);
    text(origin.requestId(), out);
    text(origin.traceParent(), out.raw(TRACE_PARENT_KEY));
    out.raw(ROW_KEY).number(place);
  }

  /** Writes the line of the row at {@code index} of {@code rows}. */
  void write(PredictionRows rows, int index, JsonBytes out) {
    start(rows.scoredAt(), rows.origin(), rows.places()[index], out);
    int slots = index * cells.length;
    for (int slot = 0; slot < cells.length; slot++) {
      float value = rows.slots()[slots + slot];
      if (features[slot] == null) {
        continue;
      }

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
    record(rows.values(), index, out);
    out.raw(end);
  }

  private void record(RecordValues values, int row, JsonBytes out) {
    if (values == null) {
      return;
    }

    if (values.size(row, row + 1, recordedPlaces) > MAX_RECORD_BYTES) {
      return;
    }

    char separator = '{';
    out.raw(values.areCells() ? CELLS_KEY : RECORD_KEY);
    for (int field : recordedPlaces) {
      String value = values.value(row, field);
      if (value != null) {
        out.raw(separator).raw(recordedNames[field]).raw(':');
        separator = ',';
        if (values.isText(row, field)) {
          out.string(value);
        } else {
          out.raw(value);
        }
      }
    }

    out.raw(separator == '{' ? "{}" : "}");
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
