package io.paritree.spark.sql;

import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.spark.rows.FaultList;
import io.paritree.spark.rows.ReasonList;
import java.util.List;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;

/** The columns of results, named and typed as the job names and types them. */
final class ResultColumns {
  static final String LABEL = "label";
  static final String MODEL_VERSION = "model_version";
  static final String FAULTS = "faults";

  static final ArrayType REASONS_TYPE = DataTypes.createArrayType(ReasonList.REASON, false);

  private ResultColumns() {}

  /** Returns {@code score}, or {@code score_<output>} where there are several. */
  static List<String> scores(ScoringModel model) {
    return model.outputs().columns("score", model.engine().scores());
  }

  /** Returns {@code margin}, or {@code margin_<output>} where there are several. */
  static List<String> margins(ScoringModel model) {
    return model.outputs().columns("margin", model.engine().outputs());
  }

  static boolean hasLabel(ScoringModel model) {
    return model.outputs().kind() != Outputs.Kind.VALUES;
  }

  /** Returns the type of one value, or of several. */
  static DataType values(List<String> names) {
    return names.size() == 1
        ? DataTypes.FloatType
        : floats(new StructType(), names, Metadata.empty());
  }

  /**
   * Adds a model's columns: scores, margins if they are wanted, the label if there are classes, the
   * version, faults if they are wanted. Scores have the model's name, version and digest in their
   * metadata.
   */
  static StructType added(
      StructType to, ScoringModel model, boolean hasMargins, boolean hasFaults) {
    Metadata origin =
        new MetadataBuilder()
            .putString("paritree.model", model.name())
            .putString("paritree.version", model.modelVersion())
            .putString("paritree.digest", model.digest())
            .build();
    StructType all = floats(to, scores(model), origin);
    if (hasMargins) {
      all = floats(all, margins(model), Metadata.empty());
    }

    if (hasLabel(model)) {
      all = all.add(LABEL, DataTypes.StringType);
    }

    all = all.add(MODEL_VERSION, DataTypes.StringType);
    return hasFaults ? all.add(FAULTS, FaultList.TYPE) : all;
  }

  private static StructType floats(StructType to, List<String> names, Metadata metadata) {
    StructType all = to;
    for (String name : names) {
      all = all.add(name, DataTypes.FloatType, true, metadata);
    }

    return all;
  }
}
