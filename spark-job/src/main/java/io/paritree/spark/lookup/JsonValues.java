package io.paritree.spark.lookup;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.lookup.KeyColumn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** Writes the values of a file's columns into {@link MemberText}, in the order of the columns. */
final class JsonValues {
  /** The types whose values are neither whole numbers nor bytes. */
  private static final Set<PrimitiveTypeName> NEITHER =
      Set.of(PrimitiveTypeName.BOOLEAN, PrimitiveTypeName.FLOAT, PrimitiveTypeName.DOUBLE);

  private final MemberText text;
  private final JsonGenerator json;

  JsonValues(MemberText text) {
    this.text = text;
    this.json = text.json();
  }

  /** Prepares the place at which a value is written: its name, after the fields before it. */
  @FunctionalInterface
  interface Place {
    void reach() throws IOException;
  }

  /** Fields of an object that are written in their order, null where a row has no value. */
  final class Fields {
    private final List<String> names;
    private int next;

    Fields(List<String> names) {
      this.names = names;
    }

    boolean isEmpty() {
      return names.isEmpty();
    }

    void begin() {
      next = 0;
    }

    Place at(int field) {
      return () -> {
        nullsUntil(field);
        json.writeFieldName(names.get(field));
        next = field + 1;
      };
    }

    void end() throws IOException {
      nullsUntil(names.size());
    }

    private void nullsUntil(int end) throws IOException {
      for (; next < end; next++) {
        json.writeNullField(names.get(next));
      }
    }
  }

  /**
   * Returns what receives the values of a column.
   *
   * @throws UnusableRowsException if the job writes no such column
   */
  Converter converter(Type type, Place place) throws UnusableRowsException {
    if (type.isPrimitive()) {
      return primitive(type.asPrimitiveType(), place);
    }

    GroupType group = type.asGroupType();
    LogicalTypeAnnotation meaning = group.getLogicalTypeAnnotation();
    if (meaning instanceof ListLogicalTypeAnnotation) {
      return array(group, element(group.getType(0)), place);
    } else if (meaning instanceof MapLogicalTypeAnnotation) {
      return array(group, object(group.getType(0).asGroupType(), () -> {}), place);
    } else if (meaning == null) {
      return object(group, place);
    }

    throw unknown(type);
  }

  private static UnusableRowsException unknown(Type type) {
    return new UnusableRowsException(
        "column '%s' is %s, which an index has no form for".formatted(type.getName(), type));
  }

  private Converter array(GroupType group, Converter repeated, Place place) {
    return new Group(List.of(repeated)) {
      @Override
      void begin() throws IOException {
        place.reach();
        json.writeStartArray();
      }

      @Override
      void finish() throws IOException {
        json.writeEndArray();
      }
    };
  }

  /** Returns what receives the elements of a list: a group around each, by which it may be null. */
  private Converter element(Type repeated) throws UnusableRowsException {
    if (repeated.isPrimitive()
        || repeated.asGroupType().getFieldCount() > 1
        || repeated.getName().equals("array")) {
      return converter(repeated, () -> {});
    }

    boolean[] isThere = {false};
    Converter value = converter(repeated.asGroupType().getType(0), () -> isThere[0] = true);
    return new Group(List.of(value)) {
      @Override
      void begin() {
        isThere[0] = false;
      }

      @Override
      void finish() throws IOException {
        if (!isThere[0]) {
          json.writeNull();
        }
      }
    };
  }

  private Converter object(GroupType group, Place place) throws UnusableRowsException {
    Fields fields = new Fields(group.getFields().stream().map(Type::getName).toList());
    List<Converter> values = new ArrayList<>();
    for (int field = 0; field < group.getFieldCount(); field++) {
      values.add(converter(group.getType(field), fields.at(field)));
    }

    return new Group(values) {
      @Override
      void begin() throws IOException {
        place.reach();
        json.writeStartObject();
        fields.begin();
      }

      @Override
      void finish() throws IOException {
        fields.end();
        json.writeEndObject();
      }
    };
  }

  /** A group of columns. */
  abstract static class Group extends GroupConverter {
    private final List<Converter> columns;

    Group(List<Converter> columns) {
      this.columns = columns;
    }

    abstract void begin() throws IOException;

    abstract void finish() throws IOException;

    @Override
    public Converter getConverter(int column) {
      return columns.get(column);
    }

    @Override
    public void start() {
      written(this::begin);
    }

    @Override
    public void end() {
      written(this::finish);
    }
  }

  private static void written(Place what) {
    try {
      what.reach();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a row as JSON", e);
    }
  }

  private PrimitiveConverter primitive(PrimitiveType type, Place place)
      throws UnusableRowsException {
    KeyColumn.Type meaning = KeyValues.type(type).orElse(null);
    PrimitiveTypeName stored = type.getPrimitiveTypeName();
    if (meaning == KeyColumn.Type.DECIMAL) {
      int scale = KeyValues.scale(type);
      return new Value(
          place,
          number -> decimal(BigDecimal.valueOf(number, scale)),
          bytes -> decimal(new BigDecimal(new BigInteger(bytes.getBytesUnsafe()), scale)));
    } else if (meaning == KeyColumn.Type.TEXT) {
      return new Value(place, null, bytes -> json.writeString(bytes.toStringUsingUTF8()));
    } else if (meaning == KeyColumn.Type.INTEGER) {
      return new Value(place, json::writeNumber, null);
    } else if (NEITHER.contains(stored)) {
      return new Value(place, null, null);
    } else if (meaning != null) {
      return new Value(place, number -> json.writeString(meaning.text(number)), null);
    } else if (stored == PrimitiveTypeName.BINARY && type.getLogicalTypeAnnotation() == null) {
      return new Value(place, null, bytes -> json.writeBinary(bytes.getBytesUnsafe()));
    }

    throw unknown(type);
  }

  private void decimal(BigDecimal value) throws IOException {
    json.writeNumber(value.toPlainString());
  }

  /** Writes a whole number as what it means. */
  @FunctionalInterface
  private interface Whole {
    void write(long number) throws IOException;
  }

  /** Writes bytes as what they mean. */
  @FunctionalInterface
  private interface Bytes {
    void write(Binary bytes) throws IOException;
  }

  /** Receives the values of a column that has no others in it. */
  private final class Value extends PrimitiveConverter {
    private final Place place;
    private final Whole whole;
    private final Bytes bytes;

    private Value(Place place, Whole whole, Bytes bytes) {
      this.place = place;
      this.whole = whole;
      this.bytes = bytes;
    }

    private void put(Place value) {
      written(
          () -> {
            place.reach();
            value.reach();
          });
    }

    @Override
    public void addInt(int value) {
      addLong(value);
    }

    @Override
    public void addLong(long value) {
      put(() -> whole.write(value));
    }

    @Override
    public void addBinary(Binary value) {
      put(() -> bytes.write(value));
    }

    @Override
    public void addBoolean(boolean value) {
      put(() -> json.writeBoolean(value));
    }

    @Override
    public void addFloat(float value) {
      put(() -> text.number(value));
    }

    @Override
    public void addDouble(double value) {
      put(() -> text.number(value));
    }
  }
}
