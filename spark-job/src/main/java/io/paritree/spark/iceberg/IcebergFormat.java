package io.paritree.spark.iceberg;

import io.paritree.spark.commit.OutputTable;
import io.paritree.spark.commit.TableFormat;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.tables.AskedOutput;
import io.paritree.spark.tables.AskedTable;
import io.paritree.spark.tables.PinnedTable;
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
  @Override
  public String shown() {
    return "Iceberg";
  }

  @Override
  public Optional<String> problem(SparkSession session) {
    return IcebergRuntime.problem();
  }

  /** A path may end with a branch, a tag or a snapshot of the table. */
  @Override
  public boolean isAt(String path, Configuration hadoop) throws IOException {
    Path whole = new Path(path);
    FileSystem files = whole.getFileSystem(hadoop);
    IcebergName name = IcebergName.of(path);
    return hasLog(files, whole)
        || !name.selector().isEmpty()
            && !files.exists(whole)
            && hasLog(files, new Path(name.table()));
  }

  /** Returns whether the directory is that of a table, which a catalog may know by its name. */
  static boolean hasLog(FileSystem files, Path table) throws IOException {
    Path metadata = new Path(table, "metadata");
    return files.exists(metadata)
        && Arrays.stream(files.listStatus(metadata))
            .anyMatch(file -> file.getPath().getName().contains(".metadata.json"));
  }

  @Override
  public String directory(String path) {
    IcebergName name = IcebergName.of(path);
    return name.isKnown() ? name.table() : path;
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
  public PinnedTable pin(SparkSession session, AskedTable asked, Dataset<Row> found)
      throws Exception {
    return IcebergTable.pin(session, asked, found);
  }

  @Override
  public OutputTable output(SparkSession session, AskedOutput asked)
      throws RefusedException, IOException {
    return IcebergOutput.at(session, asked);
  }

  @Override
  public OutputTable output(SparkSession session, AskedOutput asked, Dataset<Row> found)
      throws RefusedException, IOException {
    return IcebergOutput.of(session, asked, IcebergRuntime.table(found));
  }

  /** A catalog fails where the name is that of a branch which its table does not have. */
  @Override
  public Optional<String> absence(AskedOutput asked, Exception failure) {
    return IcebergName.of(asked.name())
        .branch()
        .filter(branch -> String.valueOf(failure.getMessage()).contains("does not exist"))
        .map(IcebergReference::noBranch);
  }

  @Override
  public Optional<String> unfit(LinkageError failure) {
    return Optional.of(IcebergRuntime.unfit(failure));
  }

  @Override
  public Optional<String> fault(Throwable failure) {
    return IcebergRuntime.fault(failure);
  }
}
