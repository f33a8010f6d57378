package io.paritree.record;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads flat JSON objects into rows of slots.
 *
 * <p>All faults of a record are found in one pass. Anything wrong with a record is a fault; only a
 * document that cannot be read as JSON throws. The fault of an unknown field has the nearest name
 * as its hint, within the limit of the document's {@link Hints}. Keeps its buffers from record to
 * record; one per thread, not thread-safe.
 */
public final class JsonRecordReader {
  /** A table that has grown by one record of many unknown names is not kept for the next. */
  private static final int MAX_KEPT_NAMES = 256;

  private final Schema schema;
  private final UnknownFields unknown;
  private final List<Field> fields;
  private final int[] required;
  private final TextBytes text = new TextBytes();

  /** The number of the record in which a field was seen last. */
  private final int[] seen;

  private Set<String> unknownNames = new HashSet<>();
  private int record;
  private long ignored;
  private String keyField; // null unless records have keys
  private String key;
  private RecordValues values; // null unless they are kept

  public JsonRecordReader(Schema schema, UnknownFields unknown) {
    this.schema = schema;
    this.unknown = unknown;
    this.fields = schema.fields();
    this.required = schema.required();
    this.seen = new int[fields.size()];
  }

  /**
   * From now on, the records have a key in a field: text or a number. A feature may read it too;
   * otherwise it is no unknown field. A record without a key, or with one that is too long, has a
   * fault.
   *
   * @param field null if records have no key
   */
  public void keyIn(String field) {
    keyField = field;
  }

  /**
   * From now on, keeps the values of the records, where the calling code begins each.
   *
   * @param values null if they are not kept
   */
  public void keepIn(RecordValues values) {
    this.values = values;
  }

  /**
   * Returns the key of the last record: its text, or its number as it is written; null if it has
   * none.
   */
  public String key() {
    return key;
  }

  /** Returns whether a field that no feature reads is a fault. */
  public boolean rejectsUnknown() {
    return unknown == UnknownFields.REJECT;
  }

  /**
   * Reads the record at the document's current token, and stops at the record's last token.
   *
   * @param row slots {@code [at, at + width)} receive the record; must not be used if it has faults
   * @param faults receives its faults; a fault's field is the name of the field
   * @throws MalformedJsonException if the document cannot be read to the end of the record
   */
  public void read(JsonDocument document, float[] row, int at, Faults faults)
      throws MalformedJsonException {
    key = null;
    if (document.token() == null) {
      throw document.malformed("it ends where a record is expected");
    }

    if (document.token() != JsonToken.START_OBJECT) {
      faults.add(
          new Fault(FaultCode.MALFORMED_RECORD, "", kind(document.token()), "a JSON object"));
      document.skip();
      return;
    }

    startRecord();
    schema.clear(row, at);
    boolean keyed = false;
    int expected = 0;
    while (document.next() == JsonToken.FIELD_NAME) {
      String name = document.name();
      int index =
          expected < fields.size() && fields.get(expected).column().equals(name)
              ? expected
              : schema.fieldIndex(name);
      document.next();
      if (keyField != null && name.equals(keyField)) {
        if (keyed && index < 0) {
          duplicate(name, faults);
        }

        key = key(document, faults);
        keyed = true;
      }

      if (index < 0 && name.equals(keyField)) {
        document.skip();
      } else if (index < 0) {
        unknown(document, name, faults);
        document.skip();
      } else if (seen[index] == record) {
        duplicate(name, faults);
        document.skip();
      } else {
        seen[index] = record;
        keep(document, index);
        value(document, fields.get(index), row, at, faults);
        expected = index + 1;
      }
    }

    if (keyField != null && !keyed) {
      faults.missingKey(keyField);
    }

    for (int index : required) {
      if (seen[index] != record && !faults.isFull()) {
        fields.get(index).missing(row, at, faults);
      }
    }
  }

