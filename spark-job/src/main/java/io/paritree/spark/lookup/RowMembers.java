package io.paritree.spark.lookup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.spark.task.ColumnKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * Writes some columns of a row as members of a JSON object, each after a comma: those that are
 * passed in the object {@code columns}, since they may have any names, and the job's own.
 *
 * <p>Floats and doubles read back to the same bits; those that are not finite, dates and timestamps
 * are text, bytes are base64. Not thread-safe.
 */
final class RowMembers {
  private final StructField[] fields;
  private final int[] passed;
  private final int[] own;
  private final Bytes bytes = new Bytes();
  private final JsonGenerator json;

  /**
   * @param passed which columns of a row of this schema are passed
   * @param own which are the job's
   */
  RowMembers(StructType schema, List<Integer> passed, List<Integer> own) {
    this.fields = schema.fields();
    this.passed = passed.stream().mapToInt(Integer::intValue).toArray();
    this.own = own.stream().mapToInt(Integer::intValue).toArray();
    try {
      this.json = new JsonFactory().setRootValueSeparator(null).createGenerator(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a row's members in place of those that were written before. */
  void write(SpecializedGetters row) {
    bytes.reset();
    if (passed.length + own.length == 0) {
      return;
    }

    try {
      json.writeStartObject();
      if (passed.length > 0) {
        json.writeObjectFieldStart("columns");
        members(row, passed);
        json.writeEndObject();
      }

      members(row, own);
      json.writeEndObject();
      json.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a row as JSON", e);
    }

    bytes.makeMembers();
  }

  /** Returns the array that holds the members from index 0; valid until the next row. */
  byte[] array() {
    return bytes.array();
  }

  int length() {
    return bytes.size();
  }

  private void members(SpecializedGetters row, int[] ordinals) throws IOException {
    for (int ordinal : ordinals) {
      json.writeFieldName(fields[ordinal].name());
      value(row, ordinal, fields[ordinal].dataType());
    }
  }

  private void value(SpecializedGetters from, int at, DataType type) throws IOException {
    if (from.isNullAt(at)) {
      json.writeNull();
      return;
    }

    switch (ColumnKind.of(type)) {
      case BOOLEAN -> json.writeBoolean(from.getBoolean(at));
      case BYTE -> json.writeNumber(from.getByte(at));
      case SHORT -> json.writeNumber(from.getShort(at));
      case INT -> {
        if (type instanceof DateType) {
          json.writeString(LocalDate.ofEpochDay(from.getInt(at)).toString());
        } else {
          json.writeNumber(from.getInt(at));
        }
      }
      case LONG -> {
        if (type instanceof TimestampType) {
          json.writeString(instant(from.getLong(at)).toString());
        } else if (type instanceof TimestampNTZType) {
          json.writeString(
              LocalDateTime.ofInstant(instant(from.getLong(at)), ZoneOffset.UTC).toString());
        } else {
          json.writeNumber(from.getLong(at));
        }
      }
      case FLOAT -> json.writeNumber(from.getFloat(at));
      case DOUBLE -> json.writeNumber(from.getDouble(at));
      case TEXT -> json.writeString(from.getUTF8String(at).toString());
      case BINARY -> json.writeBinary(from.getBinary(at));
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        json.writeNumber(
            from.getDecimal(at, decimal.precision(), decimal.scale())
                .toJavaBigDecimal()
                .toPlainString());
      }
      case OTHER -> nested(from, at, type);
    }
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private void nested(SpecializedGetters from, int at, DataType type) throws IOException {
    if (type instanceof ArrayType list) {
      array(from.getArray(at), list.elementType());
    } else if (type instanceof StructType struct) {
      SpecializedGetters inner = from.getStruct(at, struct.size());
      json.writeStartObject();
      for (int index = 0; index < struct.size(); index++) {
        json.writeFieldName(struct.fields()[index].name());
        value(inner, index, struct.fields()[index].dataType());
      }

      json.writeEndObject();
    } else if (type instanceof MapType map) {
      MapData entries = from.getMap(at);
      json.writeStartArray();
      for (int index = 0; index < entries.numElements(); index++) {
        json.writeStartObject();
        json.writeFieldName("key");
        value(entries.keyArray(), index, map.keyType());
        json.writeFieldName("value");
        value(entries.valueArray(), index, map.valueType());
        json.writeEndObject();
      }

      json.writeEndArray();
    } else {
      json.writeString(String.valueOf(from.get(at, type)));
    }
  }

  private void array(ArrayData elements, DataType type) throws IOException {
    json.writeStartArray();
    for (int index = 0; index < elements.numElements(); index++) {
      value(elements, index, type);
    }

    json.writeEndArray();
  }

  /** The text of an object, and then its members. */
  private static final class Bytes extends ByteArrayOutputStream {
    private byte[] array() {
      return buf;
    }

    /** Replaces the brace at the beginning by a comma, and removes the one at the end. */
    private void makeMembers() {
      buf[0] = ',';
      count--;
    }
  }
}
