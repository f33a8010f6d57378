package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.paritree.PublicApi;
import io.paritree.docs.Block;
import io.paritree.docs.BlockKind;
import io.paritree.docs.Command;
import io.paritree.docs.Loans;
import io.paritree.docs.Page;
import io.paritree.docs.Program;
import io.paritree.forest.Engine;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.settings.AuditArguments;
import io.paritree.spark.settings.OutcomeArguments;
import io.paritree.spark.settings.ProveArguments;
import io.paritree.spark.settings.ScoreArguments;
import io.paritree.spark.sql.SqlMain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.spark.launcher.SparkLauncher;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commands, SQL, Java and settings of the pages do what the pages say: those of {@code
 * scripts/model}, {@code scripts/score}, {@code scripts/outcomes}, {@code scripts/parity} and
 * {@code scripts/sql}, here; of the server, in its own tests.
 *
 * <p>Each page begins with {@link Loans}, the Parquet files of their days, and of which of them are
 * late. Its blocks follow one another.
 */
class ExamplesTest {
  private static final Set<Program> RUN_HERE =
      Set.of(Program.MODEL, Program.SCORE, Program.OUTCOMES, Program.PARITY, Program.SQL);
  private static final Pattern PATH_IN_SQL =
      Pattern.compile("(?<=[`'\"])(/data/|/lake/|rows\\.csv)");
  private static final String PROGRAM =
      """
      import io.paritree.spark.sql.Paritree;
      import java.util.List;
      import org.apache.spark.sql.Dataset;
      import org.apache.spark.sql.Row;
      import org.apache.spark.sql.SparkSession;

      public class Example {
        public static List<Dataset<Row>> run(SparkSession spark, Dataset<Row> loans) throws Exception {
          %s
          return List.of(%s);
        }
      }
      """;

  @TempDir Path directory;
  @TempDir Path classes;

  private Loans loans;
  private SparkSession session;

  static Stream<Page> pagesThatAreRunHere() {
    return Page.with(
        block ->
            switch (block.kind()) {
              case JAVA, SQL -> true;
              case SH ->
                  Command.all(block).stream()
                      .anyMatch(command -> RUN_HERE.contains(command.program()));
              default -> false;
            });
  }

  @ParameterizedTest
  @MethodSource("pagesThatAreRunHere")
  void everyBlockRuns(Page page) throws Exception {
    begin();
    for (Block block : page.blocks()) {
      switch (block.kind()) {
        case SH -> {
          for (Command command : Command.all(block)) {
            run(command);
          }
        }
        case JSON_SCHEMA -> loans.edit(block);
        case HOCON_JOB -> Files.writeString(directory.resolve("job.conf"), block.text());
        case SQL -> sql(block);
        case JAVA -> java(block);
        default -> {}
      }
    }
  }

  private void begin() throws IOException {
    loans = Loans.write(directory);
    session = SqlSession.of(directory.resolve("models"), Map.of());
    for (String day : Loans.DAYS) {
      read(day).write().parquet(directory + "/data/loans/day=" + day);
    }

    session.read().parquet(directory + "/data/loans").createOrReplaceTempView("loans");
    session
        .sql(
            "SELECT DISTINCT loan_id, loan_id % 3 = 0 AS defaulted,"
                + " timestamp '2027-03-01 00:00:00' AS known_at FROM loans")
        .write()
        .parquet(directory + "/data/defaults");
  }

  private Dataset<Row> read(String day) throws IOException {
    return session
        .read()
        .schema(
            "loan_id BIGINT, branch STRING, amount DOUBLE, income DOUBLE, purpose STRING,"
                + " opened STRING")
        .option("header", "true")
        .csv(loans.csv(day).toString());
  }

