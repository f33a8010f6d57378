package io.paritree.spark.score;

import io.paritree.model.ModelFiles;
import io.paritree.output.PartitionValue;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.InputPartition;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.score.ScoreTask.Orders;
import io.paritree.spark.task.ColumnarScan;
import io.paritree.spark.task.CsvSource;
import io.paritree.spark.task.JavaSerialized;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.TaskPlan;
import io.paritree.spark.versions.SparkLists;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.FilterExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Reads the checked files through Spark's plan and runs the tasks.
 *
 * <p>This class, {@link ColumnarScan} and {@link FilesInOrder} alone examine Spark's physical plan.
 * Where its scan produces columnar batches, they are used directly; otherwise the plan's internal
 * rows are collected into blocks. For CSV files, Spark only assigns the files to tasks; see {@link
 * CsvSource}.
 *
 * @param session must have the settings that the job's promises need
 * @param files the files of the input that are read; at least one
 */
public record Scan(SparkSession session, CheckedInput input, List<InputFile> files) {
  /** The column that Delta's scans have where deletion vectors apply to their files. */
  private static final String DELETED = "__delta_internal_is_row_deleted";

  public Scan {
    files = List.copyOf(files);
  }

  /**
   * Scores all rows, in one pass.
   *
   * @param challengers in the order of the plan
   * @param planned is run once, when everything is planned and the tasks begin
   * @return the results of all tasks, each from the one attempt that counts; some may be added up
   */
  public List<Tally> score(
      Broadcast<ModelFiles> model,
      ArrayList<Broadcast<ModelFiles>> challengers,
      TaskPlan plan,
      ParquetWriters writers,
      ParquetWriters quarantineWriters,
      Runnable planned) {
    JavaSparkContext context = new JavaSparkContext(session.sparkContext());
    Broadcast<JavaSerialized<Orders>> orders =
        context.broadcast(new JavaSerialized<>(new Orders(plan, writers, quarantineWriters)));
    try {
      JavaRDD<JavaSerialized<Tally>> tasks = tasks(model, challengers, plan, orders);
      tasks.getNumPartitions(); // lists the splits, which a plan does when it is first asked
      planned.run();
      return TaskResults.of(tasks, TaskResults.MOST_RECEIVED);
    } finally {
      orders.destroy();
    }
  }

  private JavaRDD<JavaSerialized<Tally>> tasks(
      Broadcast<ModelFiles> model,
      ArrayList<Broadcast<ModelFiles>> challengers,
      TaskPlan plan,
      Broadcast<JavaSerialized<Orders>> orders) {
    InputSplits.set(session, files.stream().mapToLong(InputFile::bytes).sum());
    session
        .conf()
        .set("spark.sql.parquet.enableVectorizedReader", String.valueOf(!input.isReadByRows()));
    Dataset<Row> selected = selected(partitionValues());
    boolean numbersRows =
        input.format() == InputFormat.CSV || selected.columns().length > plan.fileColumns().size();
    Set<String> chosen =
        input.listing().mayReadOthers()
            ? files.stream()
                .map(file -> HadoopPaths.of(file.location()).toString())
                .collect(Collectors.toSet())
            : Set.of();
    SparkPlan executed = selected.queryExecution().executedPlan();
    Optional<ColumnarScan> columnar =
        plan.isSample() || input.format() == InputFormat.CSV
            ? Optional.empty()
            : columnar(executed, numbersRows);
    int[] ordinals = ordinals(plan, columnar.map(ColumnarScan::ordinals));
    int indexed = plan.fileColumns().size();
    int indexOrdinal =
        !numbersRows ? -1 : columnar.map(scan -> scan.ordinals()[indexed]).orElse(indexed);
    ScoreTask task =
        new ScoreTask(model, challengers, orders, input.format(), ordinals, indexOrdinal);
    if (columnar.isPresent()) {
      JavaRDD<ColumnarBatch> batches =
          FilesInOrder.of(executed, columnar.get().scan().executeColumnar(), chosen);
      return batches.mapPartitions(task::scoreBatches);
    }

    JavaRDD<InternalRow> rows =
        FilesInOrder.of(executed, selected.queryExecution().toRdd(), chosen);
    return input.format() == InputFormat.CSV
        ? rows.mapPartitions(task::scoreFiles)
        : rows.mapPartitions(task::scoreRows);
  }

  /**
   * Returns a condition, as SQL, by which Spark leaves out rows that the job has not asked it to
   * leave out; empty if there is none. The job itself asks for the rows of partitions, and Delta
   * for rows that are not deleted.
   */
  public Optional<String> condition() {
    Dataset<Row> all = selected(Map.of());
    List<SparkPlan> operators = new ArrayList<>();
    operators.add(all.queryExecution().executedPlan());
    for (int at = 0; at < operators.size(); at++) {
      if (operators.get(at) instanceof FilterExec filter
          && SparkLists.references(filter.condition()).stream()
              .anyMatch(column -> !column.name().equals(DELETED))) {
        return Optional.of(filter.condition().sql());
      }

      operators.addAll(SparkLists.children(operators.get(at)));
    }

    return Optional.empty();
  }

  /**
   * Returns the columns in the order of {@link TaskPlan.Input#columns}: columns of files come
   * first.
   */
  public static ArrayList<ReadColumn> inOrder(List<ReadColumn> columns) {
    ArrayList<ReadColumn> ordered = new ArrayList<>(columns);
    ordered.sort(Comparator.comparing(ReadColumn::isPartition));
    return ordered;
  }

  /**
   * Returns the scan whose batches can be used. A condition on partitions may remain in the plan of
   * a table whose rows are distinguished by their files; it only spares reading other files, and
   * tasks leave out the rows of these anyway. That there is no other condition, the plan without it
   * shows.
   */
  private Optional<ColumnarScan> columnar(SparkPlan executed, boolean numbersRows) {
    String name =
        input
            .listing()
            .rowIndexInScan()
            .orElseGet(ParquetFileFormat::ROW_INDEX_TEMPORARY_COLUMN_NAME);
    Optional<String> index = Optional.of(name).filter(any -> numbersRows);
    Optional<ColumnarScan> scan = ColumnarScan.of(executed, index);
    if (scan.isPresent() || !input.listing().filtersFiles()) {
      return scan;
    }

    SparkPlan whole = selected(Map.of()).queryExecution().executedPlan();
    return ColumnarScan.of(whole, index).isPresent()
        ? ColumnarScan.withAllRows(executed, index)
        : Optional.empty();
  }

  private Dataset<Row> selected(Map<String, Set<String>> partitions) {
    List<ReadColumn> columns =
        input.read().stream().filter(column -> !column.isPartition()).toList();
    return input.listing().rows(session, input.format(), columns, files, partitions);
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

  /**
   * Returns where each column of a plan is; -1 for a partition column, which no file has.
   *
   * @param scanned the places in a scan of the columns that files have, perhaps with the place of
   *     the row index after them; in rows they are in this order
   */
  private static int[] ordinals(TaskPlan plan, Optional<int[]> scanned) {
    int[] ordinals = new int[plan.input().columns().size()];
    Arrays.fill(ordinals, -1);
    for (int column = 0; column < plan.fileColumns().size(); column++) {
      ordinals[column] = scanned.isEmpty() ? column : scanned.get()[column];
    }

    return ordinals;
  }
}
