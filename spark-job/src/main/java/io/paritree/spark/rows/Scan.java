package io.paritree.spark.rows;

import io.paritree.model.ModelFiles;
import io.paritree.output.PartitionValue;
import io.paritree.spark.blocks.CsvSource;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.InputPartition;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.task.JavaSerialized;
import io.paritree.spark.task.TaskPlan;
import io.paritree.spark.task.TaskResult;
import io.paritree.spark.versions.SparkLists;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.FilterExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.v2.BatchScanExec;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Reads the checked files through Spark's plan and runs the tasks.
 *
 * <p>Only this class and {@link FilesInOrder} examine Spark's physical plan. Where its scan
 * produces columnar batches, they are used directly; otherwise the plan's internal rows are
 * collected into blocks. For CSV files, Spark only assigns the files to tasks; see {@link
 * CsvSource}.
 */
public final class Scan {
  private static final String ROW_INDEX = "row_index";

  private final SparkSession session;
  private final CheckedInput input;
  private final List<InputFile> files;

  /**
   * @param session must have the settings that the job's promises need
   * @param files those of the input's files that are read; at least one
   */
  public Scan(SparkSession session, CheckedInput input, List<InputFile> files) {
    this.session = session;
    this.input = input;
    this.files = List.copyOf(files);
  }

  /**
   * Scores all rows, in one pass.
   *
   * @return the result of each task, from the one attempt that counts
   */
  public List<TaskResult> score(
      Broadcast<ModelFiles> model,
      TaskPlan plan,
      ParquetWriters writers,
      ParquetWriters quarantineWriters) {
    JavaSparkContext context = new JavaSparkContext(session.sparkContext());
    Broadcast<JavaSerialized<TaskPlan>> planBroadcast =
        context.broadcast(new JavaSerialized<>(plan));
    Broadcast<JavaSerialized<ParquetWriters>> scoredTo =
        context.broadcast(new JavaSerialized<>(writers));
    Broadcast<JavaSerialized<ParquetWriters>> quarantinedTo =
        context.broadcast(new JavaSerialized<>(quarantineWriters));
    try {
      return score(model, plan, planBroadcast, scoredTo, quarantinedTo).stream()
          .map(JavaSerialized::value)
          .toList();
    } finally {
      planBroadcast.destroy();
      scoredTo.destroy();
      quarantinedTo.destroy();
    }
  }

  private List<JavaSerialized<TaskResult>> score(
      Broadcast<ModelFiles> model,
      TaskPlan plan,
      Broadcast<JavaSerialized<TaskPlan>> planBroadcast,
      Broadcast<JavaSerialized<ParquetWriters>> scoredTo,
      Broadcast<JavaSerialized<ParquetWriters>> quarantinedTo) {
    InputSplits.set(session, files.stream().mapToLong(InputFile::bytes).sum());
    session
        .conf()
        .set("spark.sql.parquet.enableVectorizedReader", String.valueOf(!input.isReadByRows()));
    Dataset<Row> selected = selected();
    boolean numbersRows =
        input.format() == InputFormat.CSV || selected.columns().length > plan.fileColumns().size();
    Set<String> chosen =
        input.listing().table().isEmpty() || input.listing().isOfRows()
            ? Set.of()
            : files.stream()
                .map(file -> HadoopPaths.of(file.location()).toString())
                .collect(Collectors.toSet());
    SparkPlan executed = selected.queryExecution().executedPlan();
    Optional<SparkPlan> columnar = plan.isSample() ? Optional.empty() : columnarScan(executed);
    List<String> names =
        columnar
            .map(scan -> names(scan, plan))
            .orElseGet(() -> plan.fileColumns().stream().map(ReadColumn::name).toList());
    int indexOrdinal =
        columnar.isPresent() ? names.indexOf(rowIndexInScan()) : numbersRows ? names.size() : -1;
    ScoreTask task =
        new ScoreTask(
            model,
            planBroadcast,
            scoredTo,
            quarantinedTo,
            input.format(),
            ordinals(plan, names),
            indexOrdinal);
    if (columnar.isPresent()) {
      JavaRDD<ColumnarBatch> batches =
          FilesInOrder.of(executed, columnar.get().executeColumnar(), chosen);
      return batches.mapPartitions(task::scoreBatches).collect();
    }

    JavaRDD<InternalRow> rows =
        FilesInOrder.of(executed, selected.queryExecution().toRdd(), chosen);
    return (input.format() == InputFormat.CSV
            ? rows.mapPartitions(task::scoreFiles)
            : rows.mapPartitions(task::scoreRows))
        .collect();
  }

