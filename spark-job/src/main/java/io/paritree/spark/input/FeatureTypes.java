package io.paritree.spark.input;

import io.paritree.feature.Feature;
import io.paritree.feature.StepsFeature;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/** The column types that each kind of feature can read. */
public final class FeatureTypes {
  private FeatureTypes() {}

  /** Returns why a feature cannot read a column of a type; empty if it can. */
  public static Optional<String> problem(Feature feature, DataType type) {
    String wants = "but feature '%s' needs %s".formatted(feature.name(), feature.expected());
    boolean readsTime = feature.values() == Feature.Values.TIME;
    if (type instanceof DateType && readsTime && !feature.readsDates()) {
      return Optional.of("is a DATE, which has no hour, %s".formatted(wants));
    }

    boolean isZoned = feature.zone().isPresent() || readsInstants(feature);
    if (type instanceof TimestampType && readsTime && !isZoned) {
      return Optional.of(
          ("is a TIMESTAMP, an instant, but feature '%s' has no zone that would turn it into local"
                  + " time; seal the model again with a zone for the feature in its schema, or"
                  + " write the column as TIMESTAMP_NTZ")
              .formatted(feature.name()));
    }

    return fits(feature, type)
        ? Optional.empty()
        : Optional.of("is %s, %s".formatted(type.sql(), wants));
  }

  /**
   * Returns the type in which values are read that are null in all rows, as a NULL literal is: one
   * that all features of a column can read; text if there are none, or no such type.
   */
  static DataType ofNulls(List<Feature> features) {
    boolean isNumber =
        !features.isEmpty()
            && features.stream().allMatch(feature -> fits(feature, DataTypes.DoubleType));
    return isNumber ? DataTypes.DoubleType : DataTypes.StringType;
  }

  private static boolean readsInstants(Feature feature) {
    return feature instanceof StepsFeature steps && steps.of() == StepsFeature.Of.INSTANT;
  }

  private static boolean fits(Feature feature, DataType type) {
    if (type instanceof NullType) {
      return true; // all values are missing
    }

    return switch (feature.values()) {
      case TIME ->
          type instanceof StringType
              || type instanceof TimestampType
              || type instanceof TimestampNTZType && !readsInstants(feature)
              || type instanceof DateType;
      case TEXT -> type instanceof StringType;
      case TRUTH -> type instanceof NumericType || type instanceof BooleanType;
      case NUMBER, WHOLE -> type instanceof NumericType;
      case ANY ->
          type instanceof StringType
              || type instanceof NumericType
              || type instanceof BooleanType
              || type instanceof TimestampType
              || type instanceof TimestampNTZType
              || type instanceof DateType;
    };
  }
}
