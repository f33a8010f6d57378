package io.paritree.spark.tables.delta;

import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.OutputTable;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.TableFormat;
import io.paritree.spark.tables.TableToRead;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.spark.versions.SparkVersion;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Tables of Delta Lake. */
public final class DeltaFormat implements TableFormat {
  private static final String EXTENSION = "io.delta.sql.DeltaSparkSessionExtension";
  private static final String EXTENSIONS = "spark.sql.extensions";
  private static final String CATALOG = "spark.sql.catalog.spark_catalog";

  @Override
  public String shown() {
    return "Delta";
  }

  /** Delta needs its extension, and its catalog for the names of tables. */
  @Override
  public Map<String, String> settings(SparkConf given) {
    Map<String, String> settings = new HashMap<>();
    if (!SparkVersion.hasClass(EXTENSION)) {
      return settings;
    }

    String others = given.get(EXTENSIONS, "");
    if (!others.contains(EXTENSION)) {
      settings.put(EXTENSIONS, others.isBlank() ? EXTENSION : others + "," + EXTENSION);
    }

    if (!given.contains(CATALOG)) {
      settings.put(CATALOG, "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    }

    return settings;
  }

  /** Without Delta's extension, a session would read rows that were deleted. */
  @Override
  public Optional<String> problem(SparkSession session) {
    boolean isExtended = session.sparkContext().getConf().get(EXTENSIONS, "").contains(EXTENSION);
    return SparkVersion.hasClass(EXTENSION) && isExtended
        ? Optional.empty()
        : Optional.of(
            ("Delta is not on Spark's class path, or its extension is not in %s; start Spark with"
                    + " --packages %s")
                .formatted(EXTENSIONS, SparkVersion.running().deltaPackage()));
  }

  /** A path that shows no other format is taken for one of Delta, whatever is there. */
  @Override
  public boolean isAt(String path, Configuration hadoop) {
    return false;
  }

  @Override
  public boolean has(String path, Configuration hadoop) throws IOException {
    Path log = new Path(path, "_delta_log");
    return log.getFileSystem(hadoop).exists(log);
  }

  @Override
  public Optional<String> inputProblem(String path, Configuration hadoop) throws IOException {
    return DeltaPath.inputProblem(path, hadoop);
  }

  @Override
  public Optional<String> outputProblem(String path, Configuration hadoop) throws IOException {
    return DeltaPath.outputProblem(path, hadoop);
  }

  @Override
  public boolean isOf(Dataset<Row> found) {
    return DeltaSnapshot.of(found).isPresent();
  }

  @Override
  public Dataset<Row> read(SparkSession session, String path) {
    return session.read().format("delta").load(path);
  }

  @Override
  public PinnedTable pin(SparkSession session, TableToRead asked, Dataset<Row> found)
      throws RefusedException {
    return DeltaTable.pin(session, asked, DeltaSnapshot.of(found).orElseThrow());
  }

  @Override
  public OutputTable output(SparkSession session, TableToWrite asked) {
    DeltaSnapshot newest = DeltaTransaction.begin(session, asked.name()).snapshot();
    return new DeltaOutput(session, asked, newest);
  }

  @Override
  public OutputTable output(SparkSession session, TableToWrite asked, Dataset<Row> found) {
    return new DeltaOutput(session, asked, DeltaSnapshot.of(found).orElseThrow());
  }
}
