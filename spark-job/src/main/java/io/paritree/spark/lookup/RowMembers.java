package io.paritree.spark.lookup;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.lookup.build.MemberText;
import io.paritree.spark.task.ColumnKind;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/** Writes some columns of a row as {@link MemberText}. Not thread-safe. */
final class RowMembers {
  private final StructField[] fields;
  private final String[] names;
  private final int[] passed;
  private final int[] own;
  private final MemberText text = new MemberText();
  private final JsonGenerator json = text.json();

  /**
   * @param passed which columns of a row of this schema are passed
   * @param own which are the job's
   */
  RowMembers(StructType schema, List<Integer> passed, List<Integer> own) {
    this.fields = schema.fields();
    this.names = schema.fieldNames().clone();
    own.forEach(ordinal -> names[ordinal] = MemberText.name(names[ordinal]));
    this.passed = passed.stream().mapToInt(Integer::intValue).toArray();
    this.own = own.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Writes a row's members in place of those that were written before. */
  void write(SpecializedGetters row) {
    if (passed.length + own.length == 0) {
      text.clear();
      return;
    }

    try {
      text.begin();
      if (passed.length > 0) {
        text.beginPassed();
        members(row, passed);
        text.endPassed();
      }

      members(row, own);
      text.end();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a row as JSON", e);
    }
  }

  /** Returns the array that holds the members from index 0; valid until the next row. */
  byte[] array() {
    return text.array();
  }

  int length() {
    return text.length();
  }

  private void members(SpecializedGetters row, int[] ordinals) throws IOException {
    for (int ordinal : ordinals) {
      json.writeFieldName(names[ordinal]);
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
          text.date(from.getInt(at));
        } else {
          json.writeNumber(from.getInt(at));
        }
      }
      case LONG -> {
        if (type instanceof TimestampType) {
          text.timestamp(from.getLong(at));
        } else if (type instanceof TimestampNTZType) {
          text.localTimestamp(from.getLong(at));
        } else {
          json.writeNumber(from.getLong(at));
        }
      }
      case FLOAT -> text.number(from.getFloat(at));
      case DOUBLE -> text.number(from.getDouble(at));
      case TEXT -> json.writeString(from.getUTF8String(at).toString());
      case BINARY -> json.writeBinary(from.getBinary(at));
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        text.decimal(from.getDecimal(at, decimal.precision(), decimal.scale()).toJavaBigDecimal());
      }
      case OTHER -> nested(from, at, type);
    }
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
}
