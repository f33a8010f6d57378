package io.paritree.spark.outcomes;

import io.paritree.feature.NearestName;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.ending.RefusedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * Published scores, as they were when they were found.
 *
 * @param rows keys as {@code key_0}, ..., then the partition columns as {@code level_0}, ...
 *     (texts), {@link #VERSION}, segments as {@code by_0}, ..., {@link #SCORED} (a day as text),
 *     {@link #SCORE} (a double), {@link #LABEL} (a text), {@link #CLASS_SCORES} (doubles, of which
 *     the score is the largest) and {@link #LIST} (a number that only the rows of one list have)
 * @param stored the same columns, but for those that are not there, with values as they are stored:
 *     texts may be whole numbers, days, or true and false, and a score may be a float
 * @param levels the partition columns, outermost first
 * @param keyTypes types of the keys
 * @param hasLabel whether rows have labels
 * @param classColumns the columns of {@link #CLASS_SCORES}; empty if there are none
 * @param version of the table; empty for a directory
 * @param quarantined the keys of rows that could not be scored
 * @param packages that have scored the rows
 */
record PublishedScores(
    Dataset<Row> rows,
    Dataset<Row> stored,
    List<String> levels,
    List<DataType> keyTypes,
    boolean hasLabel,
    List<String> classColumns,
    String version,
    QuarantinedKeys quarantined,
    ScoringPackages packages) {
  static final String VERSION = "version";
  static final String SCORED = "scored";
  static final String SCORE = "score";
  static final String LABEL = "label";
  static final String CLASS_SCORES = "class_scores";
  static final String LIST = "list";

  static String key(int index) {
    return "key_" + index;
  }

  /** Returns the names of the keys. */
  static String[] keys(int count) {
    return IntStream.range(0, count).mapToObj(PublishedScores::key).toArray(String[]::new);
  }

  static String level(int index) {
    return "level_" + index;
  }

  static String by(int index) {
    return "by_" + index;
  }

  /**
   * Names the columns of scores.
   *
   * @throws RefusedException if one is not there
   */
  static PublishedScores of(OutcomeQuery query, FoundScores found) throws RefusedException {
    StructType schema = found.rows().schema();
    List<String> levels = found.levels();
    List<String> needed = new ArrayList<>(query.keys());
    needed.addAll(query.by());
    Stream.of(query.maturity().scoredAt(), query.scores().group())
        .filter(name -> !name.isEmpty())
        .forEach(needed::add);
    for (String name : needed) {
      check(query, schema, name);
    }

    List<Column> stored = new ArrayList<>();
    List<DataType> keyTypes = new ArrayList<>();
    for (int index = 0; index < query.keys().size(); index++) {
      stored.add(column(query.keys().get(index)).as(key(index)));
      keyTypes.add(schema.apply(query.keys().get(index)).dataType());
    }

    for (int level = 0; level < levels.size(); level++) {
      stored.add(stored(schema, levels.get(level)).as(level(level)));
    }

    if (has(schema, ScoreColumns.MODEL_VERSION)) {
      stored.add(stored(schema, ScoreColumns.MODEL_VERSION).as(VERSION));
    }

    for (int index = 0; index < query.by().size(); index++) {
      stored.add(stored(schema, query.by().get(index)).as(by(index)));
    }

    if (!query.maturity().scoredAt().isEmpty()) {
      stored.add(scored(query, schema, levels).as(SCORED));
    }

    List<String> classes = classColumns(query, schema);
    String score = classes.isEmpty() ? scoreColumn(query, schema) : ScoreColumns.SCORE;
    if (classes.isEmpty()) {
      boolean isFloat = schema.apply(score).dataType() instanceof FloatType;
      stored.add((isFloat ? column(score) : number(score)).as(SCORE));
    } else {
      Column scores = doubles(classes);
      stored.add(functions.array_max(scores).as(SCORE));
      stored.add(scores.as(CLASS_SCORES));
    }

    boolean hasLabel = has(schema, ScoreColumns.LABEL) && score.equals(ScoreColumns.SCORE);
    if (hasLabel) {
      stored.add(stored(schema, ScoreColumns.LABEL).as(LABEL));
    }

    if (!query.scores().group().isEmpty()) {
      stored.add(list(query, levels).as(LIST));
    }

    Dataset<Row> rows = found.rows().select(stored.toArray(Column[]::new));
    return new PublishedScores(
        whole(query, rows, levels),
        rows,
        levels,
        keyTypes,
        hasLabel,
        classes,
        found.version(),
        found.quarantined(),
        found.packages());
  }

  /** Returns rows with all columns, whether they are stored or not. */
  private static Dataset<Row> whole(OutcomeQuery query, Dataset<Row> stored, List<String> levels) {
    List<Column> columns = new ArrayList<>();
    for (String key : keys(query.keys().size())) {
      columns.add(functions.col(key));
    }

    for (String name : RowGroup.names(levels.size(), query.by().size())) {
      columns.add(orNull(stored, name, DataTypes.StringType));
    }

    columns.add(orNull(stored, SCORE, DataTypes.DoubleType));
    columns.add(orNull(stored, CLASS_SCORES, DataTypes.createArrayType(DataTypes.DoubleType)));
    columns.add(orNull(stored, LIST, DataTypes.LongType));
    return stored.select(columns.toArray(Column[]::new));
  }

  private static Column orNull(Dataset<Row> stored, String name, DataType type) {
    boolean isStored = has(stored.schema(), name);
    return (isStored ? functions.col(name) : functions.lit(null)).cast(type).as(name);
  }

  /** Returns a column as {@link ValueCodes} reads it, at best as it is. */
  private static Column stored(StructType schema, String name) {
    Column column = column(name);
    return ValueCodes.areRead(schema.apply(name).dataType()) ? column : text(column);
  }

  /**
   * Returns batches with some of the {@link #stored} columns.
   *
   * @param names those of them are read that are there
   */
  ColumnBatches stored(String[]... names) {
    Column[] columns =
        Stream.of(names)
            .flatMap(Stream::of)
            .filter(name -> has(stored.schema(), name))
            .map(functions::col)
            .toArray(Column[]::new);
    return ColumnBatches.of(stored.select(columns));
  }

  /** Returns the day on which a row was scored, as a day, or as text. */
  private static Column scored(OutcomeQuery query, StructType schema, List<String> levels)
      throws RefusedException {
    String name = query.maturity().scoredAt();
    DataType type = schema.apply(name).dataType();
    boolean mayBeDay = type instanceof StringType || type instanceof IntegralType;
    if (levels.contains(name) && mayBeDay) {
      return day(name);
    } else if (!LabelRows.isTime(type)) {
      throw refused(
          query,
          "the column '%s' of --scored-at is of type %s; a date or a timestamp was expected"
              .formatted(name, type.catalogString()));
    }

    return type instanceof DateType ? column(name) : text(column(name).cast(DataTypes.DateType));
  }

  /** Returns the day that a partition's value is, yyyy-MM-dd or yyyyMMdd, as text. */
  private static Column day(String name) {
    String value = "cast(%s as string)".formatted(quoted(name));
    return text(
        functions.expr(
            "try_cast(if(%1$s rlike '^[0-9]{8}$', concat_ws('-', left(%1$s, 4), substring(%1$s, 5, 2), right(%1$s, 2)), %1$s) as date)"
                .formatted(value)));
  }

  private static RefusedException refused(OutcomeQuery query, String why) {
    return new RefusedException("Cannot measure %s: %s".formatted(query.published().name(), why));
  }

  /** Returns the columns of the scores of several classes; none if one score is meant. */
  private static List<String> classColumns(OutcomeQuery query, StructType schema) {
    boolean isOne = !query.scores().column().isEmpty() || !query.labels().positive().isEmpty();
    return isOne || has(schema, ScoreColumns.SCORE) || !has(schema, ScoreColumns.LABEL)
        ? List.of()
        : scoreColumns(schema);
  }

  /** A column of this kind of name that is no number was passed through. */
  private static List<String> scoreColumns(StructType schema) {
    Set<String> ofChallengers = ScoreColumns.ofChallengers(List.of(schema.fieldNames()));
    return Stream.of(schema.fieldNames())
        .filter(name -> name.startsWith(ScoreColumns.SCORE + "_"))
        .filter(name -> !ofChallengers.contains(name))
        .filter(name -> schema.apply(name).dataType() instanceof NumericType)
        .toList();
  }

  private static Column number(String name) {
    return column(name).cast(DataTypes.DoubleType);
  }

  /** Returns an array of numbers; null if there are none, or if one of them is null. */
  private static Column doubles(List<String> names) {
    Column isKnown = functions.lit(true);
    for (String name : names) {
      isKnown = isKnown.and(column(name).isNotNull());
    }

    Column[] numbers = names.stream().map(PublishedScores::number).toArray(Column[]::new);
    return functions.when(isKnown, functions.array(numbers));
  }

  /** Returns a hash of the group that a row is ranked in, which is of one partition. */
  private static Column list(OutcomeQuery query, List<String> levels) {
    String group = query.scores().group();
    List<Column> parts = new ArrayList<>();
    levels.forEach(level -> parts.add(text(column(level))));
    parts.add(text(column(group)));
    return functions.when(
        column(group).isNotNull(), functions.xxhash64(parts.toArray(Column[]::new)));
  }

  private static void check(OutcomeQuery query, StructType schema, String name)
      throws RefusedException {
    if (!has(schema, name)) {
      throw refused(
          query,
          "it has no column '%s'%s; runs write their --keys and --pass columns"
              .formatted(
                  name,
                  NearestName.of(name, Arrays.asList(schema.fieldNames()))
                      .map(" (did you mean '%s'?)"::formatted)
                      .orElse("")));
    }
  }

  private static String scoreColumn(OutcomeQuery query, StructType schema) throws RefusedException {
    String asked = query.scores().column();
    if (!asked.isEmpty()) {
      check(query, schema, asked);
      DataType type = schema.apply(asked).dataType();
      if (!(type instanceof NumericType)) {
        throw refused(
            query,
            "the column '%s' of --score is of type %s; a number was expected"
                .formatted(asked, type.catalogString()));
      }

      return asked;
    }

    if (has(schema, ScoreColumns.SCORE)) {
      return ScoreColumns.SCORE;
    }

    List<String> several = scoreColumns(schema);
    throw refused(
        query,
        several.isEmpty()
            ? "it has no column 'score'; give the output of a scoring run, or --score COLUMN"
            : "it has the scores of several outputs; choose one by --score, of %s"
                .formatted(String.join(", ", several)));
  }

  static boolean has(StructType schema, String name) {
    return Arrays.asList(schema.fieldNames()).contains(name);
  }

  static Column column(String name) {
    return functions.col(quoted(name));
  }

  static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  static Column text(Column column) {
    return column.cast(DataTypes.StringType);
  }

  static Column nothing() {
    return functions.lit(null).cast(DataTypes.StringType);
  }
}
