package io.paritree.replay;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.FaultCode;
import io.paritree.feature.Schema;
import io.paritree.prediction.PredictionColumns;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.RecordValues;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A line of a row that was refused: its record has the same faults again, by field and code.
 *
 * <p>A record has values, and no other parts of what a caller sent. So a fault of a field that the
 * model does not read, of a field that was there twice, or of an object in place of a value cannot
 * be found again. Keeps its buffers; not thread-safe.
 */
final class RefusedLine {
  private static final int MOST_FAULTS = 100; // that a row has

  /** Of something that is no value. */
  private static final Set<String> OF_THE_FORM =
      Set.of(
          FaultCode.DUPLICATE_FIELD.code(),
          FaultCode.UNKNOWN_FIELD.code(),
          FaultCode.MALFORMED_RECORD.code());

  private final Schema schema;
  private final RecordValues values;
  private final RecordedRow record;
  private final SortedSet<Named> logged = new TreeSet<>();

  /** A fault without the value that has it. */
  private record Named(String field, String code) implements Comparable<Named> {
    @Override
    public int compareTo(Named other) {
      int order = field.compareTo(other.field);
      return order == 0 ? code.compareTo(other.code) : order;
    }

    @Override
    public String toString() {
      return code + " of '" + field + "'";
    }
  }

  RefusedLine(Schema schema) {
    this.schema = schema;
    this.values = new RecordValues(schema.fields().size());
    this.record = new RecordedRow(schema, values);
  }

  /** Returns whether the line that was read last has a record. */
  boolean hasRecord() {
    return record.isThere();
  }

  /**
   * Reads a line.
   *
   * @return empty if its record has these faults; otherwise how it has others, or why that is not
   *     known
   * @throws MalformedJsonException if it is no line of a refused row
   */
  Optional<LineFinding> read(JsonDocument line) throws MalformedJsonException {
    logged.clear();
    record.begin();
    boolean hasFaults = false;
    line.next();
    for (String name = line.member(); name != null; name = line.member()) {
      switch (name) {
        case PredictionColumns.FAULTS -> {
          if (hasFaults || line.token() != JsonToken.START_ARRAY) {
            throw line.malformed("one list of faults is expected");
          }

          hasFaults = true;
          readFaults(line);
        }
        case PredictionColumns.RECORD -> record.read(line);
        case PredictionColumns.CELLS -> record.readCells(line);
        default -> line.skip();
      }
    }

    return compared();
  }

  private void readFaults(JsonDocument line) throws MalformedJsonException {
    while (line.next() == JsonToken.START_OBJECT) {
      String field = "";
      String code = "";
      for (String name = line.member(); name != null; name = line.member()) {
        if (line.token() != JsonToken.VALUE_STRING) {
          throw line.malformed("a text is expected");
        } else if (name.equals(PredictionColumns.FAULT_FIELD)) {
          field = line.text();
        } else if (name.equals(PredictionColumns.FAULT_CODE)) {
          code = line.text();
        }
      }

      logged.add(new Named(field, code));
    }

    if (line.token() != JsonToken.END_ARRAY) {
      throw line.malformed("a fault is expected");
    }
  }

  private Optional<LineFinding> compared() {
    if (!record.isThere()) {
      return Optional.of(new LineFinding.Incomplete("the record of a refused row"));
    }

    SortedSet<Named> again = new TreeSet<>();
    record.faults().forEach((code, field) -> again.add(new Named(field, code.code())));
    SortedSet<Named> gone = new TreeSet<>(logged);
    gone.removeAll(again);
    SortedSet<Named> more = new TreeSet<>(again);
    more.removeAll(logged);
    if (logged.isEmpty()
        || logged.size() >= MOST_FAULTS
        || gone.stream().anyMatch(this::isOfNoRecord)
        || more.stream().anyMatch(this::isLeftOut)) {
      return Optional.of(
          new LineFinding.Incomplete("a part of the refused row that no record has"));
    }

    return gone.isEmpty() && more.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new LineFinding.Different(
                PredictionColumns.FAULTS, logged.toString(), again.toString()));
  }

  private boolean hasValue(Named fault) {
    int index = schema.fieldIndex(fault.field());
    return index >= 0 && values.value(0, index) != null;
  }

  /** Returns whether a fault is of something that a record does not have. */
  private boolean isOfNoRecord(Named fault) {
    boolean isMissing = fault.code().equals(FaultCode.MISSING_VALUE.code());
    return OF_THE_FORM.contains(fault.code()) || !isMissing && !hasValue(fault);
  }

  /** Returns whether a fault comes from a value that was left out, or was none. */
  private boolean isLeftOut(Named fault) {
    return fault.code().equals(FaultCode.MISSING_VALUE.code()) && !hasValue(fault);
  }
}
