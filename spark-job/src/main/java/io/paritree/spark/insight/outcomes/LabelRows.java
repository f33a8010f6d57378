package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import io.paritree.Fault;
import io.paritree.feature.NearestName;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.TableToRead;
import io.paritree.spark.tables.formats.AskedFormat;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * Labels as they were found: {@code key_0}, ..., of the types that the scores' keys have, {@link
 * #OUTCOME} as it is, {@link #TIME} (a day or a timestamp) and {@link #WEIGHT} (a double). A text
 * that is no such value is null.
 *
 * @param version of the table; empty for files
 */
record LabelRows(Dataset<Row> rows, String version) {
  static final String OUTCOME = "outcome";
  static final String TIME = "time";
  static final String WEIGHT = "weight";

  private static final Map<String, String> CSV =
      Map.of(
          "header", "true",
          "escape", "\"",
          "mode", "FAILFAST",
          "enforceSchema", "false",
          "multiLine", "true",
          "ignoreLeadingWhiteSpace", "false",
          "ignoreTrailingWhiteSpace", "false");

  private static final Pattern CSV_NAME = Pattern.compile("(?i).*\\.csv(\\.gz)?");
  private static final int MOST_LINES = 5;

  /** Labels as they were found. */
  private record Found(Dataset<Row> rows, String version, boolean isText) {}

  /**
   * Finds the labels.
   *
   * @param scores give the types of the keys
   */
  static LabelRows of(SparkSession session, OutcomeQuery query, PublishedScores scores)
      throws RefusedException, IOException {
    Found found = found(session, query);
    return new LabelRows(named(query, scores, found), found.version);
  }

  static RefusedException refused(OutcomeQuery query, String why) {
    return new RefusedException(
        "Cannot use the labels of %s: %s".formatted(query.labels().source(), why));
  }

  /** Returns why files could not be read as labels; empty if something else has failed. */
  static Optional<RefusedException> unreadable(
      SparkSession session, OutcomeQuery query, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      String shown =
          Fault.printableLine(
              message
                  .lines()
                  .limit(MOST_LINES)
                  .map(String::strip)
                  .collect(Collectors.joining("; ")));
      if (message.contains("CSV header")) {
        String why = "its CSV files do not all have the same columns in the same order (%s)";
        return Optional.of(refused(query, why.formatted(shown)));
      } else if (message.startsWith("[MALFORMED_RECORD_IN_PARSING")) {
        String why = "a line has not as many cells as the header (%s)";
        return Optional.of(refused(query, why.formatted(shown)));
      } else if (message.contains("is not a Parquet file")) {
        String why = "files of Parquet, or with the end .csv or .csv.gz, were expected (%s)";
        return Optional.of(refused(query, why.formatted(shown)));
      } else if (message.startsWith("Input Pattern ")) {
        String why =
            "Spark takes the name of a CSV file with any of {}[]*?\\ for a pattern; rename it (%s)";
        return Optional.of(refused(query, why.formatted(shown)));
      }
    }

