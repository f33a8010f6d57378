package io.paritree.replay;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.feature.Faults;
import io.paritree.feature.Schema;
import io.paritree.output.PredictionColumns;
import io.paritree.record.CsvCells;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.UnknownFields;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The record of a line, encoded as the server encodes a caller's: a JSON object by the same reader,
 * cells of a CSV file by the same rules.
 *
 * @param slots of the row; not copied
 * @param faults of the record; of a row that was scored there are none
 */
record RecordedRow(float[] slots, List<Fault> faults) {

  /**
   * Encodes a record.
   *
   * @param member of the line that has it
   */
  static RecordedRow of(Schema schema, LoggedLine line, String member)
      throws MalformedJsonException {
    float[] slots = new float[schema.width()];
    Faults faults = new Faults();
    try (JsonDocument json = line.document()) {
      json.next();
      while (!member.equals(json.member())) {
        json.skip();
      }

      if (member.equals(PredictionColumns.CELLS)) {
        readCells(schema, json, slots, faults);
      } else {
        new JsonRecordReader(schema, UnknownFields.IGNORE).read(json, slots, 0, faults);
      }
    }

    return new RecordedRow(slots, List.copyOf(faults.list()));
  }

  private static void readCells(Schema schema, JsonDocument json, float[] slots, Faults faults)
      throws MalformedJsonException {
    boolean[] given = new boolean[schema.fields().size()];
    schema.clear(slots, 0);
    for (String name = json.member(); name != null; name = json.member()) {
      int index = schema.fieldIndex(name);
      if (index < 0 || json.token() != JsonToken.VALUE_STRING) {
        json.skip();
        continue;
      }

      byte[] cell = json.text().getBytes(StandardCharsets.UTF_8);
      given[index] = true;
      CsvCells.encode(schema.fields().get(index), cell, 0, cell.length, slots, 0, faults);
    }

    for (int index : schema.required()) {
      if (!given[index]) {
        schema.fields().get(index).missing(slots, 0, faults);
      }
    }
  }
}
