package io.paritree.spark.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A view over the tables of a {@link ViewTrial}.
 *
 * @param name of the form
 * @param sql the query; {@code t} is the plain table, {@code b} the same in buckets, {@code twice}
 *     has each of its rows twice, {@code bare} has other names and structs, {@code c} texts of a
 *     fixed length
 * @param result what the query returns each time
 * @param refusal words of the reason why the job does not read it; empty if it does
 */
record ViewForm(String name, String sql, Result result, String refusal) {
  /**
   * Views of which the format of the tables decides what the job reads: of one scan, whose batches
   * it may take, and over buckets, which the files of Delta are not in.
   */
  static final List<ViewForm> PER_FORMAT = perFormat();

  static final List<ViewForm> ALL = Stream.concat(PER_FORMAT.stream(), others().stream()).toList();

  /** What a query returns each time. */
  enum Result {
    SAME,
    /** As many rows, any of the plain table. */
    AS_MANY
  }

  private static List<ViewForm> perFormat() {
    List<ViewForm> all = new ArrayList<>();
    of(all, "all columns", "SELECT * FROM t");
    with(all, "computed number", "distance", "distance / 10");
    with(all, "computed text", "carrier", "upper(carrier)");
    with(all, "default for null", "distance", "coalesce(distance, 7.0D)");
    with(all, "sentinel", "distance", "CASE WHEN distance < 100 THEN NULL ELSE distance END");
    with(all, "computed key", "parcel_id", "parcel_id + 1000000");
    with(all, "masked passed column", "note", "mask(note)");
    with(all, "key of another type", "parcel_id", "CAST(parcel_id AS STRING)");
    with(all, "decimal", "distance", "CAST(distance AS DECIMAL(10, 1))");
    with(all, "literal", "distance", "12.5D");
    with(all, "null literal of a number", "distance", "NULL");
    with(all, "null literal of a category", "carrier", "NULL");
    with(all, "null literal that is passed", "note", "NULL");
    with(all, "passed partition column", "note", "day");
    with(all, "passed expression of the partition column", "note", "concat('day ', day)");
    with(all, "name of the file", "note", "_metadata.file_name");
    with(all, "function of the file", "note", "length(input_file_name()) > 0");
    of(
        all,
        "exchanged numbers",
        "SELECT * EXCEPT (distance, weight), weight AS distance, distance AS weight FROM t");
    of(
        all,
        "exchanged texts",
        "SELECT * EXCEPT (note, carrier), carrier AS note, note AS carrier FROM t");
    of(
        all,
        "other order",
        "SELECT note, zone, departure, carrier, express, weight, distance, parcel_id FROM t");
    of(all, "other names", "SELECT *, mass AS weight FROM bare");
    of(all, "computed names", "SELECT *, mass * 2 AS weight FROM bare");
    of(
        all,
        "names only in the view",
        "SELECT mass + 1 AS weight, place.zone, place.carrier AS carrier, info.distance,"
            + " info.express, id AS parcel_id, departure, upper(note) AS note FROM bare");
    of(
        all,
        "fields of structs",
        "SELECT * EXCEPT (carrier), place.carrier AS carrier, mass AS weight FROM bare");
    of(all, "fixed length", "SELECT * FROM c");
    of(
        all,
        "upper-case name",
        "SELECT * EXCEPT (weight), weight AS WEIGHT FROM t",
        Result.SAME,
        "it has 'WEIGHT', and names must match exactly");
    of(all, "some rows", "SELECT * FROM t WHERE parcel_id % 3 = 1");
    of(all, "some partitions", "SELECT * FROM t WHERE day = 'b'");
    of(all, "no row", "SELECT * FROM t WHERE parcel_id < 0 AND rand() < 2");
    of(all, "buckets", "SELECT * FROM b");
    of(all, "distinct over buckets", "SELECT DISTINCT * FROM b");
    of(all, "groups over buckets", grouped("b"));
    of(all, "newest of each key over buckets", newest("b"));
    of(all, "limit over buckets", "SELECT * FROM b LIMIT 37", Result.AS_MANY, "");
    of(
        all,
        "sort-merge join over buckets",
        "SELECT /*+ MERGE(u) */ t.* FROM b t JOIN b u USING (parcel_id)");
    of(all, "nested", "SELECT * EXCEPT (distance), distance * 2 AS distance FROM other");
    return List.copyOf(all);
  }

