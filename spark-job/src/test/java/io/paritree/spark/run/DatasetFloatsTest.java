package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.model.TestPackages;
import io.paritree.spark.sql.DatasetScoring;
import io.paritree.spark.sql.Paritree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Floats of any kind, scored by the call on a Dataset. */
class DatasetFloatsTest {
  private static final int ROWS = 5_000;
  private static final long SEED = Seed.next();
  private static final List<String> FLOATS =
      List.of("id", "a.b", "back`tick", "a b", "f3", "f4", "base");

  @TempDir static Path directory;
  private static TestPackages packages;
  private static String floats;

  @BeforeAll
  static void seal() {
    packages = new TestPackages(directory.resolve("models"));
    packages.floats();
    floats = writeFloats();
  }

  @ParameterizedTest
  @CsvSource({
    "id,            true,  CODEGEN_ONLY, true",
    "id a.b,        false, CODEGEN_ONLY, true",
    "'',            true,  CODEGEN_ONLY, true",
    "id a.b,        true,  CODEGEN_ONLY, false",
    "id,            false, CODEGEN_ONLY, false",
    "id f3 base,    false, NO_CODEGEN,   false",
    "'',            true,  CODEGEN_ONLY, false"
  })
  void floatsOfAnyKindHaveTheBitsAndFaultsOfTheSqlFunction(
      String keys, boolean isOfStages, String mode, boolean isOfFiles) throws Exception {
    SparkSession session = SqlSession.of(packages.store(), Map.of());
    session.conf().set("spark.sql.codegen.wholeStage", isOfStages);
    session.conf().set("spark.sql.codegen.factoryMode", mode);
    Dataset<Row> rows = session.read().parquet(floats);
    rows.createOrReplaceTempView("floats");
    DatasetScoring scoring = Paritree.model(packages.store().resolve("floats") + "/1");
    scoring = keys.isEmpty() ? scoring : scoring.keys(keys.split(" "));

    Dataset<Row> scored =
        scoring.withMargin().withFaults().score(isOfFiles ? rows : rows.where("true"));

    Dataset<Row> predicted =
        session.sql("SELECT *, paritree.floats.predict(struct(*)) AS p FROM floats");
    Column[] results = DatasetScoringTest.columns(predicted.select("p.*"));
    assertThat(texts(scored.withColumn("p", functions.struct(results)), keys))
        .as("-Dseed=%s", SEED)
        .isEqualTo(texts(predicted, keys));
    assertThat(scored.where("score IS NOT NULL").count()).isGreaterThan(ROWS / 2);
    assertThat(scored.where("size(faults) = 2").count()).isPositive();
  }

  /**
   * Returns the kept columns and the results of each row as texts, which differ if any bit does.
   */
  private static List<String> texts(Dataset<Row> rows, String keys) {
    List<String> kept = keys.isEmpty() ? FLOATS : List.of(keys.split(" "));
    Column[] columns =
        Stream.concat(kept.stream().map(DatasetFloatsTest::column), Stream.of(functions.col("p")))
            .toArray(Column[]::new);
    return rows
        .select(functions.to_json(functions.struct(columns)).as("text"))
        .as(Encoders.STRING())
        .collectAsList()
        .stream()
        .sorted()
        .toList();
  }

  private static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  private static String writeFloats() {
    Object[] others = {null, Float.NaN, Float.POSITIVE_INFINITY, -0f, -99f, Float.MIN_VALUE};
    Random random = new Random(SEED);
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < ROWS; id++) {
      Object[] values = new Object[FLOATS.size()];
      values[0] = id;
      for (int at = 1; at < values.length; at++) {
        boolean isOther = random.nextInt(12) == 0;
        Object other = others[random.nextInt(others.length)];
        values[at] = isOther ? other : (Float) (float) random.nextGaussian();
      }

      rows.add(RowFactory.create(values));
    }

    StructType type = new StructType().add(FLOATS.get(0), DataTypes.IntegerType);
    for (String name : FLOATS.subList(1, FLOATS.size())) {
      type = type.add(name, DataTypes.FloatType);
    }

    String path = directory.resolve("floats").toString();
    TestSpark.session().createDataFrame(rows, type).write().parquet(path);
    return path;
  }
}
