package io.paritree.spark.tables.iceberg;

import io.paritree.spark.tables.SqlName;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.types.Type;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;

/**
 * A column by which an Iceberg table is partitioned: by its values, or by the years, months, days
 * or hours of a time. Buckets and truncated values only say where rows are, and are no partitions.
 *
 * @param name the column's, or, for a part of a time, the partition field's
 * @param source the column that the value is taken from
 * @param transform what makes the value of it
 * @param result the type of the transform's values
 * @param positions where a file's partition has the value, by the partition spec of the file
 */
record IcebergPartitionColumn(
    String name,
    String source,
    Transform<?, ?> transform,
    Type result,
    Map<Integer, Integer> positions) {
  private static final String IDENTITY = "identity";
  private static final Set<String> UNITS = Set.of(IDENTITY, "year", "month", "day", "hour");
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("uuuu-MM-dd-HH", Locale.ROOT);

  /** A part of time, from its first moment until before the first moment of the next one. */
  private record Span(LocalDateTime from, LocalDateTime to) {}

  /**
   * Returns the columns by which all files of a version are partitioned.
   *
   * @param schema of the version
   * @param specs the partition specs of its files
   */
  static List<IcebergPartitionColumn> of(Table table, Schema schema, Set<Integer> specs) {
    List<IcebergPartitionColumn> columns = new ArrayList<>();
    PartitionSpec any = table.specs().get(new TreeSet<>(specs).last());
    for (PartitionField field : any.fields()) {
      String source = schema.findColumnName(field.sourceId());
      boolean isTopLevel = source != null && schema.asStruct().field(source) != null;
      if (!isTopLevel || !UNITS.contains(field.transform().toString())) {
        continue;
      }

      Map<Integer, Integer> positions = new HashMap<>();
      for (int spec : specs) {
        List<PartitionField> fields = table.specs().get(spec).fields();
        for (int at = 0; at < fields.size(); at++) {
          if (fields.get(at).sourceId() == field.sourceId()
              && fields.get(at).transform().equals(field.transform())) {
            positions.put(spec, at);
          }
        }
      }

      if (positions.keySet().equals(specs)) {
        columns.add(
            new IcebergPartitionColumn(
                field.transform().isIdentity() ? source : field.name(),
                source,
                field.transform(),
                field.transform().getResultType(schema.findType(field.sourceId())),
                positions));
      }
    }

    return columns;
  }

  /** Returns the values of a file as texts; null where they are. */
  static Map<String, String> values(List<IcebergPartitionColumn> columns, DataFile file) {
    Map<String, String> values = new HashMap<>();
    columns.forEach(column -> values.put(column.name(), column.value(file)));
    return values;
  }

  private String value(DataFile file) {
    return text(file, positions.get(file.specId()), transform, result);
  }

  /**
   * Returns a value of a file's partition as text; null if it is null.
   *
   * @param at where the partition has the value
   * @param result the type of the transform's values
   */
  static String text(ContentFile<?> file, int at, Transform<?, ?> transform, Type result) {
    Object value = file.partition().get(at, Object.class);
    return value == null ? null : shown(transform, result, value);
  }

  @SuppressWarnings("unchecked") // the value comes from a file with this transform
  private static <T> String shown(Transform<?, T> transform, Type result, Object value) {
    return transform.toHumanString(result, (T) value);
  }

  /**
   * Returns a condition that is true for all rows with one of these values. Of a time it is the
   * span from the first value to the last, which has other values too.
   *
   * @param values texts; an empty one for null
   */
  Column among(Set<String> values, Dataset<Row> rows) {
    Column column = rows.col(SqlName.quoted(source));
    DataType type = rows.schema().apply(source).dataType();
    Set<String> texts = new TreeSet<>(values);
    boolean hasNull = texts.remove("");
    Column found = functions.lit(false);
    boolean isText = type.typeName().equals("string");
    if (!texts.isEmpty() && isText && transform.isIdentity()) {
      found = equalsAny(column, List.copyOf(texts));
    } else if (!texts.isEmpty() && transform.isIdentity()) {
      found =
          column.isin(
              texts.stream().map(text -> functions.lit(text).cast(type)).toArray(Object[]::new));
    } else if (!texts.isEmpty()) {
      List<Span> spans = texts.stream().map(this::span).toList();
      LocalDateTime from =
          spans.stream().map(Span::from).min(LocalDateTime::compareTo).orElseThrow();
      LocalDateTime to = spans.stream().map(Span::to).max(LocalDateTime::compareTo).orElseThrow();
      found = column.geq(moment(from, type)).and(column.lt(moment(to, type)));
    }

    if (!hasNull) {
      return found;
    }

    // An empty text is null, as in the names of directories.
    Column none = column.isNull();
    none = isText ? none.or(column.equalTo("")) : none;
    return texts.isEmpty() ? none : none.or(found);
  }

  /**
   * Returns the condition without IN, with which Iceberg 1.11 fails as soon as any file has null.
   * Pair by pair, since Spark and Iceberg follow the nesting by recursion.
   */
  private static Column equalsAny(Column column, List<String> texts) {
    int middle = texts.size() / 2;
    return texts.size() == 1
        ? column.equalTo(texts.get(0))
        : equalsAny(column, texts.subList(0, middle))
            .or(equalsAny(column, texts.subList(middle, texts.size())));
  }

  private static Column moment(LocalDateTime at, DataType type) {
    String text =
        type.typeName().equals("date")
            ? at.toLocalDate().toString()
            : at.format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT));
    return functions.lit(text).cast(type);
  }

  private Span span(String text) {
    switch (transform.toString()) {
      case "year" -> {
        Year year = Year.parse(text);
        return new Span(year.atDay(1).atStartOfDay(), year.plusYears(1).atDay(1).atStartOfDay());
      }
      case "month" -> {
        YearMonth month = YearMonth.parse(text);
        return new Span(month.atDay(1).atStartOfDay(), month.plusMonths(1).atDay(1).atStartOfDay());
      }
      case "day" -> {
        LocalDate day = LocalDate.parse(text);
        return new Span(day.atStartOfDay(), day.plusDays(1).atStartOfDay());
      }
      default -> {
        LocalDateTime hour = LocalDateTime.parse(Objects.requireNonNull(text), HOUR);
        return new Span(hour, hour.plusHours(1));
      }
    }
  }
}
