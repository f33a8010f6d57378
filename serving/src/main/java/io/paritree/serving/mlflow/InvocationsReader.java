package io.paritree.serving.mlflow;

import static io.paritree.serving.mlflow.InvocationsOutline.malformed;
import static io.paritree.serving.mlflow.InvocationsOutline.split;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NearestName;
import io.paritree.feature.Schema;
import io.paritree.record.CsvLines;
import io.paritree.record.CsvRecords;
import io.paritree.record.Hints;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.RecordFormatException;
import io.paritree.record.RecordValues;
import io.paritree.serving.answer.Problem.PointedFault;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.RequestRows;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the bodies of MLflow's {@code /invocations} into rows of slots.
 *
 * <p>Columns are matched by name, or by position if the request has no names; columns that no
 * feature reads are skipped and counted. NaN is a missing value, as null is. A field that the whole
 * request lacks is missing in all rows if MLflow's signature says that it is not required;
 * otherwise the request is refused. A field that some records have is a missing value in the
 * others. One per request; not thread-safe.
 */
final class InvocationsReader {
  /** The maximum number of columns in a CSV body that are not read by any feature. */
  private static final int MAX_OTHER_COLUMNS = 10_000;

  private static final int MAX_SHOWN = 20;
  private static final int MAX_NAME = 100;
  private static final int MAX_SEARCHED = 100;

  private final RequestRows rows;
  private final Schema schema;
  private final List<Field> fields;
  private final JsonRecordReader reader;
  private final RequestColumns columns;
  private long skippedValues;

  InvocationsReader(RequestRows rows) {
    this.rows = rows;
    this.schema = rows.served().model().schema();
    this.fields = schema.fields();
    this.reader = rows.served().lenientReader();
    this.columns = new RequestColumns(schema);
  }

  /** Returns how many values were skipped because no feature reads their column. */
  long skipped() {
    return skippedValues + reader.ignored();
  }

  /** Reads a CSV body with a header. */
  void readCsv(byte[] body) throws IOException {
    int most = fields.size() + MAX_OTHER_COLUMNS;
    try (CsvLines lines = CsvLines.open(new ByteArrayInputStream(body), "the body", most)) {
      CsvRecords records = CsvRecords.ofSome(lines, schema);
      int unread = 0;
      for (int field : columns.addAll(lines.columns())) {
        unread += field < 0 ? 1 : 0;
      }

      float[] next = new float[rows.at(1)];
      rows.beginValues();
      records.keepIn(rows.values(0));
      for (int row = 0; records.next(next, 0, rows.faults()); row++) {
        rows.reserve(row + 1);
        rows.beginValues();
        System.arraycopy(next, 0, rows.slots(), rows.at(row), next.length);
        placeFields(row, "");
        skippedValues += unread;
      }
    } catch (RecordFormatException e) {
      throw malformed(e.getMessage());
    }

    lacks(columns.fillAbsent(rows, ""), "");
  }

  /** Reads what a JSON body has besides its data. */
  InvocationsOutline outline(byte[] body) {
    try (JsonDocument document = JsonDocument.withNaN(body)) {
      return InvocationsOutline.read(document);
    } catch (MalformedJsonException e) {
      throw malformed(e.getMessage());
    }
  }

  /** Keeps the values of the JSON body that is read next; null for none. */
  void keepIn(RecordValues values) {
    reader.keepIn(values);
  }

  /** Reads the data of a JSON body. */
  void readJson(byte[] body, InvocationsOutline outline) {
    try {
      try (JsonDocument document = JsonDocument.withNaN(body)) {
        document.next();
        for (String name = document.member(); name != null; name = document.member()) {
          if (name.equals(outline.form())) {
            readData(document, outline);
          } else {
            document.skip();
          }
        }
      }

      String pointer = "/" + outline.form();
      lacks(columns.fillAbsent(rows, pointer), pointer);
    } catch (MalformedJsonException e) {
      throw malformed(e.getMessage());
    }
  }

  /**
   * Refuses the request if the model reads columns that it lacks.
   *
   * @param pointer JSON pointer to the data
   */
  private void lacks(List<String> names, String pointer) {
    if (names.isEmpty()) {
      return;
    }

    List<String> unread = columns.unread().stream().limit(MAX_SEARCHED).toList();
    Hints hints = new Hints();
    List<PointedFault> faults = new ArrayList<>();
    for (String name : names.subList(0, Math.min(RequestRows.MAX_ERRORS, names.size()))) {
      String hint =
          hints
              .nearest(name, lacking -> NearestName.of(lacking, unread))
              .map(near -> "the request has '" + Fault.printable(near, MAX_NAME) + "'")
              .orElse("");
      faults.add(
          PointedFault.under(
              pointer,
              new Fault(
                  FaultCode.MISSING_VALUE,
                  name,
                  "no such column",
                  "a column, because the model reads it",
                  hint)));
    }

    String shown =
        names.stream()
            .limit(MAX_SHOWN)
            .map(name -> "'" + Fault.printable(name, MAX_NAME) + "'")
            .collect(Collectors.joining(", "));
    rows.refuse(
        Problems.MISSING_INPUTS.of(
            shown,
            names.size() > MAX_SHOWN ? " and %s more".formatted(names.size() - MAX_SHOWN) : ""),
        faults);
  }

