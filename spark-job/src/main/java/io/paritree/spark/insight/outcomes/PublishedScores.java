package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.lit;

import io.paritree.feature.NearestName;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.report.RefusedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * Published scores, as they were when they were found.
 *
 * @param rows keys as {@code key_0}, ..., then the partition columns as {@code level_0}, ...,
 *     {@link #VERSION}, segments as {@code by_0}, ..., {@link #SCORED} (a day), {@link #SCORE} (a
 *     double), {@link #LABEL} (a text), {@link #CLASS_SCORES} (doubles, of which the score is the
 *     largest) and {@link #LIST} (a number that only the rows of one list have)
 * @param levels the partition columns, outermost first
 * @param scoredLevel the one of these whose values are said to be the days on which rows were
 *     scored; -1 if none is
 * @param keyTypes types of the keys
 * @param absent columns of {@link RowGroup} that are null in all rows, since nothing has them
 * @param classColumns the columns of {@link #CLASS_SCORES}; empty if there are none
 * @param version of the table; empty for a directory
 * @param quarantined the keys of rows that could not be scored
 * @param packages that have scored the rows
 */
record PublishedScores(
    Dataset<Row> rows,
    List<String> levels,
    int scoredLevel,
    List<DataType> keyTypes,
    Set<String> absent,
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

    List<Column> columns = new ArrayList<>();
    List<DataType> keyTypes = new ArrayList<>();
    for (int index = 0; index < query.keys().size(); index++) {
      columns.add(column(query.keys().get(index)).as(key(index)));
      keyTypes.add(schema.apply(query.keys().get(index)).dataType());
    }

    for (int level = 0; level < levels.size(); level++) {
      columns.add(plain(schema, levels.get(level)).as(level(level)));
    }

    boolean hasVersion = has(schema, ScoreColumns.MODEL_VERSION);
    columns.add((hasVersion ? plain(schema, ScoreColumns.MODEL_VERSION) : nothing()).as(VERSION));
    for (int index = 0; index < query.by().size(); index++) {
      columns.add(plain(schema, query.by().get(index)).as(by(index)));
    }

    boolean hasDay = !query.maturity().scoredAt().isEmpty() && scoredLevel(query, found) < 0;
    columns.add((hasDay ? scored(query, schema) : lit(null)).cast("date").as(SCORED));
    List<String> classes = classColumns(query, schema);
    String score = classes.isEmpty() ? scoreColumn(query, schema) : ScoreColumns.SCORE;
    Column scores = classes.isEmpty() ? lit(null) : doubles(classes);
    columns.add((classes.isEmpty() ? number(score) : functions.array_max(scores)).as(SCORE));
    columns.add(scores.cast(DataTypes.createArrayType(DataTypes.DoubleType)).as(CLASS_SCORES));
    boolean hasLabel = has(schema, ScoreColumns.LABEL) && score.equals(ScoreColumns.SCORE);
    columns.add(text(hasLabel ? column(ScoreColumns.LABEL) : lit(null)).as(LABEL));
    boolean hasLists = !query.scores().group().isEmpty();
    columns.add((hasLists ? list(query, levels) : lit(null)).cast(DataTypes.LongType).as(LIST));
    Set<String> absent = new HashSet<>(hasVersion ? Set.of() : Set.of(VERSION));
    absent.addAll(hasDay ? Set.of() : Set.of(SCORED));
    absent.addAll(hasLabel ? Set.of() : Set.of(LABEL));
    return new PublishedScores(
        found.rows().select(columns.toArray(Column[]::new)),
        levels,
        scoredLevel(query, found),
        keyTypes,
        absent,
        classes,
        found.version(),
        found.quarantined(),
        found.packages());
  }

  /** Returns whether rows have labels. */
  boolean hasLabel() {
    return !absent.contains(LABEL);
  }

  /** Returns a column as it is, if its values differ as their texts do; otherwise as text. */
  private static Column plain(StructType schema, String name) {
    DataType type = schema.apply(name).dataType();
    boolean isPlain =
        type instanceof StringType
            || type instanceof IntegralType
            || type instanceof DateType
            || type instanceof BooleanType;
    return isPlain ? column(name) : text(column(name));
  }

  /**
   * Returns which partition column, of texts or whole numbers, says when its rows were scored; -1
   * if none does.
   */
  private static int scoredLevel(OutcomeQuery query, FoundScores found) {
    int level = found.levels().indexOf(query.maturity().scoredAt());
    if (level < 0) {
      return level;
    }

    DataType type = found.rows().schema().apply(query.maturity().scoredAt()).dataType();
    return type instanceof StringType || type instanceof IntegralType ? level : -1;
  }

  /** Returns the day on which a row was scored. */
  private static Column scored(OutcomeQuery query, StructType schema) throws RefusedException {
    String name = query.maturity().scoredAt();
    DataType type = schema.apply(name).dataType();
    if (!LabelRows.isTime(type)) {
      throw refused(
          query,
          "the column '%s' of --scored-at is of type %s; a date or a timestamp was expected"
              .formatted(name, type.catalogString()));
    }

    return column(name).cast(DataTypes.DateType);
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
    Column isKnown = lit(true);
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
    return lit(null).cast(DataTypes.StringType);
  }
}
