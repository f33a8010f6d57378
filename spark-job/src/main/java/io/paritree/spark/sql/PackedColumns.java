package io.paritree.spark.sql;

import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/**
 * The columns of a Dataset that are kept, and those of a model's fields, in the form in which their
 * values reach {@link BlockScoring} and leave it unchanged: as objects, and as {@link
 * PackedNumbers}.
 *
 * <p>Filled by {@link #of}. Kept columns come first in each list. A column that is kept and read is
 * there once, if both have the same form.
 */
final class PackedColumns {
  /** The first of the floats after scoring: not 0 if the row has a fault. */
  static final int FAULT = 0;

  /** Each array costs as much as some objects. */
  private static final int MIN_PACKED = 8;

  static final String OBJECTS = "_1";
  static final String NUMBERS = "_2";

  private final StructType given;
  private final List<Column> objects = new ArrayList<>();
  private final List<DataType> keptObjects = new ArrayList<>();
  private final List<Column> longs = new ArrayList<>();
  private final List<Column> nulls = new ArrayList<>();

  /** Those of FLOAT, by their place in the Dataset. */
  private final Map<Integer, Column> floats = new LinkedHashMap<>();

  /** Those of other numbers, which a double holds, or is the nearest to. */
  private final Map<Integer, Column> doubles = new LinkedHashMap<>();

  /** The values of the kept columns after scoring. */
  private final List<Column> kept = new ArrayList<>();

  private Counts counts;
  private RowColumns read;

  /** How many kept columns there are of each form; of longs, all are kept. */
  record Counts(int objects, int floats, int doubles) implements Serializable {}

  private enum Form {
    OBJECT,
    FLOAT,
    DOUBLE,
    LONG;

    static Form ofRead(DataType type) {
      if (type instanceof FloatType) {
        return FLOAT;
      }

      // A cast of a decimal is not always the nearest double.
      return type instanceof NumericType && !(type instanceof DecimalType) ? DOUBLE : OBJECT;
    }

    static Form ofKept(DataType type) {
      return type instanceof LongType ? LONG : ofRead(type);
    }

    static boolean isPacked(StructField field) {
      return ofKept(field.dataType()) != OBJECT;
    }
  }

  private PackedColumns(StructType given) {
    this.given = given;
  }

  /**
   * Packs the columns of a Dataset.
   *
   * @param kept the places of those that are kept
   * @param columns where the fields of the model are
   */
  static PackedColumns of(StructType given, List<Integer> kept, RowColumns columns) {
    PackedColumns packed = new PackedColumns(given);
    long numbers = kept.stream().filter(place -> Form.isPacked(given.fields()[place])).count();
    kept.forEach(place -> packed.keep(place, numbers >= MIN_PACKED));
    packed.counts = new Counts(packed.objects.size(), packed.floats.size(), packed.doubles.size());
    packed.read = packed.read(columns);
    return packed;
  }

  private void keep(int place, boolean isPacked) {
    StructField field = given.fields()[place];
    Column column = named(field.name());
    Form form = isPacked ? Form.ofKept(field.dataType()) : Form.OBJECT;
    int at =
        switch (form) {
          case OBJECT -> objects.size();
          case FLOAT -> placeIn(floats, place);
          case DOUBLE -> placeIn(doubles, place);
          case LONG -> longs.size();
        };
    switch (form) {
      case OBJECT -> {
        // A String would replace bytes that are not UTF-8.
        boolean isText = field.dataType() instanceof StringType;
        objects.add(isText ? column.cast("binary") : column);
        keptObjects.add(isText ? DataTypes.BinaryType : field.dataType());
        kept.add(withNullability(object(at).cast(field.dataType()), field));
      }
      case FLOAT -> kept.add(number("floats", FAULT + 1 + at, field));
      case DOUBLE -> kept.add(number("doubles", at, field));
      case LONG -> {
        longs.add(functions.coalesce(column, functions.lit(0L)));
        kept.add(number("longs", at, field));
      }
    }
  }

  private int placeIn(Map<Integer, Column> numbers, int place) {
    numbers.putIfAbsent(place, named(given.fields()[place].name()));
    return List.copyOf(numbers.keySet()).indexOf(place);
  }

  /** Returns a kept number after scoring, null where it was. */
  private Column number(String array, int at, StructField field) {
    Column value = number(array, at).cast(field.dataType());
    if (field.nullable()) {
      nulls.add(functions.isnull(named(field.name())));
      return functions.when(isNull(nulls.size() - 1), null).otherwise(value);
    }

    return withNullability(value, field);
  }

  /**
   * Returns a column that Spark knows to have no nulls, if it had none: a table may ask for that. A
   * column of arrays, maps or structs is nullable afterwards.
   */
  private static Column withNullability(Column value, StructField field) {
    return field.nullable()
        ? value
        : someValue(field.dataType())
            .map(other -> functions.coalesce(value, functions.lit(other).cast(field.dataType())))
            .orElse(value);
  }

