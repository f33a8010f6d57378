package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.paritree.Fault;
import io.paritree.feature.NearestName;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.formats.AskedFormat;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.TableToRead;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
 * What came, one row for each key: {@code key_0}, ..., {@link #OUTCOME} (a double), {@link #TIME}
 * (a day as text) and {@link #WEIGHT}.
 *
 * @param cached is to be released after its last use
 * @param version of the table; empty for files
 * @param asOf the day of the newest label that counts; empty if labels have no time
 * @param read labels
 * @param unknown labels without a key, a value or a time, which are left out
 * @param repeated labels that a later one of the same key replaces
 * @param later labels from after the given last day, which are left out
 */
record LabelTable(
    Dataset<Row> rows,
    Dataset<Row> cached,
    String version,
    Optional<LocalDate> asOf,
    long read,
    long unknown,
    long repeated,
    long later) {
  static final String OUTCOME = "outcome";
  static final String TIME = "time";
  static final String WEIGHT = "weight";

  private static final String LABELS = "labels";
  private static final String NEWEST = "newest";

  private static final Map<String, String> CSV =
      Map.of(
          "header", "true",
          "escape", "\"",
          "mode", "FAILFAST",
          "enforceSchema", "false",
          "multiLine", "true",
          "ignoreLeadingWhiteSpace", "false",
          "ignoreTrailingWhiteSpace", "false");
  private static final int SHOWN = 3;

  /** So many labels fit into the memory of each executor, so that no score needs to be moved. */
  private static final long MOST_BROADCAST = 2_000_000;

  /** Labels as they were found. */
  private record Found(Dataset<Row> rows, String version, boolean isText) {}

  /**
   * Reads and checks the labels.
   *
   * @param scores give the types of the keys
   * @param outcomes how a label's text is read
   */
  static LabelTable of(
      SparkSession session, OutcomeQuery query, PublishedScores scores, OutcomeText outcomes)
      throws RefusedException, IOException {
    Found found = found(session, query);
    return checked(query, named(query, scores, found), found.version, outcomes);
  }

  private static RefusedException refused(OutcomeQuery query, String why) {
    return new RefusedException(
        "Cannot use the labels of %s: %s".formatted(query.labels().source(), why));
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
    boolean isCsv = name.endsWith(".csv") || name.endsWith(".csv.gz");
    String pattern = HadoopPaths.pattern(location);
    return isCsv
        ? new Found(session.read().options(CSV).csv(pattern), "", true)
        : new Found(session.read().parquet(pattern), "", false);
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
      } else if (!type.equals(wanted) && !(isWhole(type) && isWhole(wanted))) {
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
    } else if (List.of(DataTypes.DateType, DataTypes.TimestampType, DataTypes.TimestampNTZType)
        .contains(type)) {
      return time.cast(DataTypes.TimestampType);
    }

    throw refused(
        query,
        "the column '%s' of --label-time is of type %s; a date or a timestamp was expected"
            .formatted(name, type.catalogString()));
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

  private static LabelTable checked(
      OutcomeQuery query, Dataset<Row> named, String version, OutcomeText outcomes)
      throws RefusedException {
    boolean hasTime = !query.labels().time().isEmpty();
    Column isWrongWeight =
        col(WEIGHT)
            .isNull()
            .or(col(WEIGHT).leq(0))
            .or(col(WEIGHT).equalTo(Double.POSITIVE_INFINITY))
            .or(col(WEIGHT).isNaN());
    Column isUnknown = col(OUTCOME).isNull();
    for (int index = 0; index < query.keys().size(); index++) {
      isUnknown = isUnknown.or(col(PublishedScores.key(index)).isNull());
    }

    isUnknown = hasTime ? isUnknown.or(col(TIME).isNull()) : isUnknown;
    Column isKnown = isUnknown.equalTo(false);
    Row totals =
        named
            .agg(
                count(lit(1)),
                sum(isUnknown.cast(DataTypes.LongType)),
                sum(isKnown.and(isWrongWeight).cast(DataTypes.LongType)),
                max(when(isKnown, day(col(TIME)))))
            .first();
    long read = totals.getLong(0);
    if (read == 0) {
      throw refused(query, "they have no row");
    } else if (totals.getLong(1) == read) {
      throw refused(query, "no row has a key, a label%s".formatted(hasTime ? " and a time" : ""));
    } else if (totals.getLong(2) > 0) {
      throw refused(
          query,
          "%s weights of the column '%s' are not finite numbers above 0"
              .formatted(totals.getLong(2), query.labels().weight()));
    }

    Optional<LocalDate> asOf =
        query
            .maturity()
            .asOf()
            .or(() -> Optional.ofNullable(totals.getString(3)).map(LocalDate::parse));
    Dataset<Row> known = named.filter(isKnown);
    long all = read - totals.getLong(1);
    long later = 0;
    if (hasTime && query.maturity().asOf().isPresent()) {
      Column inTime = day(col(TIME)).leq(lit(asOf.get().toString()));
      Dataset<Row> kept = known.filter(inTime);
      later = all - kept.count();
      known = kept;
    }

    Dataset<Row> parsed = known.withColumn(OUTCOME, outcomes.parsed(query, known));
    Column[] keys =
        IntStream.range(0, query.keys().size())
            .mapToObj(index -> col(PublishedScores.key(index)))
            .toArray(Column[]::new);
    boolean isOneEach = query.labels().time().isEmpty();
    Dataset<Row> latest = isOneEach ? onlyOnes(parsed, keys) : latest(parsed, keys);
    latest.persist();
    refuseRepeated(query, latest, hasTime);
    Row kept = latest.agg(count(lit(1))).first();
    List<Column> columns = new ArrayList<>(List.of(keys));
    columns.addAll(List.of(col(OUTCOME), day(col(TIME)).as(TIME), col(WEIGHT)));
    Dataset<Row> rows = latest.select(columns.toArray(Column[]::new));
    return new LabelTable(
        kept.getLong(0) > MOST_BROADCAST ? rows : broadcast(rows),
        latest,
        version,
        asOf,
        read,
        totals.getLong(1),
        all - later - kept.getLong(0),
        later);
  }

  /** Returns a row for each key, with one of its labels and their number. */
  private static Dataset<Row> onlyOnes(Dataset<Row> parsed, Column[] keys) {
    return parsed
        .groupBy(keys)
        .agg(
            max(col(OUTCOME)).as(OUTCOME),
            max(col(TIME)).as(TIME),
            max(col(WEIGHT)).as(WEIGHT),
            count(lit(1)).as(LABELS));
  }

  /**
   * Returns a row for each key, with its latest label, the largest and the least outcome of that
   * time, and the number of its labels. Spark hashes numbers, but sorts what it takes the largest
   * structure of: most keys have one label.
   */
  private static Dataset<Row> latest(Dataset<Row> parsed, Column[] keys) {
    Dataset<Row> newest =
        parsed.groupBy(keys).agg(max(col(TIME)).as(NEWEST), count(lit(1)).as(LABELS));
    return parsed
        .join(newest, PublishedScores.keys(keys.length), "inner")
        .filter(col(TIME).equalTo(col(NEWEST)))
        .groupBy(keys)
        .agg(
            max(col(OUTCOME)).as(OUTCOME),
            max(col(TIME)).as(TIME),
            max(col(WEIGHT)).as(WEIGHT),
            max(col(LABELS)).as(LABELS),
            min(col(OUTCOME)).as("other"));
  }

  /** Returns the day of a time as text, which is in the order of days. */
  private static Column day(Column time) {
    return PublishedScores.text(time.cast(DataTypes.DateType));
  }

  /** Refuses keys with several labels, unless one of them is the latest. */
  private static void refuseRepeated(OutcomeQuery query, Dataset<Row> latest, boolean hasTime)
      throws RefusedException {
    Column isRepeated = col(LABELS).gt(1);
    Column isUnclear = hasTime ? isRepeated.and(col(OUTCOME).notEqual(col("other"))) : isRepeated;
    Dataset<Row> unclear = latest.filter(isUnclear);
    List<Row> shown = unclear.takeAsList(SHOWN);
    if (!shown.isEmpty()) {
      String keys =
          shown.stream()
              .map(
                  row ->
                      IntStream.range(0, query.keys().size())
                          .mapToObj(index -> Fault.printable(String.valueOf(row.get(index))))
                          .collect(Collectors.joining(", ")))
              .collect(Collectors.toCollection(TreeSet::new))
              .stream()
              .collect(Collectors.joining("; "));
      throw refused(
          query,
          hasTime
              ? "keys have different labels of the same time, such as %s".formatted(keys)
              : "keys have several labels, such as %s; give the column that says when each was known by --label-time, and the latest one counts"
                  .formatted(keys));
    }
  }
}