  /**
   * Keeps the value at the document's current token as a field's value, if values are kept. Null
   * and NaN are absent.
   *
   * @param index the index of the field in the schema's fields
   */
  public void keep(JsonDocument document, int index) throws MalformedJsonException {
    if (values == null || !values.keeps(index)) {
      return;
    }

    JsonToken token = document.token();
    boolean isNaN =
        token.isNumeric() && !document.isLongNumber() && Double.isNaN(document.number());
    if (token == JsonToken.VALUE_NULL || !token.isScalarValue() || isNaN) {
      return;
    }

    document.text(text);
    if (token == JsonToken.VALUE_STRING) {
      values.text(index, text.bytes(), 0, text.length());
    } else {
      values.literal(index, text.bytes(), 0, text.length());
    }
  }

  private String key(JsonDocument document, Faults faults) throws MalformedJsonException {
    JsonToken token = document.token();
    if (token != JsonToken.VALUE_STRING && !token.isNumeric()) {
      faults.missingKey(keyField);
      return null;
    }

    if (token == JsonToken.VALUE_STRING) {
      document.text(text);
    }

    boolean tooLong =
        token == JsonToken.VALUE_STRING
            ? text.length() > Feature.MAX_TEXT
            : document.isLongNumber();
    if (tooLong) {
      faults.longKey(keyField);
    }

    return tooLong ? null : document.text();
  }

  /** Gives each record its own number; when the numbers are used up, all marks are cleared. */
  private void startRecord() {
    if (unknownNames.size() > MAX_KEPT_NAMES) {
      unknownNames = new HashSet<>();
    }

    unknownNames.clear();
    if (++record == 0) {
      Arrays.fill(seen, 0);
      record = 1;
    }
  }

  private void unknown(JsonDocument document, String name, Faults faults) {
    if (unknown == UnknownFields.REJECT && faults.isFull()) {
      return; // no further fault is reported, so that no name needs to be kept
    }

    if (!unknownNames.add(name)) {
      duplicate(name, faults);
    } else if (unknown == UnknownFields.IGNORE) {
      ignored++;
    } else {
      String hint =
          document
              .hints()
              .nearest(name, schema::nearest)
              .map(near -> "did you mean '" + near + "'?")
              .orElse("");
      faults.add(
          new Fault(
              FaultCode.UNKNOWN_FIELD,
              name,
              "a field that the model does not read",
              "only the model's fields",
              hint));
    }
  }

  private static void duplicate(String name, Faults faults) {
    faults.add(new Fault(FaultCode.DUPLICATE_FIELD, name, "the field twice", "each field once"));
  }

  /**
   * Encodes the value at the document's current token for a field, and stops at its last token.
   * Null is a missing value, and so is NaN in a document that may have it.
   *
   * @param row receives a slot at {@code at + slot} for each feature of the field
   */
  public void value(JsonDocument document, Field field, float[] row, int at, Faults faults)
      throws MalformedJsonException {
    JsonToken token = document.token();
    switch (token) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        if (document.isLongNumber()) {
          field.longNumber(row, at, faults);
        } else {
          field.number(document.number(), row, at, faults);
        }
      }
      case VALUE_STRING -> {
        document.text(text);
        field.text(text.bytes(), 0, text.length(), row, at, faults);
      }
      case VALUE_NULL -> field.missing(row, at, faults);
      case VALUE_TRUE -> field.truth(true, row, at, faults);
      case VALUE_FALSE -> field.truth(false, row, at, faults);
      case START_OBJECT, START_ARRAY -> {
        field.other(kind(token), row, at, faults);
        document.skip();
      }
      default -> throw document.malformed("a value is expected");
    }
  }

  /**
   * Returns whether any record that this reader read, of fewer than four billion, had a field.
   *
   * @param index the index of the field in the schema's fields
   */
  public boolean hasSeen(int index) {
    return seen[index] != 0;
  }

  /** Returns the number of fields that were ignored since this reader was made. */
  public long ignored() {
    return ignored;
  }

  /** Returns what a fault calls a value. */
  static String kind(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      default -> token.asString();
    };
  }
}
