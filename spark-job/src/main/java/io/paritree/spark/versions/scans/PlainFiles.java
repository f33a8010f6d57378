package io.paritree.spark.versions.scans;

import io.paritree.spark.versions.SparkLists;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.UnaryNode;
import org.apache.spark.sql.execution.columnar.InMemoryRelation;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
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
   * renamed column, one selected in another case, or a join, or if Spark would not read the files:
   *
   * <ul>
   *   <li>Formats of tables read files in their own way. A table of a catalog Spark finds in a
   *       query again by what it was, say to refuse that the query overwrites it.
   *   <li>A Dataset is not read again that is cached, or selected from one that is.
   *   <li>Where failures to read files are ignored, those to compute would be, too.
   * </ul>
   */
  public static Optional<PlainFiles> of(Dataset<?> rows) {
    LogicalPlan plan = rows.queryExecution().analyzed();
    List<NamedExpression> selected = new ArrayList<>();
    while (plan instanceof SubqueryAlias || plan instanceof Project) {
      if (plan instanceof Project selection) {
        selected.addAll(SparkLists.list(selection, "projectList"));
      }

      plan = ((UnaryNode) plan).child();
    }

    boolean isPlain =
        plan instanceof LogicalRelation found
            && !found.isStreaming()
            && found.catalogTable().isEmpty()
            && found.relation() instanceof HadoopFsRelation files
            && files.fileFormat().getClass() == ParquetFileFormat.class
            && files.bucketSpec().isEmpty()
            && files.overlappedPartCols().isEmpty()
            && SparkLists.list(found, "output").size() == files.schema().size()
            && areOf(SparkLists.list(found, "output"), selected);
    if (!isPlain) {
      return Optional.empty();
    }

    HadoopFsRelation files = (HadoopFsRelation) ((LogicalRelation) plan).relation();
    SparkSession session = rows.sparkSession();
    return ignoresFailures(session, files) || isCached(rows)
        ? Optional.empty()
        : Optional.of(new PlainFiles(session, files));
  }

  /**
   * Returns whether expressions are nothing but columns of files, by the names that these have: the
   * column {@code x} can be selected as {@code X}, which is still a reference to it.
   */
  private static boolean areOf(List<Attribute> files, List<NamedExpression> selected) {
    java.util.Map<ExprId, String> names =
        files.stream().collect(Collectors.toMap(Attribute::exprId, Attribute::name));
    return selected.stream()
        .allMatch(
            column ->
                column instanceof AttributeReference
                    && column.name().equals(names.get(column.exprId())));
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

  /** Returns whether Spark would read a cache now. Another Dataset is asked: one asked keeps it. */
  private static boolean isCached(Dataset<?> rows) {
    LogicalPlan plan = rows.alias("rows").queryExecution().withCachedData();
    return SparkLists.list(plan, "collectLeaves").stream()
        .anyMatch(InMemoryRelation.class::isInstance);
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
