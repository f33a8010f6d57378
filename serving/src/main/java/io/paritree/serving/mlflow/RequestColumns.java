package io.paritree.serving.mlflow;

import io.paritree.FaultCode;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.record.JsonRecordReader;
import io.paritree.serving.request.RequestRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The columns that a request to {@code /invocations} has in any of its rows.
 *
 * <p>A column that it lacks is missing in all rows if MLflow's signature says that it is not
 * required. Otherwise the request is wrong: a misspelt name must not be scored as a missing value.
 * One per request; not thread-safe.
 */
final class RequestColumns {
  private final Schema schema;
  private final boolean[] given;
  private final Set<String> unread = new LinkedHashSet<>();

  RequestColumns(Schema schema) {
    this.schema = schema;
    this.given = new boolean[schema.fields().size()];
  }

  /** Adds a column by its name; returns its field, or -1 if no feature reads it. */
  int add(String name) {
    int field = schema.fieldIndex(name);
    if (field >= 0) {
      given[field] = true;
    } else {
      unread.add(name);
    }

    return field;
  }

  /** Adds columns by their names; returns their fields, as {@link #add} does. */
  int[] addAll(List<String> names) {
    return names.stream().mapToInt(this::add).toArray();
  }

  /** Adds the columns of rows without names: the model's, in its order; returns their fields. */
  int[] addPositions() {
    Arrays.fill(given, true);
    return IntStream.range(0, given.length).toArray();
  }

  /** Adds the fields that any record had. */
  void addSeen(JsonRecordReader reader) {
    for (int field = 0; field < given.length; field++) {
      given[field] |= reader.hasSeen(field);
    }
  }

  /** Returns the names that no feature reads, in the order in which they were added. */
  Set<String> unread() {
    return unread;
  }

  /**
   * Gives all rows missing values for the fields that the request lacks.
   *
   * @param pointer JSON pointer to the data
   * @return the lacking columns that are required
   */
  List<String> fillAbsent(RequestRows rows, String pointer) {
    List<Field> absent =
        IntStream.range(0, given.length)
            .filter(field -> !given[field])
            .mapToObj(schema.fields()::get)
            .toList();
    if (!absent.isEmpty()) {
      Set<String> names = absent.stream().map(Field::column).collect(Collectors.toSet());
      rows.forget(FaultCode.MISSING_VALUE, names);
    }

    Set<String> optional = rows.served().model().card().optionalColumns();
    List<String> lacking = new ArrayList<>();
    for (Field field : absent) {
      if (optional.contains(field.column())) {
        rows.fillMissing(field, pointer);
      } else {
        rows.lack(field);
        lacking.add(field.column());
      }
    }

    return lacking;
  }
}
