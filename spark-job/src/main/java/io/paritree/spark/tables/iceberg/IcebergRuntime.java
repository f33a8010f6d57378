package io.paritree.spark.tables.iceberg;

import io.paritree.spark.versions.ReadRelation;
import io.paritree.spark.versions.SparkLists;
import io.paritree.spark.versions.SparkVersion;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * Iceberg's runtime for Spark; each line of Spark has its own.
 *
 * <p>Iceberg's tables have a public interface in Java, which is the same in all runtimes. Only what
 * connects them with Spark is called by name, here. Neither is in the job's jar.
 */
public final class IcebergRuntime {
  private static final String PACKAGE = "org.apache.iceberg.spark.";
  static final String CATALOG = PACKAGE + "SparkCatalog";

  /** The catalog in which Iceberg looks for tables at paths. */
  private static final String PATHS = "spark.sql.catalog.default_iceberg";

  private IcebergRuntime() {}

  /**
   * Reads a table.
   *
   * @param table its path, which contains a slash, or its name
   * @param snapshot the number of a snapshot; empty for the newest
   * @param options of Iceberg's reader
   */
  static Dataset<Row> read(
      SparkSession session, String table, String snapshot, Map<String, String> options) {
    boolean readsVersions = SparkVersion.running().readsVersions();
    DataFrameReader reader = session.read().options(options);
    if (!snapshot.isEmpty()) {
      reader = reader.option(readsVersions ? "versionAsOf" : "snapshot-id", snapshot);
    }

    if (!table.contains("/") && (snapshot.isEmpty() || readsVersions)) {
      return reader.table(table);
    }

    preparePaths(session);
    return reader.format("iceberg").load(table);
  }

  /** Lets a session find tables at paths, for which Iceberg would otherwise ask a Hive catalog. */
  public static void preparePaths(SparkSession session) {
    RuntimeConfig settings = session.conf();
    if (settings.getOption(PATHS).isEmpty()) {
      settings.set(PATHS + ".type", "hadoop");
      settings.set(PATHS + ".warehouse", "file:/only/paths");
      settings.set(PATHS + ".cache-enabled", "false");
      settings.set(PATHS, CATALOG);
    }
  }

  /** Returns whether what was read is an Iceberg table. */
  static boolean isIceberg(Dataset<Row> read) {
    return ReadRelation.of(read) instanceof DataSourceV2Relation relation
        && relation.table().getClass().getName().equals(PACKAGE + "source.SparkTable");
  }

  /** Returns the table that was read, which must be an Iceberg table. */
  static Table table(Dataset<Row> read) {
    return (Table) ofTable(read, "table");
  }

  private static Object ofTable(Dataset<Row> read, String method) {
    Object table = ((DataSourceV2Relation) ReadRelation.of(read)).table();
    try {
      return SparkLists.invoke(table.getClass().getMethod(method), table);
    } catch (NoSuchMethodException e) {
      throw unusable("does not give its tables and snapshots", e);
    }
  }

  /** Returns the Iceberg table of this name in a catalog; empty if there is none. */
  static Optional<Table> find(SparkSession session, String name) {
    if (!session.catalog().tableExists(name)) {
      return Optional.empty();
    }

    Dataset<Row> found = session.table(name);
    return isIceberg(found) ? Optional.of(table(found)) : Optional.empty();
  }

  /** Returns a setting of a session; empty if it is not set. */
  static Optional<String> setting(SparkSession session, String name) {
    Option<String> value = session.conf().getOption(name);
    return value.isEmpty() ? Optional.empty() : Optional.of(value.get());
  }

  /** Returns columns as an Iceberg table has them. */
  static Schema schema(StructType columns) {
    return (Schema) convert(StructType.class, columns);
  }

  /** Returns the columns of an Iceberg table as Spark has them. */
  static StructType columns(Schema schema) {
    return (StructType) convert(Schema.class, schema);
  }

  private static Object convert(Class<?> type, Object value) {
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      Method convert = loader.loadClass(PACKAGE + "SparkSchemaUtil").getMethod("convert", type);
      return SparkLists.invoke(convert, null, value);
    } catch (ReflectiveOperationException e) {
      throw unusable("does not convert columns", e);
    }
  }

  private static IllegalStateException unusable(String problem, Exception cause) {
    return new IllegalStateException(
        "Cannot use this Iceberg on Spark %s: it %s"
            .formatted(SparkVersion.running().text(), problem),
        cause);
  }
}
