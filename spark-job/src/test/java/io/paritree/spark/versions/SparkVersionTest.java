package io.paritree.spark.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which versions of Spark are refused, tried with a warning, or used. */
class SparkVersionTest {
  @ParameterizedTest
  @ValueSource(strings = {"3.5.0", "3.5.9", "3.5.1-amzn-0", "4.0.4", "4.1.3", "4.2.0", "4.2"})
  void supportedVersionsAreUsed(String text) {
    SparkVersion version = SparkVersion.of(text);

    assertThat(version.refusal()).isEmpty();
    assertThat(version.warning()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.4.8", "3.4.4", "3.0.0-preview2"})
  void olderVersionsAreRefusedInASentence(String text) {
    assertThat(SparkVersion.of(text).refusal())
        .hasValue(
            "Cannot score on Spark %s: the job needs Spark 3.5 or newer; set SPARK_HOME to such an installation"
                .formatted(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.3.0", "4.10.0", "5.0.0-SNAPSHOT"})
  void newerVersionsAreTriedWithAWarning(String text) {
    SparkVersion version = SparkVersion.of(text);

    assertThat(version.refusal()).isEmpty();
    assertThat(version.warning())
        .hasValue(
            "Spark %s is newer than 4.2, the newest version that this job was tested with; it is tried"
                .formatted(text));
  }

  @Test
  void theRunningVersionIsThatOfTheBuild() {
    assertThat(SparkVersion.running().warning()).isEmpty();
    assertThat(SparkVersion.running().readsWidenedColumns()).isTrue();
  }

  @Test
  void whatIsNoVersionIsNamed() {
    assertThatThrownBy(() -> SparkVersion.of("next"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot use Spark 'next': got a version that is not like 4.2.0");
  }
}
