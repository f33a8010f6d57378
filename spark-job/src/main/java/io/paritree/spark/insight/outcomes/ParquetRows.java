package io.paritree.spark.insight.outcomes;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.report.RefusedException;
import io.paritree.store.Location;
import java.io.FileNotFoundException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The rows of Parquet files, with each column that any of the files has. */
final class ParquetRows {
  /** One of Spark's words for two types of one column. */
  private static final String CANNOT_MERGE = "[CANNOT_MERGE";

  /** And for a file that is not there before anything is read. */
  private static final String NO_PATH = "[PATH_NOT_FOUND]";

  /** Spark's option with the directory below which names of directories are columns. */
  private static final String BASE = "basePath";

  /** A column of a file. */
  private record OfFile(DataType type, Location file) {}

  private ParquetRows() {}

  /**
   * Reads files. A column that a file lacks is null in its rows.
   *
   * @param options of Spark's reader
   * @param name what the files are, in messages
   * @param paths as {@code HadoopPaths.pattern} makes them
   * @throws RefusedException if a column has different types
   */
  static Dataset<Row> of(
      SparkSession session, Map<String, String> options, String name, String... paths)
      throws RefusedException {
    try {
      return session.read().options(options).option("mergeSchema", "true").parquet(paths);
    } catch (Exception e) { // Spark throws checked ones undeclared
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (String.valueOf(cause.getMessage()).startsWith(CANNOT_MERGE)) {
          throw new RefusedException(
              "Cannot read %s: %s".formatted(name, difference(session, options, paths)));
        }
      }

      throw e;
    }
  }

  /**
   * Reads some files, all of which must be there.
   *
   * @param directory whose names of directories below it are columns
   * @throws FileNotFoundException if one is not, as Spark leaves out those that are gone before it
   *     lists them
   */
  static Dataset<Row> ofFiles(
      SparkSession session, Location directory, String name, List<Location> files)
      throws RefusedException, FileNotFoundException {
    String[] paths = paths(files);
    return whole(of(session, Map.of(BASE, HadoopPaths.text(directory)), name, paths), name, paths);
  }

  private static String[] paths(List<Location> files) {
    return files.stream().map(HadoopPaths::pattern).toArray(String[]::new);
  }

  /** Returns the rows, if Spark has found all files. */
  private static Dataset<Row> whole(Dataset<Row> rows, String name, String... paths)
      throws FileNotFoundException {
    int listed = rows.inputFiles().length;
    if (listed < paths.length) {
      throw new FileNotFoundException(
          "%s of %s files of %s are gone".formatted(paths.length - listed, paths.length, name));
    }

    return rows;
  }

  /**
   * Returns what says that a file is gone, as that of a partition is when it is published again;
   * empty if something else has failed.
   */
  static Optional<String> gone(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof FileNotFoundException || message.startsWith(NO_PATH)) {
        return Optional.of(message.lines().findFirst().orElse(""));
      }
    }

    return Optional.empty();
  }

  private static String difference(
      SparkSession session, Map<String, String> options, String... paths) {
    Map<String, OfFile> known = new TreeMap<>();
    for (String file : session.read().options(options).parquet(paths).inputFiles()) {
      Location at = located(URI.create(file));
      StructType columns = session.read().parquet(HadoopPaths.pattern(at)).schema();
      for (StructField field : columns.fields()) {
        OfFile own = new OfFile(field.dataType(), at);
        OfFile first = Optional.ofNullable(known.putIfAbsent(field.name(), own)).orElse(own);
        if (!first.type.equals(own.type)) {
          return "its column '%s' is of type %s in %s and of type %s in %s; read files of one type only"
              .formatted(
                  field.name(),
                  first.type.catalogString(),
                  first.file,
                  own.type.catalogString(),
                  own.file);
        }
      }
    }

    return "a column has different types in its files; read files of one type only";
  }

  private static Location located(URI file) {
    return Location.of(
        file.getScheme().equals("file")
            ? file.getPath()
            : "%s://%s%s".formatted(file.getScheme(), file.getAuthority(), file.getPath()));
  }
}
