package io.paritree.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.TestPackages;
import io.paritree.spark.run.SqlSession;
import io.paritree.spark.run.TestSpark;
import io.paritree.spark.score.OpenModels;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a model is in a plan. */
class PlannedModelTest {
  private static final String SECRET = "0pen-sesame";

  @TempDir Path directory;

  @Test
  void aPlanHasVersionAndDigestAndStaysSmallForALargeModelOfManyColumns() throws Exception {
    Path model = new TestPackages(directory).wide(300, 40, 6);
    SparkSession session = SqlSession.of(directory, Map.of("fs.s3a.secret.key", SECRET));
    StructType row = new StructType();
    for (int index = 0; index < 300; index++) {
      row = row.add("f" + index, DataTypes.FloatType);
    }

    PlannedModel planned = PlannedModel.of(session, model.toString());
    RowFunction function =
        new RowFunction(
            "p.wide.score",
            FunctionOutput.SCORE,
            planned,
            RowColumns.of(planned.open().schema(), row, List.of()),
            RowFunction.Unscored.IS_NULL,
            DataTypes.FloatType,
            new DataType[] {row});
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(function);
    }

    assertThat(bytes.size()).isLessThan(20_000);
    assertThat(bytes.toString(StandardCharsets.ISO_8859_1))
        .contains("wide/1", planned.digest())
        .doesNotContain(SECRET, directory.toString());
    assertThat(Files.size(model.resolve("model.ubj"))).isGreaterThan(100_000);
  }

  @Test
  void explainShowsVersionAndDigestAndNeitherThePlanNorAnErrorShowsCredentials() throws Exception {
    new TestPackages(directory).wide(2, 3, 3);
    SparkSession session = SqlSession.of(directory, Map.of("fs.s3a.secret.key", SECRET));
    Dataset<Row> scored =
        session.sql("SELECT paritree.wide.score(struct(id AS f0, id AS f1)) FROM range(3)");

    String plans = scored.queryExecution().toString();

    assertThat(plans).contains("wide/1, digest").doesNotContain(SECRET, directory.toString());
    assertThatThrownBy(() -> session.sql("SELECT paritree.none.score(struct(1 AS f0))"))
        .message()
        .contains("none")
        .doesNotContain(SECRET);
    SparkSession careless =
        SqlSession.of(
            Path.of("x"),
            Map.of("spark.sql.catalog.paritree.store", "s3a://me:%s@b/models".formatted(SECRET)));
    assertThatThrownBy(() -> careless.sql("SELECT paritree.none.score(struct(1 AS f0))"))
        .satisfies(
            e ->
                assertThat(
                        Stream.iterate(e, cause -> cause != null, Throwable::getCause)
                            .map(String::valueOf)
                            .toList()
                            .toString())
                    .contains("with a password in it")
                    .doesNotContain(SECRET));
  }

  @Test
  void bytesOfAnotherModelAreRefusedByTheirDigest() throws Exception {
    Path model = new TestPackages(directory).wide(2, 3, 3);
    Broadcast<ModelFiles> files =
        new JavaSparkContext(TestSpark.session().sparkContext())
            .broadcast(ModelFiles.read(model.toString()));

    assertThatThrownBy(() -> OpenModels.open(files, "0".repeat(64), EngineKind.FOREST))
        .hasMessageContaining("but the plan was made for 0000");
  }

  @Test
  void aVersionIsReadAndBroadcastOnceAndSessionsHaveTheirOwnStores() throws Exception {
    TestPackages one = new TestPackages(directory.resolve("one"));
    TestPackages two = new TestPackages(directory.resolve("two"));
    one.wide(2, 3, 3);
    two.wide(2, 4, 3);
    SparkSession first = SqlSession.of(one.store(), Map.of());
    SparkSession second = SqlSession.of(two.store(), Map.of());
    String query = "SELECT paritree.wide.score(struct(0.5 AS f0, 0.5 AS f1))";

    PlannedModel planned = PlannedModel.of(first, one.store() + "/wide@champion");

    assertThat(PlannedModel.of(second, one.store() + "/wide/1")).isSameAs(planned);
    assertThat(PlannedModel.of(first, two.store() + "/wide")).isNotEqualTo(planned);
    assertThat(first.sql(query).first()).isNotEqualTo(second.sql(query).first());
    List<?> models =
        IntStream.range(0, 4).parallel().mapToObj(index -> planned.open()).distinct().toList();
    assertThat(models).hasSize(1);
  }
}
