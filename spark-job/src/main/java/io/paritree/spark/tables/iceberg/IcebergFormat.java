package io.paritree.spark.tables.iceberg;

import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.OutputTable;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.TableFormat;
import io.paritree.spark.tables.TableToRead;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.spark.versions.SparkVersion;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Tables of Iceberg. */
public final class IcebergFormat implements TableFormat {
  private static final String TEXTS = "org.apache.iceberg.util.CharSequenceSet";
  private static final String SINCE_1_11 = "org.apache.iceberg.SnapshotChanges";

  @Override
  public String shown() {
    return "Iceberg";
  }

  @Override
  public Optional<String> problem(SparkSession session) {
    if (SparkVersion.hasClass(IcebergRuntime.CATALOG) && SparkVersion.hasClass(SINCE_1_11)) {
      return Optional.empty();
    }

    return Optional.of(
        (SparkVersion.hasClass(IcebergRuntime.CATALOG)
                ? "the Iceberg on Spark's class path is older than 1.11; "
                : "Iceberg is not on Spark's class path; ")
            + SparkVersion.running()
                .icebergPackage()
                .map("start Spark with --packages %s"::formatted)
                .orElse("it has no runtime for Spark %s".formatted(SparkVersion.running().text())));
  }

  /** A path of a part of a table is one of Iceberg, which is refused. */
  @Override
  public boolean isAt(String path, Configuration hadoop) throws IOException {
    Path whole = new Path(path);
    FileSystem files = whole.getFileSystem(hadoop);
    Optional<String> table = IcebergBranches.tableOf(path);
    return hasLog(files, whole)
        || table.isPresent() && !files.exists(whole) && hasLog(files, new Path(table.get()));
  }

  @Override
  public Optional<String> inputProblem(String path, Configuration hadoop) {
    return IcebergBranches.problem(path);
  }

  @Override
  public Optional<String> outputProblem(String path, Configuration hadoop) throws IOException {
    return isAt(path, hadoop) ? IcebergBranches.problem(path) : Optional.empty();
  }

  /** Returns whether the directory is a table's, which a catalog may know by its name. */
  static boolean hasLog(FileSystem files, Path table) throws IOException {
    Path metadata = new Path(table, "metadata");
    return files.exists(metadata)
        && Arrays.stream(files.listStatus(metadata))
            .anyMatch(file -> file.getPath().getName().contains(".metadata.json"));
  }

  @Override
  public boolean isOf(Dataset<Row> found) {
    return IcebergRuntime.isIceberg(found);
  }

  @Override
  public Dataset<Row> read(SparkSession session, String path) {
    return IcebergRuntime.read(session, path, "", Map.of());
  }

  @Override
  public PinnedTable pin(SparkSession session, TableToRead asked, Dataset<Row> found)
      throws Exception {
    return IcebergTable.pin(session, asked, found);
  }

  @Override
  public OutputTable output(SparkSession session, TableToWrite asked)
      throws RefusedException, IOException {
    return IcebergOutput.at(session, asked);
  }

  @Override
  public OutputTable output(SparkSession session, TableToWrite asked, Dataset<Row> found)
      throws RefusedException, IOException {
    return IcebergOutput.of(session, asked, IcebergRuntime.table(found));
  }

  @Override
  public Optional<String> unfit(LinkageError failure) {
    return Optional.of(
        "what is on Spark's class path does not fit Spark %s (%s: %s); %s"
            .formatted(
                SparkVersion.running().text(),
                failure.getClass().getSimpleName(),
                String.valueOf(failure.getMessage()).lines().findFirst().orElse(""),
                SparkVersion.running()
                    .icebergPackage()
                    .map("its Iceberg is %s"::formatted)
                    .orElse("Iceberg has runtimes for Spark 3.5, 4.0 and 4.1 only")));
  }

  @Override
  public Optional<String> fault(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NullPointerException && isOfTexts(cause)) {
        return Optional.of(
            "Cannot read an Iceberg table: before Iceberg 1.12, no condition with IN can be used on a"
                + " column of text by which the table is partitioned and that has nulls; start Spark"
                + " with Iceberg 1.12, or compare with = and OR");
      }
    }

    return Optional.empty();
  }

  private static boolean isOfTexts(Throwable failure) {
    return Arrays.stream(failure.getStackTrace())
        .anyMatch(call -> call.getClassName().equals(TEXTS));
  }
}
