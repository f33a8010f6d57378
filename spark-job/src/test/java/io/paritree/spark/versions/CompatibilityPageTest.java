package io.paritree.spark.versions;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.docs.Page;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of versions has the versions of Spark and Delta that the job knows. */
class CompatibilityPageTest {
  private static final Page PAGE = Page.of("docs/clusters.md");

  @Test
  void versionsOfSparkAreThoseThatAreNeitherRefusedNorNew() {
    Pattern version = Pattern.compile("[34]\\.[0-9]");
    List<String> versions =
        PAGE.lines().stream()
            .filter(line -> line.matches("\\| [34]\\.[0-9][^|]* \\|.*"))
            .flatMap(line -> version.matcher(line.split("\\|")[1]).results())
            .map(found -> found.group())
            .toList();

    assertThat(versions).containsExactly("3.5", "4.0", "4.1", "4.2");
    for (String each : versions) {
      assertThat(SparkVersion.of(each + ".0").refusal()).as(each).isEmpty();
      assertThat(SparkVersion.of(each + ".0").warning()).as(each).isEmpty();
    }

    assertThat(SparkVersion.of("3.4.0").refusal()).isPresent();
    assertThat(SparkVersion.of("4.3.0").warning()).isPresent();
  }

  @Test
  void packagesOfDeltaAreThoseThatAreTested() {
    assertThat(PAGE.text())
        .contains(SparkVersion.of("4.2.0").deltaPackage())
        .contains(SparkVersion.of("3.5.0").deltaPackage().replaceFirst(".*:", ":"));
  }
}
