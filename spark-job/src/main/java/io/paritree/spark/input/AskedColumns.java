package io.paritree.spark.input;

import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The columns that a run asks of an input, and for what. */
final class AskedColumns {
  private final Input listing;
  private final Schema schema;
  private final Set<String> names; // of all columns that the run reads, the carried ones first
  private final Set<String> stated; // of them, those that are read only if the input has them

  /** As of {@link InputCheck}. */
  AskedColumns(Input listing, Schema schema, List<String> carried, List<String> stated) {
    this.listing = listing;
    this.schema = schema;
    this.names = new LinkedHashSet<>(carried);
    schema.fields().forEach(field -> names.add(field.column()));
    this.stated = new LinkedHashSet<>(stated);
    this.stated.removeAll(names);
    this.stated.removeAll(listing.partitionColumns());
    names.addAll(this.stated);
  }

  /** Returns their names. */
  Set<String> names() {
    return names;
  }

  /**
   * Leaves out those that are read only if the input has them.
   *
   * @param found what it has
   */
  void leaveOutUnless(Collection<String> found) {
    names.removeIf(name -> stated.contains(name) && !found.contains(name));
  }

  /** Returns the features that a column is read for. */
  List<Feature> features(String name) {
    return schema.fields().stream()
        .filter(any -> any.column().equals(name))
        .flatMap(any -> any.features().stream())
        .toList();
  }

  /** Checks that the features read values of the types that columns have. */
  void checkTypes(Map<String, ReadColumn> columns, List<String> problems) {
    for (Field field : schema.fields()) {
      ReadColumn column = columns.get(field.column());
      if (column == null || column.isPartition()) {
        continue;
      }

      for (Feature feature : field.features()) {
        FeatureTypes.problem(feature, column.type())
            .ifPresent(problem -> problems.add("column '%s' %s".formatted(column.name(), problem)));
      }
    }
  }

  /**
   * Returns what is wrong if a column is not there.
   *
   * @param columns that are there
   * @param where they are
   */
  String missing(String name, List<String> columns, String where) {
    String users =
        stated.contains(name) ? "a partition column of the output" : "a key or passed column";
    if (schema.fieldIndex(name) >= 0) {
      users = "which the model reads";
    }

    String nearest =
        columns.stream()
            .filter(column -> column.equalsIgnoreCase(name))
            .findFirst()
            .map(
                column ->
                    "; it has '%s', and names must match exactly: name it in the schema's 'column', or read a view"
                        .formatted(column))
            .orElse("");
    return "column '%s', %s, is not in %s%s".formatted(name, users, where, nearest);
  }
}
