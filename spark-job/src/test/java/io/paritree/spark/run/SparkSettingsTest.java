package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the Spark settings of an operator or a cluster affect a run. */
class SparkSettingsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "spark.sql.sources.useV1SourceList, ''",
    "spark.sql.parquet.enableVectorizedReader, false"
  })
  void runDoesNotDependOnThem(String name, String value) {
    String model = new TestPackages(directory.resolve("models")).binary().toString();
    Path input = Parcels.write(directory.resolve("in"), 0, 50, 5, 1);
    SparkConf cluster = TestSpark.session().sparkContext().conf();
    JobRun run;
    try {
      cluster.set(name, value);
      run =
          JobRun.of(
              "--model",
              model,
              "--input",
              input,
              "--output",
              directory.resolve("out"),
              "--keys",
              "parcel_id,zone",
              "--max-quarantined",
              "0.5");
    } finally {
      cluster.remove(name);
    }

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out"))).hasSize(40);
  }

  @Test
  void nameThatIsGivenIsShown() {
    SparkConf conf = new SparkConf(false);

    assertThat(scoreName(conf)).isEqualTo("paritree score");
    assertThat(scoreName(conf.setAppName("io.paritree.spark.run.ScoreMain")))
        .isEqualTo("paritree score");
    assertThat(scoreName(conf.setAppName("credit, nightly"))).isEqualTo("credit, nightly");
    assertThat(
            SparkOnDemand.name(
                conf.setAppName("io.paritree.spark.run.OutcomesMain"),
                OutcomesMain.class,
                "paritree outcomes"))
        .isEqualTo("paritree outcomes");
  }

  private static String scoreName(SparkConf given) {
    return SparkOnDemand.name(given, ScoreMain.class, "paritree score");
  }
}
