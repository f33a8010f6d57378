package io.paritree.spark.rows;

import io.paritree.model.ModelFiles;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.ReadColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Reads the checked files through Spark's plan and runs the tasks.
 *
 * <p>The one place that looks into Spark's physical plan: where its scan brings columnar batches,
 * they are taken as they are; else the plan's internal rows are gathered into blocks.
 */
public final class Scan {
  private final SparkSession session;
  private final CheckedInput input;
  private final List<InputFile> files;

  /**
   * @param session has the settings that the job's promises need
   * @param files which of the input's files are read; at least one
   */
  public Scan(SparkSession session, CheckedInput input, List<InputFile> files) {
    this.session = session;
    this.input = input;
    this.files = List.copyOf(files);
  }

  /**
   * Scores all rows, in one pass.
   *
   * @return what each task tells, of the one attempt of it that counts
   */
  public List<TaskResult> score(
      Broadcast<ModelFiles> model,
      TaskPlan plan,
      ParquetWriters writers,
      ParquetWriters quarantineWriters) {
    JavaSparkContext context = new JavaSparkContext(session.sparkContext());
    Broadcast<TaskPlan> told = context.broadcast(plan);
    Broadcast<ParquetWriters> scoredTo = context.broadcast(writers);
    Broadcast<ParquetWriters> quarantinedTo = context.broadcast(quarantineWriters);
    try {
      return score(model, plan, told, scoredTo, quarantinedTo);
    } finally {
      told.destroy();
      scoredTo.destroy();
      quarantinedTo.destroy();
    }
  }

  private List<TaskResult> score(
      Broadcast<ModelFiles> model,
      TaskPlan plan,
      Broadcast<TaskPlan> told,
      Broadcast<ParquetWriters> scoredTo,
      Broadcast<ParquetWriters> quarantinedTo) {
    InputSplits.set(session, files.stream().mapToLong(InputFile::bytes).sum());
    session
        .conf()
        .set("spark.sql.parquet.enableVectorizedReader", String.valueOf(!input.isReadByRows()));
    Dataset<Row> selected = selected();
    SparkPlan executed = selected.queryExecution().executedPlan();
    Optional<FileSourceScanExec> columnar = columnarScan(executed);
    if (columnar.isPresent() && !plan.isSample()) {
      List<String> names = names(columnar.get());
      int[] ordinals = ordinals(plan, names);
      int indexOrdinal = names.indexOf(ParquetFileFormat.ROW_INDEX_TEMPORARY_COLUMN_NAME());
      ScoreTask task =
          new ScoreTask(
              model, told, scoredTo, quarantinedTo, input.format(), ordinals, indexOrdinal, -1);
      JavaRDD<ColumnarBatch> batches = columnar.get().executeColumnar().toJavaRDD();
      return batches.mapPartitions(task::scoreBatches).collect();
    }

    boolean parquet = input.format() == InputFormat.PARQUET;
    int last = input.columns().size() - partitionColumns();
    List<String> names = plan.fileColumns().stream().map(ReadColumn::name).toList();
    ScoreTask task =
        new ScoreTask(
            model,
            told,
            scoredTo,
            quarantinedTo,
            input.format(),
            ordinals(plan, names),
            parquet ? last : -1,
            parquet ? -1 : last);
    JavaRDD<InternalRow> rows = selected.queryExecution().toRdd().toJavaRDD();
    return rows.mapPartitions(task::scoreRows).collect();
  }

  private int partitionColumns() {
    return (int) input.columns().stream().filter(ReadColumn::isPartition).count();
  }

  /** Returns the columns to read, those of files first, as {@link TaskPlan#columns} wants them. */
  public static ArrayList<ReadColumn> inOrder(List<ReadColumn> columns) {
    ArrayList<ReadColumn> ordered = new ArrayList<>();
    columns.stream().filter(column -> !column.isPartition()).forEach(ordered::add);
    columns.stream().filter(ReadColumn::isPartition).forEach(ordered::add);
    return ordered;
  }