  private void readData(JsonDocument document, InvocationsOutline outline)
      throws MalformedJsonException {
    String form = outline.form();
    String pointer = "/" + form;
    boolean list = document.token() == JsonToken.START_ARRAY;
    if (form.equals("dataframe_split")) {
      int[] fieldOf = outline.columns().map(columns::addAll).orElseGet(columns::addPositions);
      readSplit(document, fieldOf, pointer);
    } else if (outline.flat()) {
      readRecord(document, 0);
      if (rows.isFaulty()) {
        rows.pointFields(0, pointer);
      }

      columns.addSeen(reader);
    } else if (form.equals("inputs") && document.token() == JsonToken.START_OBJECT) {
      readColumns(document, pointer);
    } else if (!list && form.equals("dataframe_records")) {
      throw malformed("Dataframe records format must be a list of records.");
    } else if (!list) {
      throw malformed("'%s' must be a list of records or of rows.".formatted(form));
    } else {
      readRows(document, pointer, !form.equals("dataframe_records"));
    }
  }

  private void readSplit(JsonDocument document, int[] fieldOf, String pointer)
      throws MalformedJsonException {
    for (String name = document.member(); name != null; name = document.member()) {
      if (!name.equals("data")) {
        document.skip();
        continue;
      }

      if (document.token() != JsonToken.START_ARRAY) {
        throw split();
      }

      for (int row = 0; document.next() != JsonToken.END_ARRAY; row++) {
        readRow(document, fieldOf, row, pointer + "/data");
      }
    }
  }

  /** Reads a list of objects, or of lists where the form allows them. */
  private void readRows(JsonDocument document, String pointer, boolean listsAllowed)
      throws MalformedJsonException {
    int[] positions = null;
    boolean records = false;
    for (int row = 0; document.next() != JsonToken.END_ARRAY; row++) {
      if (listsAllowed && document.token() == JsonToken.START_ARRAY) {
        if (positions == null) {
          positions = columns.addPositions();
        }

        readRow(document, positions, row, pointer);
      } else {
        records |= document.token() == JsonToken.START_OBJECT;
        readRecord(document, row);
        placeFields(row, pointer);
      }
    }

    if (records) {
      columns.addSeen(reader);
    } else {
      columns.addPositions(); // rows without names are in the model's order
    }
  }

  private void readRecord(JsonDocument document, int row) throws MalformedJsonException {
    rows.reserve(row + 1);
    rows.values(row);
    reader.read(document, rows.slots(), rows.at(row), rows.faults());
  }

  /** Reads a row given as a list. */
  private void readRow(JsonDocument document, int[] fieldOf, int row, String pointer)
      throws MalformedJsonException {
    if (document.token() != JsonToken.START_ARRAY) {
      throw malformed("Each row must be a list of %s values.".formatted(fieldOf.length));
    }

    rows.reserve(row + 1);
    int column = 0;
    for (; document.next() != JsonToken.END_ARRAY; column++) {
      if (column >= fieldOf.length) {
        throw malformed(
            "Row %s has more values than the %s columns.".formatted(row, fieldOf.length));
      }

      if (fieldOf[column] < 0) {
        skippedValues++;
        document.skip();
      } else {
        readValue(document, fieldOf[column], row);
        if (rows.isFaulty()) {
          rows.point(row, pointer + "/" + row + "/" + column);
        }
      }
    }

    if (column < fieldOf.length) {
      throw malformed(
          "Row %s has values for only %s of the %s columns."
              .formatted(row, column, fieldOf.length));
    }
  }

  private void readValue(JsonDocument document, int field, int row) throws MalformedJsonException {
    if (isNoTime(document, fields.get(field))) {
      fields.get(field).missing(rows.slots(), rows.at(row), rows.faults());
    } else {
      rows.values(row);
      reader.keep(document, field);
      reader.value(document, fields.get(field), rows.slots(), rows.at(row), rows.faults());
    }
  }

  /** Returns whether a value is a missing time of a data frame, as MLflow's client writes it. */
  private static boolean isNoTime(JsonDocument document, Field field)
      throws MalformedJsonException {
    return document.token() == JsonToken.VALUE_STRING
        && field.typed().values() == Feature.Values.TIME
        && document.text().equals("NaT");
  }

  private void placeFields(int row, String pointer) {
    if (rows.isFaulty()) {
      rows.pointFields(row, pointer + "/" + row);
    }
  }

  /** Reads an object of columns, each a list. */
  private void readColumns(JsonDocument document, String pointer) throws MalformedJsonException {
    Set<String> read = new HashSet<>();
    int rowsOfFirst = 0;
    for (String name = document.member(); name != null; name = document.member()) {
      if (document.token() != JsonToken.START_ARRAY) {
        throw malformed("Each of the 'inputs' must be a list of values.");
      }

      if (!read.add(name)) {
        throw malformed("A column of 'inputs' occurs twice.");
      }

      int field = columns.add(name);
      int length =
          field < 0
              ? skipColumn(document)
              : readColumn(document, field, PointedFault.child(pointer, name));
      rowsOfFirst = read.size() == 1 ? length : rowsOfFirst;
      if (length != rowsOfFirst) {
        throw malformed("The length of values for each input/column name are not the same");
      }
    }
  }

  private int skipColumn(JsonDocument document) throws MalformedJsonException {
    int length = 0;
    for (; document.next() != JsonToken.END_ARRAY; length++) {
      document.skip();
    }

    skippedValues += length;
    return length;
  }

  private int readColumn(JsonDocument document, int field, String pointer)
      throws MalformedJsonException {
    int row = 0;
    for (; document.next() != JsonToken.END_ARRAY; row++) {
      rows.reserve(row + 1);
      readValue(document, field, row);
      if (rows.isFaulty()) {
        rows.point(row, pointer + "/" + row);
      }
    }

    return row;
  }
}
