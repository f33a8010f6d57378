package io.paritree.spark.sql;

import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NearestName;
import io.paritree.feature.Schema;
import io.paritree.record.Hints;
import io.paritree.spark.input.FeatureTypes;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.versions.rows.FloatPair;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Where a row has the values of a model's fields.
 *
 * @param ordinals the column of each field of the schema
 * @param parts which part of that column is the value
 * @param types the type of each value
 * @param width how many columns a row has
 */
record RowColumns(int[] ordinals, Part[] parts, DataType[] types, int width)
    implements Serializable {

  /** The part of a column that is a value: all of it, or a float of a {@link FloatPair}. */
  enum Part {
    WHOLE,
    FIRST,
    SECOND
  }

  /** Returns the places of values that have a column each. */
  static RowColumns ofWhole(int[] ordinals, DataType[] types, int width) {
    Part[] parts = new Part[ordinals.length];
    Arrays.fill(parts, Part.WHOLE);
    return new RowColumns(ordinals, parts, types, width);
  }

  /**
   * Finds the columns of a model by their names.
   *
   * @param row the columns of a row; columns that no field reads are ignored
   * @param comparison how their names are compared with the fields' columns
   * @param problems receives all columns that are missing, ambiguous, or of a wrong type
   */
  static RowColumns of(
      Schema schema, StructType row, ReadColumn.Case comparison, List<String> problems) {
    List<String> names = Arrays.asList(row.fieldNames());
    List<String> keys = names.stream().map(comparison::key).toList();
    List<Field> fields = schema.fields();
    int[] ordinals = new int[fields.size()];
    DataType[] types = new DataType[ordinals.length];
    Hints hints = new Hints();
    for (int index = 0; index < ordinals.length; index++) {
      String name = fields.get(index).column();
      // The exact name wins over one that differs in case.
      List<Integer> places = places(names, name);
      places = places.isEmpty() ? places(keys, comparison.key(name)) : places;
      if (places.size() == 1) {
        ordinals[index] = places.get(0);
        StructField found = row.fields()[ordinals[index]];
        types[index] = found.dataType();
        checkType(fields.get(index), found, problems);
      } else if (places.isEmpty()) {
        problems.add(missing(name, names, hints));
      } else {
        problems.add(
            "column '%s', which the model reads, occurs %s times; which one counts is unclear"
                .formatted(name, places.size()));
      }
    }

    return ofWhole(ordinals, types, names.size());
  }

  private static List<Integer> places(List<String> names, String name) {
    return IntStream.range(0, names.size())
        .filter(place -> names.get(place).equals(name))
        .boxed()
        .toList();
  }

  private static String missing(String name, List<String> names, Hints hints) {
    String hint =
        hints
            .nearest(name, wrong -> NearestName.of(wrong, names))
            .map("; the nearest name is '%s'"::formatted)
            .orElse("");
    return "column '%s', which the model reads, is missing%s".formatted(name, hint);
  }

  private static void checkType(Field field, StructField found, List<String> problems) {
    for (Feature feature : field.features()) {
      FeatureTypes.problem(feature, found.dataType())
          .map(problem -> "column '%s' %s".formatted(found.name(), problem))
          .ifPresent(problems::add);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowColumns columns
        && Arrays.equals(columns.ordinals, ordinals)
        && Arrays.equals(columns.parts, parts)
        && Arrays.equals(columns.types, types);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ordinals) + Arrays.hashCode(types);
  }
}
