package io.paritree.spark.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.feature.BooleanFeature;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.TimestampPart;
import io.paritree.feature.Unseen;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

class FeatureTypesTest {
  private static final List<DataType> NUMBERS =
      List.of(
          DataTypes.ByteType,
          DataTypes.ShortType,
          DataTypes.IntegerType,
          DataTypes.LongType,
          DataTypes.FloatType,
          DataTypes.DoubleType,
          DataTypes.createDecimalType(38, 18));

  @Test
  void numbersAreReadByNumericFeatures() {
    Feature integers =
        new IntegerCategoryFeature(
            "a", "a", List.of(1L), new Unseen.Missing(), Sentinels.NONE, true);
    Feature codes = new CategoryCodeFeature("a", "a", Sentinels.NONE, true);
    Feature flag = new BooleanFeature("a", "a", Sentinels.NONE, true);
    for (DataType type : NUMBERS) {
      for (Feature feature : List.of(NumberFeature.of("a"), integers, codes, flag)) {
        assertThat(FeatureTypes.problem(feature, type)).isEmpty();
      }

      assertThat(FeatureTypes.problem(text(), type)).isPresent();
      assertThat(FeatureTypes.problem(hour(Optional.empty()), type)).isPresent();
    }

    assertThat(FeatureTypes.problem(flag, DataTypes.BooleanType)).isEmpty();
    assertThat(FeatureTypes.problem(NumberFeature.of("a"), DataTypes.BooleanType)).isPresent();
    assertThat(FeatureTypes.problem(NumberFeature.of("a"), DataTypes.StringType)).isPresent();
    assertThat(FeatureTypes.problem(text(), DataTypes.StringType)).isEmpty();
    assertThat(FeatureTypes.problem(text(), DataTypes.BinaryType)).isPresent();
  }

  @Test
  void instantNeedsAZoneAndDateHasNoHour() {
    Feature local = hour(Optional.empty());
    Feature zoned = hour(Optional.of(ZoneId.of("UTC")));

    assertThat(FeatureTypes.problem(local, DataTypes.TimestampNTZType)).isEmpty();
    assertThat(FeatureTypes.problem(local, DataTypes.StringType)).isEmpty();
    assertThat(FeatureTypes.problem(local, DataTypes.TimestampType).orElseThrow())
        .contains("has no zone", "seal the model again with a zone")
        .doesNotContain("manifest");
    assertThat(FeatureTypes.problem(zoned, DataTypes.TimestampType)).isEmpty();
    assertThat(FeatureTypes.problem(zoned, DataTypes.DateType).orElseThrow())
        .contains("DATE, which has no hour");
  }

  private static Feature text() {
    return new TextCategoryFeature(
        "a", "a", List.of("x"), new Unseen.Missing(), Sentinels.NONE, true);
  }

  private static Feature hour(Optional<ZoneId> zone) {
    return new TimestampFeature("a", "a", TimestampPart.HOUR, zone, Sentinels.NONE, true);
  }
}