  private void run(Command command) throws Exception {
    if (command.program() == Program.MODEL) {
      loans.model(command);
    } else if (command.program() == Program.SCORE) {
      List<String> arguments = command.arguments(directory);
      boolean isScored =
          Stream.of("--help", "--status", "--recover").noneMatch(arguments::contains);
      assertEnds(command, isScored ? JobRun.of(arguments.toArray()) : other(arguments));
    } else if (command.program() == Program.OUTCOMES) {
      assertEnds(command, JobRun.ofOutcomes(command.arguments(directory).toArray()));
    } else if (command.program() == Program.PARITY) {
      assertEnds(command, JobRun.ofParity(command.arguments(directory).toArray()));
    } else if (command.program() == Program.SQL) {
      assertEnds(command, query(command.arguments(directory)));
    }
  }

  private static void assertEnds(Command command, JobRun run) {
    assertThat(run.exitCode())
        .as("%s%n%s%s", command, run.out(), run.err())
        .isEqualTo(command.exitCode());
  }

  private JobRun query(List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    String[] real = arguments.stream().map(this::realInSql).toArray(String[]::new);
    int exitCode = SqlMain.run(() -> session, print, print, real);
    return new JobRun(exitCode, out.toString(StandardCharsets.UTF_8), "");
  }

  private static JobRun other(List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    int exitCode = ScoreMain.run(StepObserver.NONE, print, print, arguments.toArray(String[]::new));
    return new JobRun(exitCode, out.toString(StandardCharsets.UTF_8), "");
  }

  private void sql(Block block) {
    for (String statement : block.text().split(";")) {
      String text = statement.lines().filter(isNoComment()).collect(Collectors.joining("\n"));
      if (!text.isBlank()) {
        String real = realInSql(text);
        assertThatCode(() -> session.sql(real).collectAsList())
            .as("%s: %s", block, real)
            .doesNotThrowAnyException();
      }
    }
  }

  /** Returns SQL with the paths of the story below the directory. */
  private String realInSql(String sql) {
    Matcher path = PATH_IN_SQL.matcher(sql);
    return path.replaceAll(
        found -> directory + (found.group().startsWith("/") ? "" : "/") + found.group());
  }

  private static Predicate<String> isNoComment() {
    return line -> !line.strip().startsWith("--");
  }