  private static List<ViewForm> others() {
    List<ViewForm> all = new ArrayList<>();
    of(
        all,
        "union",
        "SELECT * FROM t WHERE parcel_id < 50 UNION ALL SELECT * FROM t WHERE parcel_id > 40");
    of(
        all,
        "union of masks",
        "SELECT * EXCEPT (note), mask(note) AS note FROM t UNION ALL SELECT * EXCEPT (note), 'x' AS"
            + " note FROM t");
    of(all, "distinct", "SELECT DISTINCT * FROM twice");
    of(all, "groups", grouped("twice"));
    of(all, "newest of each key", newest("twice"));
    of(all, "limit", "SELECT * FROM t LIMIT 37", Result.AS_MANY, "");
    of(all, "largest", "SELECT * FROM t ORDER BY parcel_id DESC LIMIT 37");
    of(all, "offset", "SELECT * FROM t ORDER BY parcel_id OFFSET 20");
    of(all, "order", "SELECT * FROM t ORDER BY note, parcel_id");
    of(all, "sample", "SELECT * FROM t TABLESAMPLE (40 PERCENT) REPEATABLE (7)");
    of(all, "join", "SELECT t.* EXCEPT (note), u.note FROM t JOIN twice u USING (parcel_id)");
    of(
        all,
        "semi join",
        "SELECT * FROM t WHERE parcel_id IN (SELECT parcel_id FROM twice WHERE zone = 10)");
    of(
        all,
        "anti join",
        "SELECT * FROM t WHERE NOT EXISTS (SELECT 1 FROM twice u WHERE u.parcel_id = t.parcel_id +"
            + " 40)");
    of(all, "subquery", "SELECT * FROM t WHERE parcel_id > (SELECT avg(parcel_id) FROM twice)");
    of(
        all,
        "exploded",
        "SELECT * EXCEPT (note, x), string(x) AS note FROM t LATERAL VIEW explode(array(1, 2)) e AS"
            + " x");
    of(
        all,
        "with clause",
        "WITH u AS (SELECT * EXCEPT (zone), zone + 0 AS zone FROM t) SELECT * FROM u WHERE zone <>"
            + " 20");
    of(
        all,
        "inline rows",
        "SELECT * FROM VALUES (1L, 2D, 3F, true, 'AA', 10, '2024-01-01T10:00:00', 'n') AS v"
            + " (parcel_id, distance, weight, express, carrier, zone, departure, note)");
    of(all, "cached", "SELECT * EXCEPT (distance), distance / 4 AS distance FROM t WHERE zone > 7");
    of(all, "repartitioned", "SELECT /*+ REPARTITION(3) */ * FROM t");
    return List.copyOf(all);
  }

  private static String grouped(String table) {
    return "SELECT parcel_id, max(distance) AS distance, max(weight) AS weight, max(express) AS express, max(carrier) AS carrier, max(zone) AS zone, max(departure) AS departure, max(note) AS note FROM %s GROUP BY parcel_id"
        .formatted(table);
  }

  private static String newest(String table) {
    return "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY parcel_id ORDER BY note) AS n FROM %s) WHERE n = 1"
        .formatted(table);
  }

  /** Adds a view that has another expression in place of a column. */
  private static void with(List<ViewForm> all, String name, String column, String expression) {
    of(all, name, "SELECT * EXCEPT (%s), %s AS %s FROM t".formatted(column, expression, column));
  }

  private static void of(List<ViewForm> all, String name, String sql) {
    of(all, name, sql, Result.SAME, "");
  }

  private static void of(
      List<ViewForm> all, String name, String sql, Result result, String refusal) {
    all.add(new ViewForm(name, sql, result, refusal));
  }

  @Override
  public String toString() {
    return name;
  }
}