  private Dataset<Row> selected() {
    String[] paths =
        files.stream().map(file -> HadoopPaths.pattern(file.location())).toArray(String[]::new);
    List<ReadColumn> columns =
        input.columns().stream().filter(column -> !column.isPartition()).toList();
    return input.format() == InputFormat.PARQUET ? parquet(columns, paths) : csv(columns, paths);
  }

  private Dataset<Row> parquet(List<ReadColumn> columns, String[] paths) {
    List<StructField> fields = new ArrayList<>();
    List<Column> selected = new ArrayList<>();
    for (ReadColumn column : columns) {
      fields.add(DataTypes.createStructField(column.name(), column.type(), true));
      selected.add(named(column.name()));
    }

    Dataset<Row> all = session.read().schema(DataTypes.createStructType(fields)).parquet(paths);
    selected.add(all.metadataColumn("_metadata").getField("row_index"));
    return all.select(selected.toArray(Column[]::new));
  }

  private Dataset<Row> csv(List<ReadColumn> columns, String[] paths) {
    // Names that the run does not read may stand twice in a header, but not in a schema.
    Set<String> taken = new HashSet<>(input.header());
    Set<String> names = new LinkedHashSet<>();
    for (String name : input.header()) {
      names.add(names.contains(name) ? unlike(taken, name) : name);
    }

    String malformed = unlike(taken, "_malformed_line");
    names.add(malformed);
    List<StructField> fields = new ArrayList<>();
    names.forEach(
        name -> fields.add(DataTypes.createStructField(name, DataTypes.StringType, true)));
    List<Column> selected = new ArrayList<>();
    columns.forEach(column -> selected.add(named(column.name())));
    selected.add(named(malformed));
    return session
        .read()
        .schema(DataTypes.createStructType(fields))
        .option("header", "true")
        .option("multiLine", "true")
        .option("mode", "PERMISSIVE")
        .option("columnNameOfCorruptRecord", malformed)
        .option("quote", "\"")
        .option("escape", "\"")
        .option("nullValue", "")
        .option("emptyValue", "")
        .option("encoding", "UTF-8")
        .option("maxCharsPerColumn", "-1")
        .option("maxColumns", String.valueOf(Math.max(20_480, 2 * input.header().size())))
        .csv(paths)
        .select(selected.toArray(Column[]::new));
  }

  /** Returns a name, made longer until it is not taken, and takes it. */
  private static String unlike(Set<String> taken, String name) {
    String longer = name;
    while (!taken.add(longer)) {
      longer += "_";
    }

    return longer;
  }

  private static Column named(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  private static int[] ordinals(TaskPlan plan, List<String> names) {
    int[] ordinals = new int[plan.columns().size()];
    Arrays.fill(ordinals, -1);
    for (int column = 0; column < ordinals.length; column++) {
      if (!plan.column(column).isPartition()) {
        ordinals[column] = names.indexOf(plan.column(column).name());
      }
    }

    return ordinals;
  }

  private static List<String> names(SparkPlan scan) {
    List<String> names = new ArrayList<>();
    for (Attribute attribute : scala.jdk.javaapi.CollectionConverters.asJava(scan.output())) {
      names.add(attribute.name());
    }

    return names;
  }

  /**
   * Returns the scan below a plan that does nothing but choose columns and turn batches into rows.
   */
  private static Optional<FileSourceScanExec> columnarScan(SparkPlan plan) {
    SparkPlan at = plan;
    while (at instanceof WholeStageCodegenExec
        || at instanceof InputAdapter
        || at instanceof ProjectExec
        || at instanceof ColumnarToRowExec) {
      at = scala.jdk.javaapi.CollectionConverters.asJava(at.children()).get(0);
    }

    return at instanceof FileSourceScanExec scan && scan.supportsColumnar()
        ? Optional.of(scan)
        : Optional.empty();
  }
}
