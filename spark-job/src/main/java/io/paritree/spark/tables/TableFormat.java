package io.paritree.spark.tables;

import io.paritree.spark.versions.DeltaSnapshot;
import io.paritree.spark.versions.IcebergRuntime;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The format of a table. */
public enum TableFormat {
  /**
   * The format of the catalog's table; at a path, the one that is found there, Delta if there is
   * none.
   */
  AUTO,
  DELTA,
  ICEBERG;

  /** Returns the format of the table at a path. */
  public TableFormat at(String path, Configuration hadoop) throws IOException {
    if (this != AUTO) {
      return this;
    }

    Path whole = new Path(path);
    FileSystem files = whole.getFileSystem(hadoop);
    IcebergName name = IcebergName.of(path);
    boolean isIceberg =
        hasIcebergLog(files, whole)
            || !name.selector().isEmpty()
                && !files.exists(whole)
                && hasIcebergLog(files, new Path(name.table()));
    return isIceberg ? ICEBERG : DELTA;
  }

  private static boolean hasIcebergLog(FileSystem files, Path table) throws IOException {
    Path metadata = new Path(table, "metadata");
    return files.exists(metadata)
        && Arrays.stream(files.listStatus(metadata))
            .anyMatch(file -> file.getPath().getName().contains(".metadata.json"));
  }

  /** Returns why this session cannot use tables of the format; empty if it can. */
  public Optional<String> problem(SparkSession session) {
    return switch (this) {
      case DELTA -> DeltaSnapshot.problem(session);
      case ICEBERG -> IcebergRuntime.problem();
      case AUTO -> Optional.empty();
    };
  }

  /** Returns why no table at a path can be written to; empty if it can. */
  public Optional<String> outputProblem(String path, Configuration hadoop) throws IOException {
    return this == DELTA || IcebergName.of(path).selector().isEmpty()
        ? TablePath.outputProblem(path, hadoop)
        : Optional.empty();
  }

  /**
   * Returns whether a catalog's table is one of Iceberg's.
   *
   * @throws IllegalArgumentException in a sentence about the table, if it has not this format, or
   *     Iceberg's tables cannot be used here
   */
  public boolean isIceberg(Dataset<Row> table) {
    boolean isIceberg = IcebergRuntime.isIceberg(table);
    if (isIceberg && IcebergRuntime.problem().isPresent()) {
      throw new IllegalArgumentException(IcebergRuntime.problem().get());
    } else if (!isIceberg && this == ICEBERG) {
      throw new IllegalArgumentException("it is no Iceberg table");
    }

    return isIceberg && this != DELTA;
  }

  /**
   * Returns in a sentence about a table why it cannot be opened.
   *
   * @param name of the table
   */
  public static String reason(String name, Throwable failure) {
    if (failure instanceof LinkageError e) {
      return IcebergRuntime.unfit(e);
    }

    String reason =
        String.valueOf(failure.getMessage())
            .lines()
            .filter(line -> !line.isBlank())
            .findFirst()
            .orElse(failure.getClass().getSimpleName());
    String[] parts = name.split("\\.", 2);
    if (reason.startsWith("[PARSE_") || reason.startsWith("[INVALID_IDENTIFIER]")) {
      return reason
          + "; a table's name is of parts with dots between them, in backticks where they have other"
          + " characters than letters, digits and underscores; a version of it is given with --as-of";
    } else if (reason.startsWith("[REQUIRES_SINGLE_PART_NAMESPACE]") && parts.length == 2) {
      return "%s; if '%s' is a catalog, Spark needs its settings, spark.sql.catalog.%s"
          .formatted(reason, parts[0], parts[0]);
    } else if (!name.contains("/")
        && (reason.startsWith("[TABLE_OR_VIEW_NOT_FOUND]")
            || reason.startsWith("[SCHEMA_NOT_FOUND]"))) {
      return "%s; a path needs a slash, as ./%s".formatted(reason, name);
    }

    return reason;
  }
}