  /** Compiles and runs a class, or statements over {@code loans}. */
  private void java(Block block) throws Exception {
    Matcher declared = Pattern.compile("public class (\\w+)").matcher(block.text());
    if (declared.find()) {
      String record = Files.readString(directory.resolve("record.json"));
      compiled(block, declared.group(1), block.text())
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[] {directory + "/models/credit", record});
    } else {
      statements(block, "");
    }
  }

  /**
   * Runs statements.
   *
   * @param results names of variables of the statements, with a comma between them
   * @return their values
   */
  @SuppressWarnings("unchecked") // the program's type
  private List<Dataset<Row>> statements(Block block, String results) throws Exception {
    return (List<Dataset<Row>>)
        compiled(block, "Example", PROGRAM.formatted(real(block.text()), results))
            .getMethod("run", SparkSession.class, Dataset.class)
            .invoke(null, session, session.table("loans"));
  }

  private Class<?> compiled(Block block, String name, String source) throws Exception {
    compile(block, name, source);
    assertThat(typesThatAreNotPromised()).as(block.toString()).isEmpty();
    URL[] path = {classes.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(path, getClass().getClassLoader())) {
      return loader.loadClass(name);
    }
  }

  @Test
  void theCallOnADatasetScores() throws Exception {
    begin();

    List<Dataset<Row>> results =
        statements(Page.blockWith(BlockKind.JAVA, "Paritree.score(loans"), "scored, slim");

    assertThat(results.get(0).where("score IS NOT NULL").count()).isEqualTo(599);
    assertThat(results.get(1).columns())
        .containsExactly("loan_id", "score", "margin", "label", "model_version", "faults");
    assertThat(results.get(1).where("faults IS NOT NULL").count()).isEqualTo(1);
  }

  @Test
  void theProgramWithTheModelAloneIsShort() {
    String program = Page.blockWith(BlockKind.JAVA, "class Score ").text();
    int begin = program.indexOf("Opening.open");
    int end = program.indexOf("e.faults()");

    assertThat(program.substring(begin, end).lines().count()).isLessThanOrEqualTo(10);
  }

  /** Returns a text with the paths of the story below the directory. */
  private String real(String text) {
    return text.replaceAll("\"(models/|/data/)", "\"" + directory + "/$1").replace("//", "/");
  }

  private void compile(Block block, String name, String source) throws IOException {
    Path file = Files.writeString(classes.resolve(name + ".java"), source);
    int exitCode =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                file.toString());
    assertThat(exitCode).as("%s: %s", block, source).isZero();
  }

  private Set<String> typesThatAreNotPromised() {
    return new ClassFileImporter()
        .importPath(classes).stream()
            .flatMap(example -> example.getDirectDependenciesFromSelf().stream())
            .map(dependency -> dependency.getTargetClass())
            .filter(type -> type.getPackageName().startsWith("io.paritree"))
            .filter(type -> !type.isAnnotatedWith(PublicApi.class))
            .map(JavaClass::getName)
            .filter(name -> !name.equals(Engine.class.getName()))
            .collect(Collectors.toSet());
  }

  /** What needs a cluster is not run: the job's parser and Spark's read its options. */
  @Test
  void optionsOfClustersAreParsed() throws Exception {
    for (Page page : Page.all()) {
      for (Block block : page.blocks()) {
        if (block.kind() == BlockKind.HOCON_JOB) {
          Files.writeString(directory.resolve("job.conf"), block.text());
        } else if (block.kind() == BlockKind.SH_CLUSTER) {
          for (Command command : Command.all(block)) {
            assertThatCode(() -> parse(command)).as(command.toString()).doesNotThrowAnyException();
          }
        }
      }
    }
  }

  private void parse(Command command) throws Exception {
    List<String> arguments = new ArrayList<>(command.arguments(directory));
    if (command.program() == Program.SPARK_SUBMIT) {
      int jar =
          arguments.stream()
              .filter(word -> word.endsWith(".jar"))
              .map(arguments::indexOf)
              .findFirst()
              .orElseThrow();
      parseOfSpark(arguments.subList(0, jar));
      arguments.subList(0, jar + 1).clear();
    } else if (command.program() == Program.SPARK_SQL) {
      parseOfSpark(arguments);
      return;
    } else if (command.program() == Program.OUTCOMES) {
      OutcomeArguments.COMMAND.parse(arguments.toArray(String[]::new));
      return;
    } else if (command.program() == Program.PARITY) {
      if (arguments.get(0).equals("prove")) {
        ProveArguments.COMMAND.parse(arguments.subList(1, arguments.size()).toArray(String[]::new));
      } else {
        AuditArguments.COMMAND.parse(arguments.subList(1, arguments.size()).toArray(String[]::new));
      }

      return;
    } else if (command.program() != Program.SCORE) {
      return;
    }

    parseOfSpark(
        List.of(command.environment().getOrDefault("PARITREE_SPARK_OPTS", "").split(" +")));
    ScoreArguments.parse(Clock.systemUTC(), arguments.toArray(String[]::new));
  }

  private static void parseOfSpark(List<String> options) {
    for (int index = 0; index + 1 < options.size(); index += 2) {
      new SparkLauncher().addSparkArg(options.get(index), options.get(index + 1));
    }
  }

  @Test
  void settingsOfTheJobAreSettings() throws Exception {
    for (Block block : Page.blocks(BlockKind.HOCON_JOB).toList()) {
      Path file = Files.writeString(directory.resolve("job.conf"), block.text());
      assertThatCode(
              () ->
                  ScoreArguments.parse(
                      Clock.systemUTC(),
                      ("--conf %s --model m --input i --output o --keys k".formatted(file))
                          .split(" ")))
          .as(block.toString())
          .doesNotThrowAnyException();
    }
  }
}
