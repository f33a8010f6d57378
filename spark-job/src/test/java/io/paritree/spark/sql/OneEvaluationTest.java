package io.paritree.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.spark.run.SqlSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row is scored once, whatever a query reads of its result and wherever Spark has moved that. */
class OneEvaluationTest {
  private static final int ROWS = 2_000;

  @TempDir static Path store;
  private static ScoringModel model;
  private static SparkSession session;

  @BeforeAll
  static void seal() throws Exception {
    Path path = new TestPackages(store).wide(3, 5, 3);
    model = Opening.open(ModelFiles.read(path.toString()), EngineKind.FOREST);
    session =
        SqlSession.of(
            store, Map.of("spark.sql.optimizer.avoidDoubleFilterEval", "false")); // as before 4.2
    session
        .range(0, ROWS, 1, 1)
        .selectExpr("id", "rand(7) AS f0", "rand(8) AS f1", "rand(9) AS f2")
        .write()
        .parquet(store.resolve("rows").toString());
    session.read().parquet(store.resolve("rows").toString()).createOrReplaceTempView("t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT p.score, p.margin, p.model_version, p.faults"
            + " FROM (SELECT paritree.wide.predict(struct(*)) AS p FROM t)",
        "SELECT p.* FROM (SELECT paritree.wide.predict(struct(*)) AS p FROM t)",
        "SELECT p.score, p.margin FROM (SELECT paritree.wide.predict(struct(*)) AS p FROM t)"
            + " WHERE p.score > -1000 AND p.margin < 1000",
        "SELECT id, s, s * 2 AS d FROM (SELECT id, paritree.wide.score(struct(*)) AS s FROM t)"
            + " WHERE s > -1000 AND id >= 0",
        "SELECT paritree.wide.score(struct(*)) AS s, paritree.wide.margin(struct(*)) AS m,"
            + " paritree.wide.reasons(struct(*), 2) AS r FROM t"
      })
  void eachRowIsScoredOnce(String query) {
    Row counted =
        session
            .sql(query)
            .mapPartitions(
                (MapPartitionsFunction<Row, String>)
                    rows -> {
                      // Only this thread scores in this task, and it does nothing else meanwhile.
                      long before = RowScorer.ofThread(model).scored();
                      long read = 0;
                      for (; rows.hasNext(); rows.next()) {
                        read++;
                      }

                      long scored = RowScorer.ofThread(model).scored() - before;
                      return List.of(read + " read, " + scored + " scored").iterator();
                    },
                Encoders.STRING())
            .toDF("counted")
            .first();

    assertThat(counted.getString(0)).isEqualTo("%s read, %s scored".formatted(ROWS, ROWS));
  }
}
