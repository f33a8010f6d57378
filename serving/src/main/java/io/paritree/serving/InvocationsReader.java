package io.paritree.serving;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.feature.Field;
import io.paritree.record.CsvLines;
import io.paritree.record.CsvRecords;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.RecordFormatException;
import io.paritree.serving.Problem.PointedFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the bodies of MLflow's {@code /invocations} into rows of slots.
 *
 * <p>A JSON body is an object with exactly one of {@code dataframe_split}, {@code
 * dataframe_records}, {@code instances} and {@code inputs}. Columns are found by name, and by
 * position where there are no names; columns that no feature reads are skipped and counted. One per
 * request; not thread-safe.
 */
final class InvocationsReader {
  private static final Set<String> FORMS =
      Set.of("dataframe_split", "dataframe_records", "instances", "inputs");

  private final Table table;
  private final List<Field> fields;
  private final JsonRecordReader reader;
  private final int maxBodyBytes;
  private long skippedColumns;

  InvocationsReader(Table table, int maxBodyBytes) {
    this.table = table;
    this.fields = table.served().model().schema().fields();
    this.reader = table.served().lenientReader();
    this.maxBodyBytes = maxBodyBytes;
  }

  /**
   * What a JSON body holds beside its data.
   *
   * @param form the member that holds the data
   * @param columns the names of a {@code dataframe_split}; empty where it has none
   * @param predictMethod {@code params.predict_method}; empty where it is not given
   */
  record Outline(String form, List<String> columns, String predictMethod) {}

  /** Returns how many values were skipped because no feature reads their column. */
  long skipped() {
    return skippedColumns + reader.ignored();
  }

  /** Reads a CSV body with a header. */
  void readCsv(byte[] body) throws IOException {
    try (CsvLines lines = CsvLines.open(new ByteArrayInputStream(body), "the body")) {
      CsvRecords records = new CsvRecords(lines, "the body", table.served().model().schema());
      skippedColumns = lines.columns().size() - fields.size();
      float[] next = new float[table.at(1)];
      for (int row = 0; records.next(next, 0, table.faults()); row++) {
        table.reserve(row + 1);
        System.arraycopy(next, 0, table.slots(), table.at(row), next.length);
        table.pointFields(row, "/" + row);
      }
    } catch (RecordFormatException e) {
      throw malformed(e.getMessage());
    }
  }

  /** Reads a JSON body. */
  Outline readJson(byte[] body) {
    try {
      Outline outline = outline(body);
      try (JsonDocument document = JsonDocument.of(body, maxBodyBytes)) {
        document.next();
        while (document.next() == JsonToken.FIELD_NAME) {
          String name = document.name();
          document.next();
          if (name.equals(outline.form())) {
            readData(document, outline);
          } else {
            document.skip();
          }
        }
      }

      return outline;
    } catch (MalformedJsonException e) {
      throw malformed(e.getMessage());
    }
  }

  /** Finds out what there is, since the columns may come after the data. */
  private Outline outline(byte[] body) throws MalformedJsonException {
    try (JsonDocument document = JsonDocument.of(body, maxBodyBytes)) {
      if (document.next() != JsonToken.START_OBJECT) {
        throw malformed(
            "Invalid input. The input must be a JSON dictionary with exactly one of the input fields"
                + " 'dataframe_split', 'dataframe_records', 'instances', 'inputs'.");
      }

      String form = "";
      List<String> columns = List.of();
      String method = "";
      while (document.next() == JsonToken.FIELD_NAME) {
        String name = document.name();
        document.next();
        if (FORMS.contains(name)) {
          if (!form.isEmpty()) {
            throw malformed(
                "Invalid input. The input must have exactly one of 'dataframe_split',"
                    + " 'dataframe_records', 'instances', 'inputs'; it has more.");
          }

          form = name;
          if (name.equals("dataframe_split")) {
            columns = splitColumns(document);
          }
        } else if (name.equals("params")) {
          method = predictMethod(document);
        } else if (name.equals("signature_name")) {
          throw malformed("\"signature_name\" parameter is currently not supported");
        }

        document.skip();
      }

      document.end();
      if (form.isEmpty()) {
        throw malformed(
            "Invalid input. The input must have exactly one of 'dataframe_split',"
                + " 'dataframe_records', 'instances', 'inputs'; it has none.");
      }

      return new Outline(form, columns, method);
    }
  }

  private static List<String> splitColumns(JsonDocument document) throws MalformedJsonException {
    if (document.token() != JsonToken.START_OBJECT) {
      throw split();
    }

    List<String> columns = List.of();
    boolean data = false;
    while (document.next() == JsonToken.FIELD_NAME) {
      String name = document.name();
      document.next();
      switch (name) {
        case "data" -> {
          if (data) {
            throw split();
          }

          data = true;
          document.skip();
        }
        case "index" -> document.skip();
        case "columns" -> columns = texts(document);
        default -> throw split();
      }
    }

    if (!data) {
      throw split();
    }

    return columns;
  }

  private static List<String> texts(JsonDocument document) throws MalformedJsonException {
    if (document.token() != JsonToken.START_ARRAY) {
      throw malformed("The 'columns' of a dataframe_split must be a list of names.");
    }

    List<String> texts = new ArrayList<>();
    Set<String> unique = new HashSet<>();
    while (document.next() != JsonToken.END_ARRAY) {
      if (document.token() != JsonToken.VALUE_STRING || !unique.add(document.text())) {
        throw malformed("The 'columns' of a dataframe_split must be names, each once.");
      }

      texts.add(document.text());
    }

    return texts;
  }

