package io.paritree.spark.score;

import io.paritree.feature.Feature;
import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/** Spark's fields of the columns that a model adds to a row. */
public final class ScoreFields {
  private ScoreFields() {}

  /** Returns the metadata of scores: the model's name, version and digest. */
  public static MetadataBuilder origin(ScoringModel model) {
    return new MetadataBuilder()
        .putString("paritree.model", model.name())
        .putString("paritree.version", model.modelVersion())
        .putString("paritree.digest", model.digest());
  }

  /** Returns the labels of a model's classes as Spark holds them, in order. */
  public static UTF8String[] labels(ScoringModel model) {
    return model.outputs().classes().stream()
        .map(UTF8String::fromString)
        .toArray(UTF8String[]::new);
  }

  /**
   * Returns the columns of a model's contributions: for each margin, {@code contribution_<feature>}
   * in model order, then {@code contributions_base}; of several margins with {@code _<output>}
   * before the feature and after the base.
   */
  public static List<String> contributions(ScoringModel model) {
    int margins = model.engine().outputs();
    List<String> bases = model.outputs().columns("contributions_base", margins);
    List<String> starts = model.outputs().columns("contribution", margins);
    List<String> names = new ArrayList<>();
    for (int output = 0; output < margins; output++) {
      for (Feature feature : model.schema().modelFeatures()) {
        names.add(starts.get(output) + "_" + feature.name());
      }

      names.add(bases.get(output));
    }

    return names;
  }

  /** Adds scores, margins and the label. */
  public static StructType add(StructType to, ScoreColumns columns, Metadata origin) {
    StructType scored = floats(to, columns.scores(), origin);
    StructType all = floats(scored, columns.margins(), Metadata.empty());
    return columns.hasLabel() ? all.add(ScoreColumns.LABEL, DataTypes.StringType) : all;
  }

  /** Adds columns of floats. */
  public static StructType floats(StructType to, List<String> names, Metadata metadata) {
    StructType all = to;
    for (String name : names) {
      all = all.add(name, DataTypes.FloatType, true, metadata);
    }

    return all;
  }
}
