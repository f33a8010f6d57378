package io.paritree.spark.versions.scans;

import io.paritree.spark.versions.SparkLists;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;
import scala.collection.immutable.Map;

/**
 * The Parquet files whose columns, all or some, are all that a Dataset has. Immutable and
 * thread-safe.
 */
public final class PlainFiles {
  private static final String IGNORES_FAILURES = "ignoreCorruptFiles";

  private final SparkSession session;
  private final HadoopFsRelation relation;

  private PlainFiles(SparkSession session, HadoopFsRelation relation) {
    this.session = session;
    this.relation = relation;
  }

  /**
   * Finds the files of a Dataset; empty if there is more to it, such as a filter, a computed or
   * renamed column, or a join, or if Spark would not read the files:
   *
   * <ul>
   *   <li>Formats of tables read files in their own way. A table of a catalog Spark finds in a
   *       query again by what it was, say to refuse that the query overwrites it.
   *   <li>A cached Dataset is not read again.
   *   <li>Where failures to read files are ignored, those to compute would be, too.
   * </ul>
   */
  public static Optional<PlainFiles> of(Dataset<?> rows) {
    LogicalPlan plan = rows.queryExecution().analyzed();
    while (plan instanceof SubqueryAlias || isSelection(plan)) {
      plan = plan instanceof SubqueryAlias alias ? alias.child() : ((Project) plan).child();
    }

    boolean isPlain =
        plan instanceof LogicalRelation found
            && !found.isStreaming()
            && found.catalogTable().isEmpty()
            && found.relation() instanceof HadoopFsRelation files
            && files.fileFormat().getClass() == ParquetFileFormat.class
            && files.bucketSpec().isEmpty()
            && files.overlappedPartCols().isEmpty()
            && SparkLists.list(found, "output").size() == files.schema().size();
    if (!isPlain) {
      return Optional.empty();
    }

    HadoopFsRelation files = (HadoopFsRelation) ((LogicalRelation) plan).relation();
    SparkSession session = rows.sparkSession();
    return ignoresFailures(session, files)
            || isCached(rows)
            || isCached(session.baseRelationToDataFrame(files))
        ? Optional.empty()
        : Optional.of(new PlainFiles(session, files));
  }

  private static boolean isSelection(LogicalPlan plan) {
    return plan instanceof Project
        && SparkLists.list(plan, "projectList").stream()
            .allMatch(AttributeReference.class::isInstance);
  }

  private static boolean ignoresFailures(SparkSession session, HadoopFsRelation files) {
    String setting = "spark.sql.files." + IGNORES_FAILURES;
    return Boolean.parseBoolean(session.conf().get(setting))
        || SparkLists.java(files.options()).stream()
            .anyMatch(option -> IGNORES_FAILURES.equalsIgnoreCase(name(option)));
  }

  private static String name(Object option) {
    return ((Tuple2<?, ?>) option)._1().toString();
  }

  private static boolean isCached(Dataset<?> rows) {
    return !rows.storageLevel().equals(StorageLevel.NONE());
  }

  /** Returns a name that begins as none of the columns' does, whether case counts or not. */
  public String unused(String proposed) {
    String beginning = proposed.toLowerCase(Locale.ROOT);
    boolean isUsed =
        Arrays.stream(relation.schema().fieldNames())
            .anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith(beginning));
    return isUsed ? unused("x" + beginning) : beginning;
  }

  /** Returns all columns of the files and their directories, and the computed ones. */
  @SuppressWarnings("unchecked") // as the options are that it is called on
  public Dataset<Row> with(ComputedColumns columns) {
    StructType data = relation.dataSchema();
    for (StructField computed : columns.computed().fields()) {
      data = data.add(computed);
    }

    Map<String, String> options =
        (Map<String, String>)
            SparkLists.call(relation.options(), "updated", IGNORES_FAILURES, "false");
    return session.baseRelationToDataFrame(
        new HadoopFsRelation(
            relation.location(),
            relation.partitionSchema(),
            data,
            relation.bucketSpec(),
            new ComputedFormat(columns),
            options,
            relation.sparkSession()));
  }
}
