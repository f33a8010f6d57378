package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Sha256;
import io.paritree.forest.TurnedEngine;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.spark.rows.OpenModels;
import io.paritree.spark.sql.Paritree;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Other bits of a row that is scored again fail what scores it, before anybody sees the row. The
 * engines of these models are verified when they are opened, and turn one comparison only then.
 */
class RecheckTest {
  private static final String OTHER =
      "is \\S+ \\(0x[0-9a-f]+\\), and \\S+ \\(0x[0-9a-f]+\\) scored";

  @TempDir Path directory;

  /** A model that tasks find open, with its engine. */
  private record Planted(Path path, TurnedEngine engine, ScoringModel held) {}

  /**
   * @param name no other test's, which would find the model by its digest
   */
  private Planted plant(String name) throws Exception {
    Path path = new TestPackages(directory.resolve("store")).wide(name, 2, 5, 3);
    ModelFiles files = ModelFiles.read(path.toString());
    TurnedEngine engine =
        new TurnedEngine(Opening.open(path.toString(), EngineKind.FOREST).specification());
    ScoringModel open =
        Opening.open(files, Opening.read("model.ubj", files.file("model.ubj")), engine);
    OpenModels.remember(open, EngineKind.FOREST);
    return new Planted(path, engine, open);
  }

  private Dataset<Row> rows(SparkSession session) {
    return session
        .range(0, 300, 1, 2)
        .selectExpr("id", "cast(id - 150 as float) AS f0", "cast(id % 7 as float) AS f1");
  }

  private Path written(String format) {
    Path input = directory.resolve("in");
    rows(TestSpark.interpreting())
        .write()
        .format(format)
        .option("header", true)
        .save(input.toString());
    return input;
  }

  private JobRun score(Planted model, Path input, Object... more) {
    return JobRun.of(
        Stream.concat(
                Stream.of("--model", model.path, "--input", input, "--output", output()),
                Stream.concat(Stream.of("--keys", "id"), Stream.of(more)))
            .toArray());
  }

  private Path output() {
    return directory.resolve("out");
  }

  private Map<String, String> published() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(output())) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(file.toString(), Sha256.hex(Files.readAllBytes(file)));
      }
    }

    return files;
  }

  @Test
  void aRunFailsBeforeItPublishesAndNamesRowsHostAndCpu() throws Exception {
    Planted model = plant("turned_rows");
    Path input = written("parquet");
    JobRun right = score(model, input, "--recheck", "1");
    assertThat(right.exitCode()).as(right.err()).isZero();
    Map<String, String> before = published();

    model.engine.turn();
    JobRun run = score(model, input, "--recheck", "1", "--force");

    assertThat(run.exitCode()).as(run.out()).isEqualTo(1);
    assertThat(run.err())
        .contains("Cannot publish: ", " of 300 rows have other bits")
        .contains(InetAddress.getLocalHost().getHostName() + " (")
        .containsPattern("id=[0-9]+, row [0-9]+ of part-\\S+parquet, scored on ")
        .containsPattern("(margin|score) " + OTHER);
    assertThat(published()).as("nothing was published").isEqualTo(before);
    assertThat(score(model, input, "--dry-run", "--recheck", "1", "--force").exitCode())
        .as("a sample is scored again too")
        .isEqualTo(1);
    assertThat(score(model, input, "--recheck", "0", "--force").exitCode())
        .as("nobody else would notice")
        .isZero();
    assertThat(published()).isNotEqualTo(before);
  }

  @Test
  void linesOfCsvAreScoredAgainToo() throws Exception {
    Planted model = plant("turned_lines");
    Path input = written("csv");
    model.engine.turn();

    JobRun run = score(model, input, "--input-format", "csv", "--recheck", "0.5");

    assertThat(run.exitCode()).as(run.out()).isEqualTo(1);
    assertThat(run.err()).contains(" rows have other bits").containsPattern("id=[0-9]+, ");
    assertThat(output()).doesNotExist();
  }

  @Test
  void aChallengerWhoseScoresDifferIsLeftOut() throws Exception {
    Planted model = plant("right");
    Planted challenger = plant("turned_challenger");
    challenger.engine.turn();

    JobRun run =
        score(
            model, written("parquet"), "--recheck", "1", "--challenger", "next=" + challenger.path);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out() + run.err()).containsPattern("next.*its (margin|score) " + OTHER);
  }

  @Test
  void queriesAndDatasetsFailToo() throws Exception {
    Planted model = plant("turned_query");
    Path store = directory.resolve("store");
    SparkSession all = SqlSession.of(store, Map.of("paritree.recheck", "1"));
    SparkSession none = SqlSession.of(store, Map.of("paritree.recheck", "0"));
    SparkSession wrong = SqlSession.of(store, Map.of("paritree.recheck", "2"));
    for (boolean isRight : new boolean[] {true, false}) {
      for (SparkSession session : List.of(all, none)) {
        rows(session).createOrReplaceTempView("t");
        Dataset<Row> query = session.sql("SELECT paritree.turned_query.score(struct(*)) FROM t");
        Dataset<Row> dataset = Paritree.score(rows(session), model.path.toString());
        for (Dataset<Row> scored : List.of(query, dataset)) {
          if (isRight || session == none) {
            assertThat(scored.collectAsList()).hasSize(300);
          } else {
            assertThatThrownBy(scored::collectAsList)
                .rootCause()
                .hasMessageStartingWith("Cannot vouch for a score: the ")
                .hasMessageContaining(InetAddress.getLocalHost().getHostName() + " (")
                .message()
                .containsPattern("(margin|score) " + OTHER);
          }
        }
      }

      model.engine.turn();
    }

    rows(wrong).createOrReplaceTempView("t");
    assertThatThrownBy(() -> Paritree.score(rows(wrong), model.path.toString()))
        .hasMessage("Cannot use paritree.recheck = '2': expected a number from 0 to 1");
    assertThatThrownBy(() -> wrong.sql("SELECT paritree.turned_query.score(struct(*)) FROM t"))
        .hasMessageContaining("Cannot use paritree.recheck = '2'");
  }
}
