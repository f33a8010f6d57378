package io.paritree.spark.audit;

import io.paritree.spark.task.JavaSerialized;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Published rows and those that were scored again, joined by their keys, also where one of them has
 * no partner. The rows of one key are bags of rows: as often as both sides have the same row, they
 * are the same, and what is left over differs. So a key may be null, or be repeated.
 *
 * <p>Tasks read rows in the order of their keys and values, and never keep more than some of a key.
 *
 * @param keys names of the columns of the key
 * @param values names of the columns that are compared
 * @param floats how many of these, the first ones, are texts of floats
 * @param known whether quarantined rows are there, so that faults are compared
 */
record KeyedRows(List<String> keys, List<String> values, int floats, boolean known)
    implements FlatMapFunction<Iterator<Row>, JavaSerialized<RowTally>> {
  /** Fields and codes of faults, as a text; null in rows that were scored. */
  static final String FAULTS = "faults";

  /** Whether the run has written the row, scored or quarantined. */
  static final String IS_PUBLISHED = "is_published";

  private static final String ROW = "row";

  KeyedRows {
    keys = List.copyOf(keys);
    values = List.copyOf(values);
  }

  /**
   * Compares rows.
   *
   * @param rows of both sides: key, values, {@link #FAULTS} and {@link #IS_PUBLISHED}
   * @param tasks that compare them
   */
  RowTally compared(Dataset<Row> rows, int tasks) {
    List<Column> keyed = columns("k", keys.size());
    List<Column> compared = columns("v", rows.columns().length - keys.size() - 2);
    compared.add(0, functions.col(FAULTS));
    Column row = functions.struct(compared.toArray(Column[]::new)).as(ROW);
    Column[] key = keyed.toArray(Column[]::new);
    return rows
        .select(with(keyed, row, functions.col(IS_PUBLISHED)))
        .repartition(tasks, key)
        .sortWithinPartitions(with(keyed, functions.col(ROW)))
        .select(functions.struct(key), functions.col(ROW), functions.col(IS_PUBLISHED))
        .javaRDD()
        .mapPartitions(this)
        .collect()
        .stream()
        .map(JavaSerialized::value)
        .reduce(RowTally.NONE, RowTally::plus);
  }

  private static List<Column> columns(String start, int number) {
    List<Column> columns = new ArrayList<>();
    for (int index = 0; index < number; index++) {
      columns.add(functions.col(start + index));
    }

    return columns;
  }

  private static Column[] with(List<Column> some, Column... more) {
    return Stream.concat(some.stream(), Stream.of(more)).toArray(Column[]::new);
  }

  @Override
  public Iterator<JavaSerialized<RowTally>> call(Iterator<Row> rows) {
    RowTally tally = RowTally.NONE;
    Row next = rows.hasNext() ? rows.next() : null;
    while (next != null) {
      Row key = next.getStruct(0);
      Bags bags = new Bags();
      while (next != null && next.getStruct(0).equals(key)) {
        Row row = next.getStruct(1);
        long published = 0;
        long again = 0;
        while (next != null && next.getStruct(0).equals(key) && next.getStruct(1).equals(row)) {
          published += next.getBoolean(2) ? 1 : 0;
          again += next.getBoolean(2) ? 0 : 1;
          next = rows.hasNext() ? rows.next() : null;
        }

        bags.add(row, published, again);
      }

      tally = tally.plus(bags.tally(key));
    }

    return List.of(new JavaSerialized<>(tally)).iterator();
  }

  /** The rows of one key. */
  private final class Bags {
    private final List<Row> published = new ArrayList<>(); // more often than again; not all of them
    private final List<Row> again = new ArrayList<>();
    private long rows;
    private long scored;
    private long faulty;
    private long onlyPublished;
    private long onlyAgain;

    /** Adds a row with how often each side has it. */
    void add(Row row, long ofRun, long ofInput) {
      if (row.isNullAt(0)) {
        rows += ofRun;
        scored += ofInput;
      } else {
        faulty += ofInput;
      }

      if (ofRun != ofInput && (row.isNullAt(0) || known)) {
        onlyPublished += Math.max(ofRun - ofInput, 0);
        onlyAgain += Math.max(ofInput - ofRun, 0);
        List<Row> left = ofRun > ofInput ? published : again;
        if (left.size() < RowTally.SHOWN) {
          left.add(row);
        }
      }
    }

    RowTally tally(Row key) {
      long differing = Math.max(onlyPublished, onlyAgain);
      return new RowTally(
          rows,
          scored,
          faulty,
          Math.max(rows - 1, 0),
          differing,
          Math.abs(rows - scored),
          differing == 0 ? List.of() : differences(text(key)));
    }

    private List<RowDifference> differences(String key) {
      List<RowDifference> found = new ArrayList<>();
      List<Row> own = published.stream().filter(row -> row.isNullAt(0)).toList();
      List<Row> other = again.stream().filter(row -> row.isNullAt(0)).toList();
      for (int at = 0; at < Math.max(own.size(), other.size()); at++) {
        if (at < own.size() && at < other.size()) {
          found.addAll(valuesOf(key, own.get(at), other.get(at)));
        } else if (at < own.size()) {
          String absent = faulty == 0 ? "no such row" : "a row that cannot be scored";
          found.add(new RowDifference(key, "", "a row", absent));
        } else {
          found.add(new RowDifference(key, "", "no row", "a row"));
        }
      }

      List<String> quarantined = faults(published);
      List<String> faults = faults(again);
      for (int at = 0; at < Math.max(quarantined.size(), faults.size()); at++) {
        String one = at < quarantined.size() ? quarantined.get(at) : "no row";
        String two = at < faults.size() ? faults.get(at) : "no fault";
        found.add(new RowDifference(key, FAULTS, one, two));
      }

      return found;
    }
  }

  private static List<String> faults(List<Row> rows) {
    return rows.stream().filter(row -> !row.isNullAt(0)).map(row -> row.getString(0)).toList();
  }

  private List<RowDifference> valuesOf(String key, Row published, Row again) {
    List<RowDifference> found = new ArrayList<>();
    for (int index = 0; index < values.size(); index++) {
      Object one = published.get(index + 1); // after the faults
      Object other = again.get(index + 1);
      if (!Objects.equals(one, other)) {
        found.add(new RowDifference(key, values.get(index), text(index, one), text(index, other)));
      }
    }

    return found;
  }

  private String text(int index, Object value) {
    if (value == null || index >= floats) {
      return String.valueOf(value);
    }

    int bits = Float.floatToIntBits(Float.parseFloat((String) value));
    return "%s (0x%s)".formatted(value, HexFormat.of().toHexDigits(bits));
  }

  private String text(Row key) {
    List<String> texts = new ArrayList<>();
    for (String name : keys) {
      texts.add(name + "=" + key.get(texts.size()));
    }

    return String.join(", ", texts);
  }
}
