package io.paritree.spark.sql;

import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NearestName;
import io.paritree.feature.Schema;
import io.paritree.record.Hints;
import io.paritree.spark.input.FeatureTypes;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Where a row has the values of a model's fields.
 *
 * @param places one for each field of the schema
 * @param width how many columns a row has
 */
record RowColumns(ArrayList<Place> places, int width) implements Serializable {

  /**
   * Where the value of a field is.
   *
   * @param ordinal of the column
   * @param isCell whether it is the text of a cell of CSV
   * @param type of the value
   */
  record Place(int ordinal, boolean isCell, DataType type) implements Serializable {}

  /**
   * Finds the columns of a model by their names.
   *
   * @param row the columns of a row; columns that no field reads are ignored
   * @param problems receives all columns that are missing, ambiguous, or of a wrong type
   */
  static RowColumns of(Schema schema, StructType row, List<String> problems) {
    return of(schema, row, Set.of(), problems);
  }

  /**
   * Finds the columns of a model by their names.
   *
   * @param cells columns whose texts are read as cells of CSV are
   */
  static RowColumns of(Schema schema, StructType row, Set<String> cells, List<String> problems) {
    List<String> names = Arrays.asList(row.fieldNames());
    ArrayList<Place> places = new ArrayList<>();
    Hints hints = new Hints();
    for (Field field : schema.fields()) {
      String name = field.column();
      List<Integer> ordinals = ordinals(names, name);
      if (ordinals.size() == 1) {
        StructField found = row.fields()[ordinals.get(0)];
        boolean isCell = cells.contains(found.name());
        places.add(new Place(ordinals.get(0), isCell, found.dataType()));
        if (!isCell) {
          checkType(field, found, problems);
        }
      } else if (ordinals.isEmpty()) {
        problems.add(missing(name, names, hints));
      } else {
        problems.add(
            "column '%s', which the model reads, occurs %s times; which one counts is unclear"
                .formatted(name, ordinals.size()));
      }
    }

    return new RowColumns(places, names.size());
  }

  private static List<Integer> ordinals(List<String> names, String name) {
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
          .map(problem -> "column '%s' %s%s".formatted(found.name(), problem, cure(found)))
          .ifPresent(problems::add);
    }
  }

  private static String cure(StructField found) {
    return found.dataType().equals(DataTypes.StringType)
        ? "; cast it, or read CSV with inferSchema"
        : "";
  }
}
