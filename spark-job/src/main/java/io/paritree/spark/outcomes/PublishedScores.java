package io.paritree.spark.outcomes;

import io.paritree.feature.NearestName;
import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.PartitionValue;
import io.paritree.output.QuarantineColumns;
import io.paritree.output.ScoreColumns;
import io.paritree.output.StateDirectory;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.TableToRead;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Published scores, as they were when they were found.
 *
 * @param rows keys as {@code key_0}, ..., then the partition columns as {@code level_0}, ...
 *     (texts), {@link #VERSION}, segments as {@code by_0}, ..., {@link #SCORED} (a day as text),
 *     {@link #SCORE} (a double) and {@link #LABEL} (a text)
 * @param levels the partition columns, outermost first
 * @param keyTypes types of the keys
 * @param hasLabel whether rows have labels
 * @param version of the table; empty for a directory
 * @param quarantined the keys of rows that could not be scored, with {@link #PARTITION} as a path;
 *     empty if there are none, or if it is not known where they are
 */
record PublishedScores(
    Dataset<Row> rows,
    List<String> levels,
    List<DataType> keyTypes,
    boolean hasLabel,
    String version,
    Optional<Dataset<Row>> quarantined) {
  static final String PARTITION = "partition";
  static final String VERSION = "version";
  static final String SCORED = "scored";
  static final String SCORE = "score";
  static final String LABEL = "label";

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

  static PublishedScores of(SparkSession session, OutcomeQuery query, Optional<OutputPlace> place)
      throws RefusedException, IOException {
    return place.isPresent() ? ofDirectory(session, query, place.get()) : ofTable(session, query);
  }

  private static PublishedScores ofDirectory(
      SparkSession session, OutcomeQuery query, OutputPlace place)
      throws RefusedException, IOException {
    List<PartitionManifest> published = new ArrayList<>(place.publishedBelow(""));
    place.manifest("").ifPresent(published::add);
    published.removeIf(own -> !query.scores().isOf(day(own.partition())));
    if (published.isEmpty()) {
      throw new RefusedException(
          "Cannot measure %s: no published partition was found in it%s; give the --output of a scoring run"
              .formatted(query.scores().name(), days(query)));
    }

    List<String> files = new ArrayList<>();
    for (PartitionManifest own : published) {
      for (DataFile file : own.files()) {
        files.add(HadoopPaths.pattern(place.partition(own.partition()).resolve(file.name())));
      }
    }

    List<String> levels =
        PartitionValue.ofPath(published.get(0).partition()).stream()
            .map(PartitionValue::column)
            .toList();
    if (files.isEmpty()) {
      throw new RefusedException(
          "Cannot measure %s: its partitions%s have no row"
              .formatted(query.scores().name(), days(query)));
    }

    Dataset<Row> rows =
        session
            .read()
            .option("basePath", HadoopPaths.text(place.output()))
            .parquet(files.toArray(String[]::new));
    return of(query, rows, levels, "", quarantined(session, query, place, published));
  }

  /** Returns the keys of the rows that the runs of published partitions could not score. */
  private static Optional<Dataset<Row>> quarantined(
      SparkSession session,
      OutcomeQuery query,
      OutputPlace place,
      List<PartitionManifest> published)
      throws IOException {
    Optional<Dataset<Row>> all = Optional.empty();
    Set<String> runs = new TreeSet<>();
    for (PartitionManifest own : published) {
      if (own.quarantined() > 0) {
        runs.add(own.directory());
      }
    }

    for (String run : runs) {
      for (Location directory : StateDirectory.quarantine(place.state(), run)) {
        if (place.listOrNone(directory).isEmpty()) {
          continue;
        }

        Dataset<Row> rows = session.read().parquet(HadoopPaths.pattern(directory));
        if (!query.keys().stream().allMatch(name -> has(rows.schema(), name))) {
          continue;
        }

        List<String> own =
            published.stream()
                .filter(any -> any.directory().equals(run))
                .map(PartitionManifest::partition)
                .toList();
        List<Column> columns = new ArrayList<>();
        for (int index = 0; index < query.keys().size(); index++) {
          columns.add(column(query.keys().get(index)).as(key(index)));
        }

        columns.add(column(QuarantineColumns.PARTITION).as(PARTITION));
        Dataset<Row> keys =
            rows.filter(column(QuarantineColumns.PARTITION).isin(own.toArray()))
                .select(columns.toArray(Column[]::new));
        all = Optional.of(all.map(before -> before.unionByName(keys)).orElse(keys));
      }
    }

    return all;
  }

  private static Optional<LocalDate> day(String partition) {
    List<LocalDate> days =
        PartitionValue.ofPath(partition).stream().flatMap(value -> value.day().stream()).toList();
    return days.isEmpty() ? Optional.empty() : Optional.of(days.get(days.size() - 1));
  }

  private static String days(OutcomeQuery query) {
    OutcomeQuery.Scores scores = query.scores();
    return (scores.from().map(" from %s"::formatted).orElse(""))
        + scores.to().map(" to %s"::formatted).orElse("");
  }

  private static PublishedScores ofTable(SparkSession session, OutcomeQuery query)
      throws RefusedException {
    TableToRead asked = new TableToRead(query.scores().table(), "");
    PinnedTable table = query.scores().tableFormat().input(session, asked);
    return of(
        query,
        table.rows(session, Map.of()),
        table.partitionColumns(),
        table.version(),
        Optional.empty());
  }

  private static PublishedScores of(
      OutcomeQuery query,
      Dataset<Row> rows,
      List<String> levels,
      String version,
      Optional<Dataset<Row>> quarantined)
      throws RefusedException {
    StructType schema = rows.schema();
    List<String> needed = new ArrayList<>(query.keys());
    needed.addAll(query.by());
    Stream.of(query.maturity().scoredAt()).filter(name -> !name.isEmpty()).forEach(needed::add);
    for (String name : needed) {
      check(query, schema, name);
    }

    List<Column> columns = new ArrayList<>();
    List<DataType> keyTypes = new ArrayList<>();
    for (int index = 0; index < query.keys().size(); index++) {
      Column key = column(query.keys().get(index));
      columns.add(key.as(key(index)));
      keyTypes.add(schema.apply(query.keys().get(index)).dataType());
    }

    for (int level = 0; level < levels.size(); level++) {
      columns.add(text(column(levels.get(level))).as(level(level)));
    }

    boolean hasVersion = has(schema, ScoreColumns.MODEL_VERSION);
    columns.add((hasVersion ? text(column(ScoreColumns.MODEL_VERSION)) : nothing()).as(VERSION));
    for (int index = 0; index < query.by().size(); index++) {
      columns.add(text(column(query.by().get(index))).as(by(index)));
    }

    String scoredAt = query.maturity().scoredAt();
    Column scored = scoredAt.isEmpty() ? nothing() : column(scoredAt);
    columns.add(text(scored.cast(DataTypes.DateType)).as(SCORED));
    String score = scoreColumn(query, schema);
    columns.add(column(score).cast(DataTypes.DoubleType).as(SCORE));
    boolean hasLabel = has(schema, ScoreColumns.LABEL) && score.equals(ScoreColumns.SCORE);
    columns.add((hasLabel ? text(column(ScoreColumns.LABEL)) : nothing()).as(LABEL));
    return new PublishedScores(
        rows.select(columns.toArray(Column[]::new)),
        levels,
        keyTypes,
        hasLabel,
        version,
        quarantined);
  }

  private static void check(OutcomeQuery query, StructType schema, String name)
      throws RefusedException {
    if (!has(schema, name)) {
      throw new RefusedException(
          "Cannot measure %s: it has no column '%s'%s; runs write their --keys and --pass columns"
              .formatted(
                  query.scores().name(),
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
      return asked;
    }

    if (has(schema, ScoreColumns.SCORE)) {
      return ScoreColumns.SCORE;
    }

    List<String> several =
        Stream.of(schema.fieldNames())
            .filter(name -> name.startsWith(ScoreColumns.SCORE + "_"))
            .toList();
    throw new RefusedException(
        several.isEmpty()
            ? "Cannot measure %s: it has no column 'score'; give the output of a scoring run, or --score COLUMN"
                .formatted(query.scores().name())
            : "Cannot measure %s: it has the scores of several outputs; choose one by --score, of %s"
                .formatted(query.scores().name(), String.join(", ", several)));
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
