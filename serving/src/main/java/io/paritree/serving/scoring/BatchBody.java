package io.paritree.serving.scoring;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.record.CsvLines;
import io.paritree.record.CsvRecords;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.RecordFormatException;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.models.RequestBuffers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads the records of a batch from each form that a body may have. */
enum BatchBody {
  /** An array of objects; anything but a record that is wrong refuses the whole body. */
  JSON("application/json") {
    @Override
    void read(byte[] body, String keyField, Batch batch) throws IOException {
      try (JsonDocument document = JsonDocument.of(body, 0, body.length)) {
        if (document.next() != JsonToken.START_ARRAY) {
          throw malformed(
              "Cannot read the body: expected a JSON array of records; send a single record to"
                  + " .../score.");
        }

        while (document.next() != JsonToken.END_ARRAY) {
          batch.begin();
          RequestBuffers buffers = batch.buffers();
          buffers.reader.read(document, buffers.slots, batch.at(), buffers.faults);
          batch.end(buffers.reader.key());
        }

        document.end();
      } catch (MalformedJsonException e) {
        throw malformed(e.getMessage());
      }
    }
  },

  /** An object a line; a line that is no JSON is a fault of its record. */
  LINES("application/x-ndjson", "application/ndjson", "application/jsonl") {
    @Override
    void read(byte[] body, String keyField, Batch batch) {
      for (int from = 0; from < body.length; ) {
        int to = from;
        while (to < body.length && body[to] != '\n') {
          to++;
        }

        if (!isBlank(body, from, to)) {
          readLine(body, from, to, batch);
        }

        from = to + 1;
      }
    }
  },

  /** A header, then a record a line; the header must have all columns that the model reads. */
  CSV("text/csv", "application/csv") {
    @Override
    void read(byte[] body, String keyField, Batch batch) throws IOException {
      RequestBuffers buffers = batch.buffers();
      Schema schema = batch.schema();
      int most = schema.fields().size() + MAX_OTHER_COLUMNS;
      try (CsvLines lines = CsvLines.open(new ByteArrayInputStream(body), "the body", most)) {
        CsvRecords records = new CsvRecords(lines, "the body", schema);
        int key = keyField.isEmpty() ? -1 : lines.column(keyField);
        records.keepIn(batch.values());
        checkColumns(lines.columns(), keyField, schema, buffers.reader);
        while (true) {
          batch.begin();
          if (!records.next(buffers.slots, batch.at(), buffers.faults)) {
            break;
          }

          byte[] cell = key < 0 ? new byte[0] : lines.copy(key);
          batch.end(keyField.isEmpty() ? null : key(cell, keyField, buffers.faults));
        }
      } catch (RecordFormatException e) {
        throw malformed(e.getMessage() + ".");
      }
    }
  };

  private static final int MAX_OTHER_COLUMNS = 10_000;
  private static final int MAX_REASON = 100;

  private final List<String> types;

  BatchBody(String... types) {
    this.types = List.of(types);
  }

  /** Returns the content types of this form; the first is the usual one. */
  List<String> types() {
    return types;
  }

  /**
   * Reads all records.
   *
   * @param keyField the field whose value is the key of a record; empty for none
   * @param batch receives the records
   */
  abstract void read(byte[] body, String keyField, Batch batch) throws IOException;

  private static String key(byte[] cell, String field, Faults faults) {
    if (cell.length == 0) {
      faults.missingKey(field);
      return null;
    }

    if (cell.length > Feature.MAX_TEXT) {
      faults.longKey(field);
      return null;
    }

    return new String(cell, StandardCharsets.UTF_8);
  }

  private static boolean isBlank(byte[] body, int from, int to) {
    for (int at = from; at < to; at++) {
      if (body[at] != ' ' && body[at] != '\t' && body[at] != '\r') {
        return false;
      }
    }

    return true;
  }

  private static void readLine(byte[] body, int from, int to, Batch batch) {
    batch.begin();
    RequestBuffers buffers = batch.buffers();
    String key = null;
    try (JsonDocument document = JsonDocument.of(body, from, to - from)) {
      document.next();
      buffers.reader.read(document, buffers.slots, batch.at(), buffers.faults);
      key = buffers.reader.key();
      document.end();
    } catch (MalformedJsonException e) {
      String got = "no JSON: " + Fault.printable(e.getMessage(), MAX_REASON);
      buffers.faults.add(new Fault(FaultCode.MALFORMED_RECORD, "", got, "a JSON object"));
    }

    batch.end(key);
  }

  /** Refuses columns that no feature reads, where they are refused in JSON. */
  private static void checkColumns(
      List<String> columns, String keyField, Schema schema, JsonRecordReader reader) {
    for (String column : columns) {
      if (reader.rejectsUnknown() && schema.fieldIndex(column) < 0 && !column.equals(keyField)) {
        throw malformed(
            "Cannot read the body: its header has the column '%s', which the model does not read;"
                    .formatted(Fault.printable(column, MAX_REASON))
                + " leave it out, or name it as the key.");
      }
    }
  }

  private static ProblemException malformed(String detail) {
    return new ProblemException(Problems.MALFORMED_BODY.of(detail));
  }
}
