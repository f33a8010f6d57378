package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.PublishedArtifact;
import java.io.IOException;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/**
 * The jar that is submitted carries what Spark lacks, and nothing that Spark has; {@link
 * SameBitsIT} runs it beside Spark.
 */
class JobJarIT {
  private static final List<String> OURS =
      List.of(
          "io/paritree/",
          "ml/dmlc/xgboost4j/java/",
          "ml/dmlc/xgboost4j/LabeledPoint",
          "ml/dmlc/xgboost4j/gpu/",
          "lib/linux/",
          "META-INF/",
          "xgboost4j-version.properties");

  @Test
  void holdsNothingThatClashesWithSparksClassPath() throws IOException {
    assertThat(entries())
        .isNotEmpty()
        .allSatisfy(
            name -> assertThat(OURS).as(name).anySatisfy(own -> assertThat(name).startsWith(own)))
        .noneSatisfy(
            name ->
                assertThat(name)
                    .matches(
                        "(com/esotericsoftware|org/apache/commons/logging|com/fasterxml|scala|org/slf4j"
                            + "|org/apache/(hadoop|spark|parquet)|picocli|com/typesafe|de/siegmar"
                            + "|org/snakeyaml|io/prometheus|ml/dmlc/xgboost4j/scala)/.*"));
  }

  @Test
  void holdsNoClassOfTheModelCommand() throws IOException {
    assertThat(entries())
        .noneSatisfy(
            name -> assertThat(name).matches("io/paritree/model/(command|trainer|seal|rows)/.*"));
  }

  @Test
  void carriesTheRelocatedLibrariesAndTheNativeEngine() throws IOException {
    assertThat(entries())
        .contains(
            "io/paritree/spark/run/ScoreMain.class",
            "io/paritree/model/ScoringModel.class",
            "io/paritree/shaded/picocli/CommandLine.class",
            "io/paritree/shaded/config/Config.class",
            "io/paritree/shaded/fastcsv/reader/CsvReader.class",
            "io/paritree/shaded/jackson/databind/ObjectMapper.class",
            "io/paritree/shaded/prometheus/metrics/exporter/pushgateway/PushGateway.class",
            "io/paritree/spark/report/ParitreeFacets.json",
            "ml/dmlc/xgboost4j/java/Booster.class",
            "lib/linux/x86_64/libxgboost4j.so");
  }

  @Test
  void isPublishedAsItIsSubmittedAndTravelsWithTheLicencesOfWhatItCarries() throws IOException {
    PublishedArtifact artifact = PublishedArtifact.of("spark-job", "paritree-spark-job");

    artifact.assertComplete();
    assertThat(artifact.jar()).hasSameBinaryContentAs(JobProcess.jar());
    if (artifact.hasSbom()) {
      assertThat(artifact.components())
          .extracting(name -> name.replaceFirst("-[0-9.]+$", ""))
          .containsExactlyInAnyOrder(
              "paritree-model",
              "paritree-insight",
              "xgboost4j_2.12",
              "picocli",
              "config",
              "snakeyaml-engine",
              "fastcsv",
              "jackson-annotations",
              "jackson-core",
              "jackson-databind",
              "jackson-datatype-jdk8",
              "prometheus-metrics-config",
              "prometheus-metrics-exporter-common",
              "prometheus-metrics-exporter-pushgateway",
              "prometheus-metrics-exposition-textformats",
              "prometheus-metrics-model");
    }

    assertThat(artifact.entry("META-INF/THIRD-PARTY.txt"))
        .contains(
            ":xgboost4j_2.12:",
            ":picocli:",
            ":config:",
            ":snakeyaml-engine:",
            ":fastcsv:",
            ":jackson-databind:",
            ":prometheus-metrics-exporter-pushgateway:")
        .doesNotContain("io.paritree");
    assertThat(artifact.entry("META-INF/licenses/fastcsv-jar/LICENSE"))
        .contains("Permission is hereby granted", "Oliver Siegmar");
  }

  private static List<String> entries() throws IOException {
    try (JarFile jar = new JarFile(JobProcess.jar().toFile())) {
      return jar.stream().filter(entry -> !entry.isDirectory()).map(JarEntry::getName).toList();
    }
  }
}
