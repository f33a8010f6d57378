package io.paritree.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.run.TestSpark;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code scripts/sql}: what it prints, and what it ends with. */
class SqlMainTest {
  @TempDir Path directory;

  @Test
  void theResultOfTheLastStatementIsPrintedAsCsv() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("loans.sql"),
            """
            -- a comment; with a semicolon
            CREATE TEMPORARY VIEW loans AS SELECT ' x;"y" ' AS `a,b`, CAST(NULL AS INT) AS n, '' AS e;
            SELECT 'not printed';
            SELECT *, 0.5F AS score FROM loans UNION ALL SELECT 'z', 2, 'é', 1F; -- the end
            """);

    assertThat(run("--file", file.toString()))
        .isEqualTo(new Ran(0, "\"a,b\",n,e,score\n\" x;\"\"y\"\" \",,\"\",0.5\nz,2,é,1.0\n", ""));
  }

  @Test
  void statementWithoutAResultPrintsNothing() {
    assertThat(run("CREATE TEMPORARY VIEW loans AS SELECT 1 AS a")).isEqualTo(new Ran(0, "", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM nothing | `nothing` cannot be found",
        "SELEKT 1 | Syntax error at or near 'SELEKT'",
        "CREATE TEMPORARY VIEW a USING lakes | Failed to find the data source: lakes",
        "SELECT a, raise_error('no') FROM VALUES (1), (2) AS t(a) | no",
        "SELECT paritree.`/nowhere/credit`.score(struct(1 AS a)) | Cannot open model"
            + " /nowhere/credit"
      })
  void whatEndsAQueryIsSaidOnStandardError(String sql, String reason) {
    Ran ran = run(sql);

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("Cannot run the SQL: ").contains(reason);
  }

  @ParameterizedTest
  @CsvSource({"--store", "-f x y", "--unknown x", "''"})
  void wrongUsageEndsWith2(String arguments) {
    Ran ran = run(arguments.isEmpty() ? new String[0] : arguments.split(" "));

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("Try: sql --help");
  }

  private record Ran(int exitCode, String out, String err) {}

  private static Ran run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        SqlMain.run(
            TestSpark::session,
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            arguments);
    return new Ran(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
