package io.paritree.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
  private static final List<String> KNOWN =
      List.of("distance", "origin", "destination", "scheduled", "dep_delay", "dep_delaz", "a", "b");

  @ParameterizedTest
  @CsvSource({
    "orign, origin",
    "Origin, origin",
    "ORIGIN, origin",
    "origins, origin",
    "distanze, distance",
    "distnace, distance",
    "scheduld, scheduled",
    "dep_dela, dep_delay",
    "dep_delax, dep_delay",
    "carrier, ",
    "c, ",
    "'', ",
  })
  void nearestIsTheOneWithTheFewestEdits(String name, String nearest) {
    assertThat(NearestName.of(name, KNOWN).orElse(null)).isEqualTo(nearest);
  }

  @Test
  void longNamesHaveNoNearest() {
    assertThat(NearestName.of("x".repeat(65), List.of("x".repeat(64)))).isEmpty();
    assertThat(NearestName.of("x".repeat(63), List.of("x".repeat(64), "x".repeat(65))))
        .contains("x".repeat(64));
  }
}