    return Optional.empty();
  }

  private static Found found(SparkSession session, OutcomeQuery query)
      throws RefusedException, IOException {
    String source = query.labels().source();
    if (!source.contains("/") || AskedFormat.hasTable(source, HadoopPaths.settings(session))) {
      PinnedTable table = AskedFormat.AUTO.input(session, new TableToRead(source, ""));
      return new Found(table.rows(session, Map.of()), table.version(), false);
    }

    Location location = FileStore.located(source, HadoopPaths.settingsByName(session));
    String name = fileName(session, query, location);
    boolean isCsv = CSV_NAME.matcher(name).matches();
    String pattern = HadoopPaths.pattern(location);
    return isCsv
        ? new Found(session.read().options(CSV).csv(pattern), "", true)
        : new Found(ParquetRows.of(session, Map.of(), source, pattern), "", false);
  }

  private static String fileName(SparkSession session, OutcomeQuery query, Location location)
      throws RefusedException, IOException {
    FileStore store = FileStore.of(location, HadoopPaths.settingsByName(session));
    Optional<FileEntry> at = store.find(location);
    while (at.isPresent() && at.get().isDirectory()) {
      at =
          store.list(at.get().location()).stream()
              .filter(entry -> !entry.location().name().matches("[._].*"))
              .findFirst();
    }

    return at.orElseThrow(() -> refused(query, "there is no file")).location().name();
  }

  private static Dataset<Row> named(OutcomeQuery query, PublishedScores scores, Found found)
      throws RefusedException {
    StructType schema = found.rows.schema();
    List<Column> columns = new ArrayList<>();
    for (int index = 0; index < query.keys().size(); index++) {
      String name = query.keys().get(index);
      DataType type = type(query, schema, name);
      DataType wanted = scores.keyTypes().get(index);
      Column key = PublishedScores.column(name);
      if (found.isText && !(wanted instanceof StringType)) {
        Column read = cast(name, wanted);
        checkKeys(query, found, name, wanted, key.isNotNull().and(read.isNull()));
        key = read;
      } else if (!areComparable(type, wanted)) {
        throw refused(
            query,
            "the key '%s' is of type %s, and of type %s in the scores, so they cannot be compared; give labels whose keys have the same type"
                .formatted(name, type.catalogString(), wanted.catalogString()));
      }

      columns.add(key.as(PublishedScores.key(index)));
    }

    columns.add(PublishedScores.column(query.labels().column()).as(OUTCOME));
    type(query, schema, query.labels().column());
    columns.add(time(query, schema, found).as(TIME));
    columns.add(weight(query, schema, found).as(WEIGHT));
    return found.rows.select(columns.toArray(Column[]::new));
  }

  /** Reads a text; null if it is no such value. */
  private static Column cast(String name, DataType type) {
    return expr("try_cast(%s as %s)".formatted(PublishedScores.quoted(name), type.catalogString()));
  }

  private static void checkKeys(
      OutcomeQuery query, Found found, String name, DataType wanted, Column isWrong)
      throws RefusedException {
    List<Row> wrong = found.rows.filter(isWrong).select(PublishedScores.column(name)).takeAsList(1);
    if (!wrong.isEmpty()) {
      throw refused(
          query,
          "the key '%s' has the value '%s', and is of type %s in the scores"
              .formatted(name, Fault.printable(wrong.get(0).getString(0)), wanted.catalogString()));
    }
  }

  /** Returns whether keys of these types can be the same: whole numbers of any width can. */
  static boolean areComparable(DataType one, DataType other) {
    return one.equals(other) || isWhole(one) && isWhole(other);
  }

  private static boolean isWhole(DataType type) {
    return List.of(
            DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType)
        .contains(type);
  }

  private static DataType type(OutcomeQuery query, StructType schema, String name)
      throws RefusedException {
    if (!PublishedScores.has(schema, name)) {
      throw refused(
          query,
          "they have no column '%s'%s; known are %s"
              .formatted(
                  name,
                  NearestName.of(name, Arrays.asList(schema.fieldNames()))
                      .map(" (did you mean '%s'?)"::formatted)
                      .orElse(""),
                  String.join(", ", schema.fieldNames())));
    }

    return schema.apply(name).dataType();
  }

  private static Column time(OutcomeQuery query, StructType schema, Found found)
      throws RefusedException {
    String name = query.labels().time();
    if (name.isEmpty()) {
      return PublishedScores.nothing().cast(DataTypes.TimestampType);
    }

    DataType type = type(query, schema, name);
    Column time = PublishedScores.column(name);
    if (found.isText) {
      return cast(name, DataTypes.TimestampType);
    } else if (isTime(type)) {
      return type.equals(DataTypes.DateType) ? time : time.cast(DataTypes.TimestampType);
    }

    throw refused(
        query,
        "the column '%s' of --label-time is of type %s; a date or a timestamp was expected"
            .formatted(name, type.catalogString()));
  }

  /** Returns whether a type has days. */
  static boolean isTime(DataType type) {
    return List.of(DataTypes.DateType, DataTypes.TimestampType, DataTypes.TimestampNTZType)
        .contains(type);
  }

  private static Column weight(OutcomeQuery query, StructType schema, Found found)
      throws RefusedException {
    String name = query.labels().weight();
    if (name.isEmpty()) {
      return lit(1.0);
    }

    DataType type = type(query, schema, name);
    if (!found.isText && !(type instanceof NumericType)) {
      throw refused(
          query,
          "the column '%s' of --weight is of type %s; a number was expected"
              .formatted(name, type.catalogString()));
    }

    Column weight = PublishedScores.column(name);
    return found.isText ? cast(name, DataTypes.DoubleType) : weight.cast(DataTypes.DoubleType);
  }
}
