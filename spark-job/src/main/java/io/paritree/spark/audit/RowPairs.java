package io.paritree.spark.audit;

import io.paritree.spark.task.JavaSerialized;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;

/**
 * Compares the rows of each key: published ones with those that were scored again, and quarantined
 * ones with those that could not be scored.
 *
 * <p>A row has the columns of its key, a {@link Side}, the values, and its faults as text. Rows
 * come in the order of their keys. Where a key has several, they are compared in the order of their
 * values.
 *
 * @param keys names of the columns of the key
 * @param values names of the values, which are floats or texts
 * @param quarantine whether quarantined rows are known
 */
record RowPairs(ArrayList<String> keys, ArrayList<String> values, Known quarantine)
    implements FlatMapFunction<Iterator<Row>, JavaSerialized<RowTally>> {
  private static final int HEX = 8;

  /** Where a row is from. */
  enum Side {
    PUBLISHED,
    AGAIN,
    QUARANTINED
  }

  /** Whether all quarantined rows are there. */
  enum Known {
    ALL,
    COUNT
  }

  @Override
  public Iterator<JavaSerialized<RowTally>> call(Iterator<Row> rows) {
    RowTally tally = new RowTally();
    List<Row> same = new ArrayList<>();
    while (rows.hasNext()) {
      Row row = rows.next();
      if (!same.isEmpty() && !isSameKey(same.get(0), row)) {
        compare(same, tally);
        same.clear();
      }

      same.add(row);
    }

    if (!same.isEmpty()) {
      compare(same, tally);
    }

    return List.of(new JavaSerialized<>(tally)).iterator();
  }

  private boolean isSameKey(Row one, Row other) {
    for (int index = 0; index < keys.size(); index++) {
      if (!Objects.deepEquals(one.get(index), other.get(index))) {
        return false;
      }
    }

    return true;
  }

  private Side side(Row row) {
    return Side.values()[row.getInt(keys.size())];
  }

  private int fault() {
    return keys.size() + 1 + values.size();
  }

  private void compare(List<Row> same, RowTally tally) {
    List<Row> published = new ArrayList<>();
    List<Row> scored = new ArrayList<>();
    List<Row> faulty = new ArrayList<>();
    List<Row> quarantined = new ArrayList<>();
    for (Row row : same) {
      List<Row> own =
          switch (side(row)) {
            case PUBLISHED -> published;
            case AGAIN -> row.isNullAt(fault()) ? scored : faulty;
            case QUARANTINED -> quarantined;
          };
      own.add(row);
    }

    tally.add(published.size(), scored.size(), faulty.size());
    if (same.size() > 2) {
      published.sort(Comparator.comparing(this::order));
      scored.sort(Comparator.comparing(this::order));
    }

    for (int at = 0; at < Math.max(published.size(), scored.size()); at++) {
      Row one = at < published.size() ? published.get(at) : null;
      Row other = at < scored.size() ? scored.get(at) : null;
      if (one == null || other == null) {
        String absent = faulty.isEmpty() ? "no such row" : "a row that cannot be scored";
        tally.addUnpaired(
            new RowDifference(
                key(same.get(0)),
                "",
                one == null ? "no row" : "a row",
                other == null ? absent : "a row"));
      } else {
        compare(one, other, tally);
      }
    }

    if (quarantine == Known.ALL) {
      compareFaults(same.get(0), texts(quarantined), texts(faulty), tally);
    }
  }

  private void compareFaults(Row key, List<String> stored, List<String> again, RowTally tally) {
    for (int at = 0; at < Math.max(stored.size(), again.size()); at++) {
      String one = at < stored.size() ? stored.get(at) : "no row";
      String other = at < again.size() ? again.get(at) : "no fault";
      if (!one.equals(other)) {
        tally.addDiffering(List.of(new RowDifference(key(key), "faults", one, other)));
      }
    }
  }

  private List<String> texts(List<Row> rows) {
    return rows.stream().map(row -> row.getString(fault())).sorted().toList();
  }

  private void compare(Row one, Row other, RowTally tally) {
    List<RowDifference> differences = List.of();
    for (int index = 0; index < values.size(); index++) {
      Object own = one.get(keys.size() + 1 + index);
      Object again = other.get(keys.size() + 1 + index);
      if (!isSame(own, again)) {
        differences = differences.isEmpty() ? new ArrayList<>() : differences;
        differences.add(new RowDifference(key(one), values.get(index), text(own), text(again)));
      }
    }

    if (!differences.isEmpty()) {
      tally.addDiffering(differences);
    }
  }

  /** Returns whether all bits are equal; a NaN is equal to any other. */
  private static boolean isSame(Object one, Object other) {
    return one instanceof Float own && other instanceof Float again
        ? Float.floatToIntBits(own) == Float.floatToIntBits(again)
        : Objects.equals(one, other);
  }

  private String order(Row row) {
    StringBuilder text = new StringBuilder();
    for (int index = 0; index < values.size(); index++) {
      text.append(text(row.get(keys.size() + 1 + index))).append('\n');
    }

    return text.toString();
  }

  private static String text(Object value) {
    if (value instanceof Float number) {
      String bits = Integer.toHexString(Float.floatToIntBits(number));
      return "%s (0x%s)".formatted(number, "0".repeat(HEX - bits.length()) + bits);
    }

    return String.valueOf(value);
  }

  private String key(Row row) {
    StringBuilder text = new StringBuilder();
    for (int index = 0; index < keys.size(); index++) {
      Object value = row.get(index);
      text.append(index == 0 ? "" : ", ").append(keys.get(index)).append('=');
      text.append(value instanceof byte[] bytes ? Arrays.toString(bytes) : value);
    }

    return text.toString();
  }
}
