package io.paritree.spark.tables.formats;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.CatalogTable;
import io.paritree.spark.tables.NamedTable;
import io.paritree.spark.tables.OutputTable;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.TableFormat;
import io.paritree.spark.tables.TableToRead;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.spark.tables.delta.DeltaFormat;
import io.paritree.spark.tables.iceberg.IcebergFormat;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The format that a user asks for. The list of all formats. */
public enum AskedFormat {
  /**
   * That of the catalog's table; at a path, the one that is found there, Delta if there is none.
   */
  AUTO(null),
  DELTA(new DeltaFormat()),
  ICEBERG(new IcebergFormat());

  private static final List<TableFormat> ALL =
      Arrays.stream(values()).map(asked -> asked.only).filter(Objects::nonNull).toList();

  private final TableFormat only;

  /**
   * @param only the format that a table must have; null if it may have any
   */
  AskedFormat(TableFormat only) {
    this.only = only;
  }

  /** Returns the names of all formats for messages. */
  public static String names() {
    return ALL.stream().map(TableFormat::shown).collect(Collectors.joining(" or "));
  }

  /** Returns the settings that a session needs for tables, where they are not given. */
  public static Map<String, String> settings(SparkConf given) {
    Map<String, String> settings = new HashMap<>();
    ALL.forEach(format -> settings.putAll(format.settings(given)));
    return settings;
  }

  /** Returns why a session has no tables of this format; empty if it has, or if it is any. */
  public Optional<String> problem(SparkSession session) {
    return only == null ? Optional.empty() : only.problem(session);
  }

  /** Returns the known fault of a format that a failure shows, and its cure; empty if none. */
  public static Optional<String> fault(Throwable failure) {
    return ALL.stream().flatMap(format -> format.fault(failure).stream()).findFirst();
  }

  /**
   * Finds a table to read, and its version.
   *
   * @throws RefusedException if it cannot be read, or not at this version
   */
  public PinnedTable input(SparkSession session, TableToRead asked) throws RefusedException {
    return found(
        asked,
        () -> {
          Optional<TableFormat> atPath = atPath(session, asked, TableFormat::inputProblem);
          Dataset<Row> found =
              atPath.isPresent()
                  ? atPath.get().read(session, asked.name())
                  : session.read().table(asked.name());
          Optional<TableFormat> own = of(session, asked, found);
          if (own.isPresent()) {
            return own.get().pin(session, asked, found);
          } else if (only != null || atPath.isPresent()) {
            throw asked.refused(isNo(atPath.orElse(only)));
          } else if (!asked.asOf().isEmpty()) {
            throw asked.refused("it has no versions that --as-of could name");
          }

          return CatalogTable.of(session, asked, found);
        });
  }

  /**
   * Finds a table to write to.
   *
   * @throws RefusedException if it cannot be written to
   */
  public OutputTable output(SparkSession session, TableToWrite asked) throws RefusedException {
    return found(
        asked,
        () -> {
          Optional<TableFormat> atPath = atPath(session, asked, AskedFormat::outputProblem);
          OutputTable table =
              atPath.isPresent() ? atPath.get().output(session, asked) : named(session, asked);
          if (table.state().isAbsent() && !asked.isCreated()) {
            throw asked.refused(
                "there is no %s table; it is made with --create-table"
                    .formatted(atPath.orElseThrow().shown()));
          }

          return table;
        });
  }

  /** Returns whether there is a table of any format at a path. */
  public static boolean hasTable(String path, Configuration hadoop) throws IOException {
    for (TableFormat format : ALL) {
      if (format.has(path, hadoop)) {
        return true;
      }
    }

    return false;
  }

  /** A path that has an end which one format takes for a part of a table is refused for all. */
  private static Optional<String> outputProblem(
      TableFormat format, String path, Configuration hadoop) throws IOException {
    Optional<String> problem = Optional.empty();
    for (TableFormat any : ALL) {
      problem = problem.isPresent() ? problem : any.outputProblem(path, hadoop);
    }

    return problem;
  }

  private OutputTable named(SparkSession session, TableToWrite asked)
      throws RefusedException, IOException {
    Dataset<Row> found =
        read(session, asked)
            .orElseThrow(
                () ->
                    asked.refused(
                        "the catalog has no such table; make it with CREATE TABLE, or give a path, which needs a slash, as ./%s, and --create-table"
                            .formatted(asked.name())));
    Optional<TableFormat> own = of(session, asked, found);
    if (own.isEmpty()) {
      throw asked.refused(
          only == null
              ? DELTA.only.problem(session).orElse("it is no table of " + names())
              : isNo(only));
    }

    return own.get().output(session, asked, found);
  }

  /** Reads a table of the catalog; empty if there is none. */
  private static Optional<Dataset<Row>> read(SparkSession session, TableToWrite asked) {
    return session.catalog().tableExists(asked.name())
        ? Optional.of(session.table(asked.name()))
        : Optional.empty();
  }

  /**
   * Returns the format of the table at a path; empty for a name.
   *
   * @param problem why a path cannot be used
   */
  private Optional<TableFormat> atPath(SparkSession session, NamedTable asked, PathProblem problem)
      throws RefusedException, IOException {
    refuse(asked, asked.problem());
    if (!asked.isPath()) {
      if (only != null) {
        refuse(asked, only.problem(session));
      }

      return Optional.empty();
    }

    Configuration hadoop = HadoopPaths.settings(session);
    TableFormat format = only == null ? DELTA.only : only;
    for (TableFormat other : only == null ? ALL : List.<TableFormat>of()) {
      format = other.isAt(asked.name(), hadoop) ? other : format;
    }

    refuse(asked, format.problem(session));
    refuse(asked, problem.of(format, asked.name(), hadoop));
    return Optional.of(format);
  }

  /** Returns the format of what was found, if it is one that is asked for. */
  private Optional<TableFormat> of(SparkSession session, NamedTable asked, Dataset<Row> found)
      throws RefusedException {
    for (TableFormat format : ALL) {
      if (format.isOf(found)) {
        refuse(asked, format.problem(session));
        return Optional.of(format).filter(own -> only == null || only == own);
      }
    }

    return Optional.empty();
  }

  private static String isNo(TableFormat format) {
    return "it is no %s table".formatted(format.shown());
  }

  private static void refuse(NamedTable asked, Optional<String> problem) throws RefusedException {
    if (problem.isPresent()) {
      throw asked.refused(problem.get());
    }
  }

  /** Why a path cannot name a table of a format; empty if it can. */
  private interface PathProblem {
    Optional<String> of(TableFormat format, String path, Configuration hadoop) throws IOException;
  }

  private static <T> T found(NamedTable asked, Callable<T> search) throws RefusedException {
    try {
      return search.call();
    } catch (RefusedException e) {
      throw e;
    } catch (Exception | LinkageError e) { // Spark and the formats throw checked ones undeclared
      throw asked.refused(reason(asked.name(), e));
    }
  }

  /** Returns in a sentence about a table why it cannot be found. */
  private static String reason(String name, Throwable failure) {
    if (failure instanceof LinkageError e) {
      return ALL.stream().flatMap(format -> format.unfit(e).stream()).findFirst().orElseThrow();
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
