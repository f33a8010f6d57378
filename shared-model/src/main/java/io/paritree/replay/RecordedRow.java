package io.paritree.replay;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.feature.Faults;
import io.paritree.feature.Schema;
import io.paritree.record.CsvCells;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.RecordValues;
import io.paritree.record.UnknownFields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The record of a line, encoded as the server encodes a caller's: a JSON object by the same reader,
 * cells of a CSV file by the same rules. Keeps its buffers; not thread-safe.
 */
final class RecordedRow {
  private final Schema schema;
  private final JsonRecordReader reader;
  private final RecordValues values; // null if they are not kept
  private final float[] slots;
  private final Faults faults = new Faults();
  private boolean isThere;

  RecordedRow(Schema schema, RecordValues values) {
    this.schema = schema;
    this.reader = new JsonRecordReader(schema, UnknownFields.IGNORE);
    this.values = values;
    this.slots = new float[schema.width()];
    reader.keepIn(values);
  }

  /** Forgets the record before. */
  void begin() {
    isThere = false;
    if (values != null) {
      values.clear();
      values.begin(0);
    }
  }

  /** Returns what is wrong with the record. */
  Faults faults() {
    return faults;
  }

  /** Returns whether the line has a record. */
  boolean isThere() {
    return isThere;
  }

  /** Reads the JSON object at the current token; null is no record. */
  void read(JsonDocument line) throws MalformedJsonException {
    if (start(line)) {
      reader.read(line, slots, 0, faults);
    }
  }

  /** Reads an object of cells at the current token; null is no record. */
  void readCells(JsonDocument line) throws MalformedJsonException {
    if (!start(line)) {
      return;
    }

    boolean[] given = new boolean[schema.fields().size()];
    schema.clear(slots, 0);
    for (String name = line.member(); name != null; name = line.member()) {
      int index = schema.fieldIndex(name);
      if (index < 0 || line.token() != JsonToken.VALUE_STRING) {
        line.skip();
        continue;
      }

      byte[] cell = line.text().getBytes(StandardCharsets.UTF_8);
      given[index] = true;
      CsvCells.encode(schema.fields().get(index), cell, 0, cell.length, slots, 0, faults);
      if (values != null && cell.length > 0) {
        values.cell(index, cell, 0, cell.length);
      }
    }

    for (int index : schema.required()) {
      if (!given[index]) {
        schema.fields().get(index).missing(slots, 0, faults);
      }
    }
  }

  private boolean start(JsonDocument line) throws MalformedJsonException {
    if (line.token() == JsonToken.VALUE_NULL) {
      return false;
    } else if (isThere) {
      throw line.malformed("it has two records");
    } else if (line.token() != JsonToken.START_OBJECT) {
      throw line.malformed("a record is expected");
    }

    isThere = true;
    faults.clear();
    return true;
  }

  /**
   * Compares what the record gives with what is logged.
   *
   * @param logged slots from {@code at} on
   * @param isLogged says of a slot whether it is logged: a field that was left out is not, and is
   *     not in the record either
   * @param names what the slots are called
   */
  Optional<LineFinding> difference(
      float[] logged, int at, IntPredicate isLogged, List<String> names) {
    Optional<Fault> fault =
        faults.list().stream().filter(any -> isLogged(any.field(), isLogged)).findFirst();
    if (fault.isPresent()) {
      return Optional.of(
          new LineFinding.Different(
              fault.get().field(), "a value that was scored", fault.get().toString()));
    }

    for (int slot = 0; slot < slots.length; slot++) {
      boolean isSame = Float.floatToIntBits(slots[slot]) == Float.floatToIntBits(logged[at + slot]);
      if (!isSame && isLogged.test(slot)) {
        return Optional.of(
            new LineFinding.Different(
                names.get(slot),
                LineDifference.shown(logged[at + slot]),
                LineDifference.shown(slots[slot])));
      }
    }

    return Optional.empty();
  }

  private boolean isLogged(String column, IntPredicate isLogged) {
    int index = schema.fieldIndex(column);
    return index < 0 || isLogged.test(schema.fields().get(index).slot(0));
  }
}