  /** Returns the columns in the order of {@link TaskPlan#columns}: those of files come first. */
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
    if (input.listing().table().isPresent()) {
      return table(input.listing().table().get(), columns);
    }

    return input.format() == InputFormat.PARQUET ? parquet(columns, paths) : paths(paths);
  }

  private Dataset<Row> table(PinnedTable table, List<ReadColumn> columns) {
    Dataset<Row> all = table.rows(session, partitionValues());
    List<Column> selected = new ArrayList<>();
    columns.forEach(column -> selected.add(named(column.name())));
    table.rowIndex(all).ifPresent(index -> selected.add(index));
    return all.select(selected.toArray(Column[]::new));
  }

  /** Returns the values that the partition columns of the read files have; empty texts for null. */
  private Map<String, Set<String>> partitionValues() {
    Set<InputFile> read = new HashSet<>(files);
    Map<String, Set<String>> values = new HashMap<>();
    for (InputPartition partition : input.selected()) {
      if (partition.files().stream().anyMatch(read::contains)) {
        for (PartitionValue value : partition.values()) {
          values
              .computeIfAbsent(value.column(), column -> new HashSet<>())
              .add(value.isNull() ? "" : value.value());
        }
      }
    }

    return values;
  }

  private Dataset<Row> parquet(List<ReadColumn> columns, String[] paths) {
    List<StructField> fields = new ArrayList<>();
    List<Column> selected = new ArrayList<>();
    for (ReadColumn column : columns) {
      fields.add(DataTypes.createStructField(column.name(), column.type(), true));
      selected.add(named(column.name()));
    }

    Dataset<Row> all = session.read().schema(DataTypes.createStructType(fields)).parquet(paths);
    selected.add(all.metadataColumn("_metadata").getField(ROW_INDEX));
    return all.select(selected.toArray(Column[]::new));
  }

  /** Returns the paths of the files; Spark assigns them to tasks as it would their content. */
  private Dataset<Row> paths(String[] paths) {
    return session.read().format("binaryFile").load(paths).select("path");
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

  /** Returns the name that a columnar scan gives the index of a row in its file. */
  private String rowIndexInScan() {
    return input
        .listing()
        .table()
        .flatMap(PinnedTable::rowIndexInScan)
        .orElse(ParquetFileFormat.ROW_INDEX_TEMPORARY_COLUMN_NAME());
  }

  /** Returns the columns of a scan, by the names by which the run asks for them. */
  private static List<String> names(SparkPlan scan, TaskPlan plan) {
    List<String> asked = plan.columns().stream().map(ReadColumn::name).toList();
    return SparkLists.output(scan).stream()
        .map(column -> plan.comparison().asked(column.name(), asked))
        .toList();
  }

  /**
   * Returns the columnar scan of a plan that otherwise only selects columns and converts batches to
   * rows. Filters of a table whose rows are distinguished by their files only spare reading other
   * files: tasks leave out the rows of these anyway.
   */
  private Optional<SparkPlan> columnarScan(SparkPlan plan) {
    boolean isToldByFiles = input.listing().table().filter(PinnedTable::reportsPaths).isPresent();
    SparkPlan at = plan;
    while (at instanceof WholeStageCodegenExec
        || at instanceof InputAdapter
        || at instanceof ProjectExec
        || at instanceof FilterExec && isToldByFiles
        || at instanceof ColumnarToRowExec) {
      at = SparkLists.children(at).get(0);
    }

    boolean isScan = at instanceof FileSourceScanExec || at instanceof BatchScanExec;
    return isScan && at.supportsColumnar() ? Optional.of(at) : Optional.empty();
  }
}
