package io.paritree.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.profile.FeatureProfile;
import io.paritree.profile.Profile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangedValuesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1000000, 0, 1000000, false",
    "900, 1000000, 0, 1000000, false", // certain, and too small to matter
    "1100, 1000000, 0, 1000000, true",
    "0, 1000000, 1100, 1000000, true",
    "3, 10, 100, 1000, false", // chance gives that
    "1000, 1000000, 1, 10, false", // so does one of a thousand among ten
    "100, 1000000, 1, 100, false",
    "5, 10, 10, 100000, true",
    "300, 1000, 100, 1000, true",
    "10, 10, 0, 1000, true",
    "1000, 1000, 1000, 1000, false"
  })
  void featureIsShownWhereItsShareChangedByMoreThanChanceAndEnoughToMatter(
      long missing, long rows, long missingSealed, long sealedRows, boolean isShown) {
    Profile sealed =
        new Profile(
            sealedRows,
            sealedRows,
            0,
            0,
            List.of(
                new FeatureProfile(
                    "zip", "zip", missingSealed, missingSealed, Optional.empty(), List.of())),
            List.of(),
            List.of(),
            Map.of());
    JobReport.Values values =
        new JobReport.Values(
            Map.of("zip", missing), Map.of("zip", missing), rows, Optional.of(sealed));

    assertThat(values.changed()).hasSize(isShown ? 1 : 0);
  }
}
