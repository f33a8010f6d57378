package io.paritree.spark.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** What the columns {@code f0}, {@code f1}... of the rows are that are scored. */
enum BenchTable {
  /** Floats, normally distributed, hardly one the same as another. */
  RANDOM,

  /**
   * Floats as most tables have them: 20 columns have 2 to 10,000 values, for which Parquet has ids.
   */
  DICTIONARY,

  /** Doubles, integers of three types, and categories, which are texts or integers. */
  MIXED;

  /** Number of columns, besides a row's key. */
  static final int WIDTH = 28;

  /** The share of the values that are null. */
  static final double NULL_SHARE = 0.02;

  /** How many different values each of the first columns of {@link #DICTIONARY} has. */
  private static final int[] DISTINCT = {
    2, 3, 5, 7, 10, 12, 24, 31, 50, 60, 100, 180, 365, 500, 1_000, 1_440, 2_000, 3_650, 5_000,
    10_000
  };

  /** What the columns of {@link #MIXED} are; all others are doubles. */
  private static final int FIRST_INTEGER = 10;

  private static final int FIRST_TEXT = 19;
  private static final int FIRST_CODE = 25;

  /**
   * How many different values each column of {@link #MIXED} has, from {@link #FIRST_INTEGER} on.
   */
  private static final int[] MIXED_DISTINCT = {
    24,
    365,
    10_000,
    20_000_000,
    1_000,
    1_000_000,
    2_000_000_000,
    2,
    1_440, // integers
    3,
    7,
    12,
    50,
    200,
    1_000, // texts
    5,
    40,
    300 // integers that are categories
  };

  private static final String[] INTEGER_TYPES = {
    "int", "int", "int", "int", "bigint", "bigint", "bigint", "smallint", "smallint"
  };

  /** Returns the name that the command line and the report have for it. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  static BenchTable of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }

  /** Returns the values of a column, without nulls. */
  Column values(int feature) {
    if (this == MIXED) {
      return mixedValues(feature);
    }

    if (this == RANDOM || feature >= DISTINCT.length) {
      return functions.randn(1_000 + feature).cast("float");
    }

    int count = DISTINCT[feature];
    Column number = index(feature, count);
    return number
        .minus((count - 1) / 2.0)
        .multiply(Math.sqrt(12.0 / (count * (double) count - 1)))
        .cast("float");
  }

  private static Column mixedValues(int feature) {
    if (feature < FIRST_INTEGER) {
      return functions.randn(1_000 + feature).multiply(1_000);
    }

    Column index = index(feature, distinct(feature));
    if (feature < FIRST_TEXT) {
      return index.cast(INTEGER_TYPES[feature - FIRST_INTEGER]);
    }

    return feature < FIRST_CODE
        ? functions.concat(functions.lit("group "), index.cast("string"))
        : index.multiply(10).plus(3).cast("int");
  }

  private static Column index(int feature, int count) {
    return functions.floor(functions.rand(1_000 + feature).multiply(count));
  }

  private static int distinct(int feature) {
    return MIXED_DISTINCT[feature - FIRST_INTEGER];
  }

  /** Returns a column as floats, of a text its length: the least that a query computes of it. */
  Column floats(int feature) {
    Column column = functions.col("f" + feature);
    Column number = isText(feature) ? functions.length(column) : column;
    return number.cast("float");
  }

  private boolean isText(int feature) {
    return this == MIXED && feature >= FIRST_TEXT && feature < FIRST_CODE;
  }

  private boolean isCategory(int feature) {
    return this == MIXED && feature >= FIRST_TEXT;
  }

  /**
   * Returns what XGBoost reads of a value that is not null: a number, or the code of a category.
   */
  float slot(int feature, Object value) {
    if (!isCategory(feature)) {
      return ((Number) value).floatValue();
    }

    return isText(feature)
        ? Integer.parseInt(value.toString().substring("group ".length()))
        : (((Integer) value) - 3) / 10;
  }

  /**
   * Draws a value for a row of training.
   *
   * @return the slot; {@link #effect} and {@link #cell} take it
   */
  float drawn(int feature, Random random) {
    if (this != MIXED) {
      return (float) random.nextGaussian();
    }

    return feature < FIRST_INTEGER
        ? (float) (1_000 * random.nextGaussian())
        : random.nextInt(distinct(feature));
  }

  /**
   * Returns a slot as a number of variance 1; neighbours among categories have little in common.
   */
  double effect(int feature, float slot) {
    if (this != MIXED) {
      return slot;
    }

    if (feature < FIRST_INTEGER) {
      return slot / 1_000;
    }

    long count = distinct(feature);
    long index = isCategory(feature) ? (long) slot * 7_919 % count : (long) slot;
    return (index / (double) count - 0.5) * Math.sqrt(12);
  }

  /** Returns a slot as the cell of a CSV file. */
  String cell(int feature, float slot) {
    if (this != MIXED || feature < FIRST_INTEGER) {
      return String.valueOf(slot);
    }

    return isCategory(feature) ? category(feature, (int) slot) : String.valueOf((long) slot);
  }

  private String category(int feature, int code) {
    return isText(feature) ? "group " + code : String.valueOf(code * 10 + 3);
  }

  /** Returns XGBoost's types of the features; empty if all are numbers. */
  Optional<String[]> types() {
    return this == MIXED
        ? Optional.of(
            IntStream.range(0, WIDTH)
                .mapToObj(feature -> isCategory(feature) ? "c" : "q")
                .toArray(String[]::new))
        : Optional.empty();
  }

  /** Returns the text of a schema; empty if the model file says all. */
  Optional<String> schema() {
    if (this != MIXED) {
      return Optional.empty();
    }

    List<String> features = new ArrayList<>();
    for (int feature = 0; feature < WIDTH; feature++) {
      features.add(
          isCategory(feature)
              ? "{\"name\": \"f%s\", \"type\": \"category\", \"unseen\": \"missing\", \"categories\": [%s]}"
                  .formatted(feature, categories(feature))
              : "{\"name\": \"f%s\", \"type\": \"number\"}".formatted(feature));
    }

    return Optional.of("{\"features\": [%s]}".formatted(String.join(",\n", features)));
  }

  private String categories(int feature) {
    String quote = isText(feature) ? "\"" : "";
    return IntStream.range(0, distinct(feature))
        .mapToObj(code -> quote + category(feature, code) + quote)
        .collect(Collectors.joining(", "));
  }
}