  private static String predictMethod(JsonDocument document) throws MalformedJsonException {
    if (document.token() != JsonToken.START_OBJECT) {
      throw malformed("'params' must be an object.");
    }

    String method = "";
    while (document.next() == JsonToken.FIELD_NAME) {
      String name = document.name();
      document.next();
      if (name.equals("predict_method") && document.token() == JsonToken.VALUE_STRING) {
        method = document.text();
      }

      document.skip();
    }

    return method;
  }

  private void readData(JsonDocument document, Outline outline) throws MalformedJsonException {
    String pointer = "/" + outline.form();
    switch (outline.form()) {
      case "dataframe_records" -> {
        if (document.token() != JsonToken.START_ARRAY) {
          throw malformed("Dataframe records format must be a list of records.");
        }

        readRows(document, pointer, false);
      }
      case "dataframe_split" -> readSplit(document, outline.columns(), pointer);
      default -> {
        if (document.token() == JsonToken.START_OBJECT && outline.form().equals("inputs")) {
          readColumns(document, pointer);
        } else if (document.token() == JsonToken.START_ARRAY) {
          readRows(document, pointer, true);
        } else {
          throw malformed("'%s' must be a list of records or of rows.".formatted(outline.form()));
        }
      }
    }
  }

  private void readSplit(JsonDocument document, List<String> columns, String pointer)
      throws MalformedJsonException {
    while (document.next() == JsonToken.FIELD_NAME) {
      boolean data = document.name().equals("data");
      document.next();
      if (!data) {
        document.skip();
        continue;
      }

      if (document.token() != JsonToken.START_ARRAY) {
        throw split();
      }

      int[] order = columns.isEmpty() ? positions() : positions(columns);
      for (int row = 0; document.next() != JsonToken.END_ARRAY; row++) {
        readRow(document, order, row, pointer + "/data/" + row);
      }
    }
  }

  /** Reads a list of objects, or of lists where those are admitted. */
  private void readRows(JsonDocument document, String pointer, boolean listsAdmitted)
      throws MalformedJsonException {
    int[] order = positions();
    for (int row = 0; document.next() != JsonToken.END_ARRAY; row++) {
      if (listsAdmitted && document.token() == JsonToken.START_ARRAY) {
        readRow(document, order, row, pointer + "/" + row);
      } else {
        table.reserve(row + 1);
        reader.read(document, table.slots(), table.at(row), table.faults());
        table.pointFields(row, pointer + "/" + row);
      }
    }
  }

  /**
   * Reads a row given as a list.
   *
   * @param order the field of each position, -1 for none
   */
  private void readRow(JsonDocument document, int[] order, int row, String pointer)
      throws MalformedJsonException {
    if (document.token() != JsonToken.START_ARRAY) {
      throw malformed("Each row must be a list of %s values.".formatted(order.length));
    }

    table.reserve(row + 1);
    boolean[] given = new boolean[fields.size()];
    int column = 0;
    for (; document.next() != JsonToken.END_ARRAY; column++) {
      if (column >= order.length) {
        throw malformed(
            "Row %s has more than the %s columns that there are.".formatted(row, order.length));
      }

      if (order[column] < 0) {
        skippedColumns++;
        document.skip();
      } else {
        given[order[column]] = true;
        reader.value(
            document, fields.get(order[column]), table.slots(), table.at(row), table.faults());
        table.point(row, pointer + "/" + column);
      }
    }

    if (column < order.length) {
      throw malformed(
          "Row %s has %s of the %s columns that there are.".formatted(row, column, order.length));
    }

    fillMissing(given, row, pointer);
  }

  private void fillMissing(boolean[] given, int row, String pointer) {
    for (int index = 0; index < given.length; index++) {
      if (!given[index]) {
        fields.get(index).missing(table.slots(), table.at(row), table.faults());
        table.point(row, pointer);
      }
    }
  }

  /** Reads an object of columns, each a list. */
  private void readColumns(JsonDocument document, String pointer) throws MalformedJsonException {
    boolean[] given = new boolean[fields.size()];
    int length = -1;
    while (document.next() == JsonToken.FIELD_NAME) {
      String name = document.name();
      int index = table.served().model().schema().fieldIndex(name);
      if (document.next() != JsonToken.START_ARRAY) {
        throw malformed("Each of the 'inputs' must be a list of values.");
      }

      if (index >= 0 && given[index]) {
        throw malformed("A column of 'inputs' stands twice.");
      }

      int row = 0;
      for (; document.next() != JsonToken.END_ARRAY; row++) {
        if (index < 0) {
          skippedColumns++;
          document.skip();
        } else {
          table.reserve(row + 1);
          reader.value(document, fields.get(index), table.slots(), table.at(row), table.faults());
          table.point(row, PointedFault.child(pointer, name) + "/" + row);
        }
      }

      if (index >= 0) {
        given[index] = true;
        if (length >= 0 && row != length) {
          throw malformed("The length of values for each input/column name are not the same");
        }

        length = row;
      }
    }

    for (int row = 0; row < table.rows(); row++) {
      fillMissing(given, row, pointer);
    }
  }

  private int[] positions() {
    int[] order = new int[fields.size()];
    for (int index = 0; index < order.length; index++) {
      order[index] = index;
    }

    return order;
  }

  private int[] positions(List<String> columns) {
    int[] order = new int[columns.size()];
    for (int index = 0; index < order.length; index++) {
      order[index] = table.served().model().schema().fieldIndex(columns.get(index));
    }

    return order;
  }

  private static ProblemException split() {
    return malformed(
        "Dataframe split format must have 'data' field and optionally 'columns' and 'index' fields.");
  }

  private static ProblemException malformed(String detail) {
    return new ProblemException(Problems.malformedBody(detail));
  }
}
