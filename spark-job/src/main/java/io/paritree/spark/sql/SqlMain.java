package io.paritree.spark.sql;

import io.paritree.spark.report.Outcome;
import io.paritree.spark.tables.formats.AskedFormat;
import io.paritree.spark.task.KryoClasses;
import io.paritree.spark.versions.SparkLists;
import io.paritree.store.HadoopUser;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code scripts/sql}: runs SQL with the functions of models, and prints the result of the last
 * statement as CSV.
 *
 * <p>Exit codes: 0 done; 2 wrong usage; 1 anything else. Nothing but the result is printed to the
 * standard output.
 */
@Command(
    name = "sql",
    sortOptions = false,
    description = {
      "Runs statements of Spark's SQL, which semicolons separate, with the functions of models, and"
          + " prints the result of the last one as CSV: docs/spark-sql.md."
    },
    footer = {
      "",
      "For example: sql --store models 'SELECT loan_id, paritree.credit.score(struct(*)) AS score"
          + " FROM parquet.`/data/loans`'"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "2:wrong usage", "1:anything else"})
public final class SqlMain implements Callable<Integer> {
  private static final String CATALOG = "spark.sql.catalog.paritree";
  private static final String TIME_ZONE = "spark.sql.session.timeZone";
  private static final String TIME_TYPE = "spark.sql.timestampType";

  /** A quote in a value is doubled, and spaces around a value are kept. */
  private static final Map<String, String> CSV =
      Map.of(
          "escape", "\"",
          "ignoreLeadingWhiteSpace", "false",
          "ignoreTrailingWhiteSpace", "false");

  private final Supplier<SparkSession> spark;
  private final PrintStream out;

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description =
          "The directory of models, of which SQL gives the names; without it, SQL gives their"
              + " paths.")
  private String store;

  @ArgGroup(multiplicity = "1")
  private Statements statements;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  /** What to run. */
  private static final class Statements {
    @Parameters(paramLabel = "SQL", description = "The statements.")
    private String text;

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "The file that has the statements.")
    private Path file;

    String read() throws IOException {
      try {
        return file == null ? text : Files.readString(file);
      } catch (NoSuchFileException e) {
        throw new IOException("there is no file " + file);
      }
    }
  }

  private SqlMain(Supplier<SparkSession> spark, PrintStream out) {
    this.spark = spark;
    this.out = out;
  }

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    System.exit(run(SqlMain::start, out, System.err, arguments));
  }

  /**
   * Runs a command line.
   *
   * @param spark starts Spark, or gives the one that runs; its session does not change
   * @return the exit code
   */
  public static int run(
      Supplier<SparkSession> spark, PrintStream out, PrintStream err, String... arguments) {
    CommandLine command = new CommandLine(new SqlMain(spark, out));
    command.setOut(new PrintWriter(out, true));
    command.setExecutionExceptionHandler((e, parsed, result) -> failed(e, err));
    command.setParameterExceptionHandler(
        (e, given) -> {
          err.println(e.getMessage());
          err.println("Try: sql --help");
          return Outcome.WRONG_USAGE.exitCode();
        });
    int exitCode = command.execute(arguments);
    if (out.checkError() && exitCode == 0) {
      err.println("Cannot write the result to the standard output");
      return Outcome.FAILED.exitCode();
    }

    return exitCode;
  }

  private static SparkSession start() {
    HadoopUser.ensureNamed();
    SparkConf given = new SparkConf();
    SparkSession.Builder builder = SparkSession.builder().appName("paritree sql");
    AskedFormat.settings(given).forEach(builder::config);
    KryoClasses.settings(given).forEach(builder::config);
    SparkSession session = builder.getOrCreate();
    session.sparkContext().setLogLevel("OFF"); // what ends a query is printed once
    return session;
  }

  @Override
  public Integer call() throws IOException {
    String text = statements.read();
    SparkSession session = spark.get().newSession();
    session.conf().set(CATALOG, session.conf().get(CATALOG, ModelCatalog.class.getName()));
    session.conf().set(TIME_ZONE, session.conf().get(TIME_ZONE, "UTC"));
    session.conf().set(TIME_TYPE, session.conf().get(TIME_TYPE, "TIMESTAMP_NTZ"));
    if (store != null) {
      session.conf().set(CATALOG + ".store", store);
    }

    List<String> all = SparkLists.statements(text).stream().filter(one -> !one.isBlank()).toList();
    Dataset<Row> result = session.emptyDataFrame();
    for (String statement : all) {
      result = session.sql(statement);
    }

    print(result);
    return Outcome.CHECKED.exitCode();
  }

  private void print(Dataset<Row> result) {
    String[] columns = result.columns();
    if (columns.length > 0) {
      Iterator<String> lines =
          result
              .select(functions.to_csv(functions.struct(functions.col("*")), CSV))
              .as(Encoders.STRING())
              .toLocalIterator();
      lines.hasNext(); // a query that fails prints nothing
      out.println(Arrays.stream(columns).map(SqlMain::cell).collect(Collectors.joining(",")));
      lines.forEachRemaining(out::println);
    }
  }

  private static String cell(String name) {
    return name.matches("[^\",\r\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Returns whether Spark says what is wrong with the SQL, or which format it lacks a class of. */
  private static boolean isSaidBySpark(Throwable reason) {
    return reason instanceof AnalysisException
        || reason instanceof ClassNotFoundException && reason instanceof SparkThrowable;
  }

  private static int failed(Exception e, PrintStream err) {
    Throwable reason = e;
    while (!isSaidBySpark(reason) && reason.getCause() != null) {
      reason = reason.getCause();
    }

    String message = reason.getMessage();
    err.println("Cannot run the SQL: " + (message == null ? reason.toString() : message.strip()));
    return Outcome.FAILED.exitCode();
  }
}