  /** Returns a value whose cast to a type is never null. */
  private static Optional<Object> someValue(DataType type) {
    if (type instanceof DecimalType decimal) {
      return Optional.of(BigDecimal.ZERO.setScale(decimal.scale()));
    } else if (type instanceof NumericType) {
      return Optional.of(0);
    } else if (type instanceof StringType) {
      return Optional.of("");
    } else if (type instanceof BinaryType) {
      return Optional.of(new byte[0]);
    } else if (type instanceof BooleanType) {
      return Optional.of(false);
    } else if (type instanceof DateType) {
      return Optional.of(LocalDate.EPOCH);
    } else if (type instanceof TimestampType) {
      return Optional.of(Instant.EPOCH);
    } else if (type.typeName().equals("timestamp_ntz")) {
      return Optional.of(LocalDate.EPOCH.atStartOfDay());
    }

    return Optional.empty();
  }

  private RowColumns read(RowColumns columns) {
    int fields = columns.ordinals().length;
    int[] places = new int[fields];
    DataType[] types = columns.types().clone();
    for (int field = 0; field < fields; field++) {
      int place = columns.ordinals()[field];
      places[field] =
          switch (Form.ofRead(types[field])) {
            case FLOAT -> placeIn(floats, place);
            case DOUBLE -> placeIn(doubles, place);
            default -> {
              objects.add(value(given.fields()[place]));
              yield objects.size() - 1 - counts.objects;
            }
          };
    }

    for (int field = 0; field < fields; field++) {
      int readObjects = objects.size() - counts.objects;
      switch (Form.ofRead(types[field])) {
        case FLOAT -> places[field] += readObjects;
        case DOUBLE -> {
          places[field] += readObjects + floats.size();
          types[field] = DataTypes.DoubleType;
        }
        default -> {}
      }
    }

    return new RowColumns(places, types, readWidth());
  }

  private int readWidth() {
    return objects.size() - counts.objects + floats.size() + doubles.size();
  }

  /**
   * Returns a field's column as a type whose objects hold every value: a {@code String} would
   * replace bytes that are not UTF-8, and a {@code Timestamp} has another calendar before 1582.
   */
  private static Column value(StructField field) {
    DataType type = field.dataType();
    Column column = named(field.name());
    if (type instanceof StringType) {
      return column.cast("binary");
    }

    return type instanceof TimestampType ? functions.unix_micros(column) : column;
  }

  static Column named(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  Counts counts() {
    return counts;
  }

  /** Returns where a {@link PackedRow} has each field of the model. */
  RowColumns read() {
    return read;
  }

  /** Returns the types of the kept objects, with names of their own: columns may occur twice. */
  StructType keptObjects() {
    StructType type = new StructType();
    for (int index = 0; index < keptObjects.size(); index++) {
      type = type.add(objectName(index), keptObjects.get(index));
    }

    return type;
  }

  static String objectName(int index) {
    return "c" + index;
  }

  /** Returns the two columns of which {@link BlockScoring} reads rows. */
  Column[] before() {
    Column[] named = new Column[objects.size()];
    for (int index = 0; index < named.length; index++) {
      named[index] = objects.get(index).as(objectName(index));
    }

    Column numbers =
        functions.struct(
            array(withoutNulls(doubles, "double"), "double").as("doubles"),
            array(withoutNulls(floats, "float"), "float").as("floats"),
            array(longs, "bigint").as("longs"),
            array(nulls, "boolean").as("nulls"));
    return new Column[] {functions.struct(named).as(OBJECTS), numbers.as(NUMBERS)};
  }

  private static List<Column> withoutNulls(Map<Integer, Column> columns, String type) {
    Column missing = functions.lit(Double.NaN).cast(type);
    return columns.values().stream()
        .map(column -> functions.coalesce(column.cast(type), missing))
        .toList();
  }

  /** Returns an array without nulls, which Spark copies as a whole; null if it would be empty. */
  private static Column array(List<Column> columns, String type) {
    // A null of a type whose elements may be null would make Spark look at each element.
    return columns.isEmpty()
        ? functions.when(functions.lit(false), functions.array(functions.lit(0).cast(type)))
        : functions.array(columns.toArray(Column[]::new));
  }

  /** Returns the values of the kept columns after scoring, in their order. */
  List<Column> kept() {
    return List.copyOf(kept);
  }

  /** Returns an object after scoring: a kept one, or one that is added after those. */
  static Column object(int index) {
    return functions.col(OBJECTS + "." + objectName(index));
  }

  /** Returns a score or margin after scoring, null if the row has a fault. */
  Column result(int index) {
    return functions
        .when(number("floats", FAULT).notEqual(0f), null)
        .otherwise(number("floats", FAULT + 1 + counts.floats + index));
  }

  private static Column isNull(int index) {
    return number("nulls", index);
  }

  private static Column number(String array, int index) {
    return functions.get(functions.col(NUMBERS + "." + array), functions.lit(index));
  }
}
