package io.paritree.spark.insight.audit;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Compares published rows with those that were scored again, by their keys. The rows of one key are
 * bags of rows: as often as both sides have the same row, they are the same, and what is left over
 * differs. So a key may be null, or be repeated.
 *
 * @param keys names of the columns of the key
 * @param values names of the columns that are compared
 * @param floats how many of these, the first ones, are texts of floats
 * @param known whether quarantined rows are there, so that faults are compared
 */
record KeyedRows(List<String> keys, List<String> values, int floats, boolean known) {
  /** Fields and codes of faults, as a text; null in rows that were scored. */
  static final String FAULTS = "faults";

  /** Whether the run has written the row, scored or quarantined. */
  static final String IS_PUBLISHED = "is_published";

  private static final String ROW = "row";
  private static final String PUBLISHED = "published";
  private static final String AGAIN = "again";

  /** So many of the rows that differ are read, for examples. */
  private static final int MOST_READ = 200;

  /**
   * Compares rows.
   *
   * @param rows of both sides: key, values, {@link #FAULTS} and {@link #IS_PUBLISHED}
   * @param tasks that compare them
   */
  RowTally compared(Dataset<Row> rows, int tasks) {
    Column[] key = columns("k", keys.size());
    Column[] row =
        Stream.concat(
                Stream.of(functions.col(FAULTS)),
                Stream.of(columns("v", rows.columns().length - keys.size() - 2)))
            .toArray(Column[]::new);
    Dataset<Row> bags =
        rows.withColumn(ROW, functions.struct(row))
            .repartition(tasks, key)
            .groupBy(with(key, functions.col(ROW)))
            .agg(
                functions.expr("count_if(is_published)").as(PUBLISHED),
                functions.expr("count_if(not is_published)").as(AGAIN));
    String compared = known ? "true" : "row.faults is null";
    Row counts =
        bags.groupBy(key)
            .agg(
                sum("if(row.faults is null, published, 0)").as(PUBLISHED),
                sum("if(row.faults is null, again, 0)").as("scored"),
                sum("if(row.faults is null, 0, again)").as("faulty"),
                sum("if(%s, greatest(published - again, 0), 0)".formatted(compared)).as("gone"),
                sum("if(%s, greatest(again - published, 0), 0)".formatted(compared)).as("more"))
            .agg(
                sum(PUBLISHED),
                sum("scored"),
                sum("faulty"),
                sum("greatest(published - 1, 0)"),
                sum("greatest(gone, more)"),
                sum("abs(published - scored)"))
            .first();
    Dataset<Row> differing = bags.where("published <> again and (%s)".formatted(compared));
    return new RowTally(
        counts.getLong(0),
        counts.getLong(1),
        counts.getLong(2),
        counts.getLong(3),
        counts.getLong(4),
        counts.getLong(5),
        counts.getLong(4) == 0
            ? List.of()
            : examples(differing.orderBy(key).limit(MOST_READ).collectAsList()));
  }

  private static Column[] columns(String start, int number) {
    return IntStream.range(0, number)
        .mapToObj(index -> functions.col(start + index))
        .toArray(Column[]::new);
  }

  private static Column[] with(Column[] some, Column more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(Column[]::new);
  }

  /** Returns a sum, which is 0 of no rows. */
  private static Column sum(String expression) {
    return functions.expr("coalesce(sum(%s), 0L)".formatted(expression));
  }

  /** Returns how some rows differ, which are in the order of their keys. */
  private List<RowDifference> examples(List<Row> rows) {
    Map<String, Bags> byKey = new LinkedHashMap<>();
    for (Row bag : rows) {
      Bags bags =
          byKey.computeIfAbsent(key(bag), any -> new Bags(new ArrayList<>(), new ArrayList<>()));
      boolean isPublished = bag.<Long>getAs(PUBLISHED) > bag.<Long>getAs(AGAIN);
      (isPublished ? bags.published : bags.again).add(bag.getStruct(bag.fieldIndex(ROW)));
    }

    List<RowDifference> found = new ArrayList<>();
    byKey.forEach((key, bags) -> found.addAll(differences(key, bags)));
    return found.stream().limit(RowTally.SHOWN).toList();
  }

  /** The rows of a key that one side has more often. */
  private record Bags(List<Row> published, List<Row> again) {}

  private List<RowDifference> differences(String key, Bags bags) {
    List<RowDifference> found = new ArrayList<>();
    List<Row> published = bags.published.stream().filter(row -> row.isNullAt(0)).toList();
    List<Row> again = bags.again.stream().filter(row -> row.isNullAt(0)).toList();
    for (int at = 0; at < Math.max(published.size(), again.size()); at++) {
      if (at >= again.size()) {
        found.add(new RowDifference(key, "", "a row", "no such row"));
      } else if (at >= published.size()) {
        found.add(new RowDifference(key, "", "no row", "a row"));
      } else {
        found.addAll(differences(key, published.get(at), again.get(at)));
      }
    }

    List<String> quarantined = faults(bags.published);
    List<String> faults = faults(bags.again);
    for (int at = 0; at < Math.max(quarantined.size(), faults.size()); at++) {
      String one = at < quarantined.size() ? quarantined.get(at) : "no row";
      String other = at < faults.size() ? faults.get(at) : "no fault";
      found.add(new RowDifference(key, FAULTS, one, other));
    }

    return found;
  }

  private static List<String> faults(List<Row> rows) {
    return rows.stream().filter(row -> !row.isNullAt(0)).map(row -> row.getString(0)).toList();
  }

  private List<RowDifference> differences(String key, Row published, Row again) {
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

  private String key(Row row) {
    List<String> texts = new ArrayList<>();
    for (String name : keys) {
      texts.add(name + "=" + row.get(texts.size()));
    }

    return String.join(", ", texts);
  }
}
