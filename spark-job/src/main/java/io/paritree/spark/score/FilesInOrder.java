package io.paritree.spark.score;

import io.paritree.spark.versions.ReassignedScan;
import io.paritree.spark.versions.SparkLists;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.FilterExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.execution.datasources.FilePartition;
import org.apache.spark.sql.execution.datasources.FileScanRDD;
import org.apache.spark.sql.execution.datasources.PartitionedFile;

/**
 * Assigns the files of a scan to its tasks in the order of their paths.
 *
 * <p>Spark assigns files to tasks by their length, so each task reads files of many directories in
 * mixed order. Here each of Spark's tasks gets one stretch of the ordered files instead; all
 * stretches have about the same length. So the files of an output partition follow each other and
 * are read by few tasks.
 */
final class FilesInOrder {
  private static final Comparator<PartitionedFile> BY_PATH =
      Comparator.comparing(PartitionedFile::urlEncodedPath)
          .thenComparingLong(PartitionedFile::start);

  private FilesInOrder() {}

  /**
   * Returns the same rows or batches, with the files in order; unchanged unless the plan is one
   * scan of files and operators that handle its rows one by one. Any other operator may rely on
   * Spark's knowledge of a task: that it has all rows of a bucket, or a share of the rows to
   * return.
   *
   * @param plan makes the rows or batches
   * @param scanned the output of the plan
   * @param chosen the paths of the files that are read; empty for all
   */
  static <T> JavaRDD<T> of(SparkPlan plan, RDD<T> scanned, Set<String> chosen) {
    if (!(scanBelow(plan) instanceof FileSourceScanExec scan)
        || scan.bucketedScan()
        || !(scan.inputRDD() instanceof FileScanRDD files)) {
      return scanned.toJavaRDD();
    }

    List<PartitionedFile> all = new ArrayList<>();
    for (FilePartition task : SparkLists.filePartitions(files)) {
      all.addAll(Arrays.asList(task.files()));
    }

    all.removeIf(file -> !chosen.isEmpty() && !chosen.contains(path(file)));
    all.sort(BY_PATH);
    long bytesToOpenAFile = plan.conf().filesOpenCostInBytes();
    FilePartition[] stretches = stretches(all, files.getNumPartitions(), bytesToOpenAFile);
    return new ReassignedScan<>(scanned, stretches).toJavaRDD();
  }

  /** Returns the first operator of a plan that does not handle the rows below it one by one. */
  private static SparkPlan scanBelow(SparkPlan plan) {
    SparkPlan at = plan;
    while (at instanceof WholeStageCodegenExec
        || at instanceof InputAdapter
        || at instanceof ColumnarToRowExec
        || (at instanceof ProjectExec || at instanceof FilterExec) && isDeterministic(at)) {
      at = SparkLists.children(at).get(0);
    }

    return at;
  }

  /** Returns whether an operator does the same with a row in any task. */
  private static boolean isDeterministic(SparkPlan operator) {
    return SparkLists.expressions(operator).stream().allMatch(Expression::deterministic);
  }

  private static String path(PartitionedFile file) {
    return new Path(URI.create(file.urlEncodedPath())).toString();
  }

  /** Cuts a list of files into stretches of about the same length. */
  static FilePartition[] stretches(List<PartitionedFile> files, int count, long bytesToOpenAFile) {
    double all = files.stream().mapToDouble(file -> file.length() + bytesToOpenAFile).sum();
    List<List<PartitionedFile>> stretches = new ArrayList<>();
    IntStream.range(0, count).forEach(stretch -> stretches.add(new ArrayList<>()));
    double before = 0;
    for (PartitionedFile file : files) {
      double cost = file.length() + bytesToOpenAFile;
      double middle = (before + cost / 2) / all;
      stretches.get(Math.min(count - 1, (int) (middle * count))).add(file);
      before += cost;
    }

    return IntStream.range(0, count)
        .mapToObj(at -> new FilePartition(at, stretches.get(at).toArray(PartitionedFile[]::new)))
        .toArray(FilePartition[]::new);
  }
}
