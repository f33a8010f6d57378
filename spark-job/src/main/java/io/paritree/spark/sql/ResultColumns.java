package io.paritree.spark.sql;

import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.score.FaultList;
import io.paritree.spark.score.ReasonList;
import io.paritree.spark.score.ScoreFields;
import java.util.List;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;

/** The columns of results, named and typed as the job names and types them. */
final class ResultColumns {
  static final String FAULTS = "faults";

  static final ArrayType REASONS_TYPE = DataTypes.createArrayType(ReasonList.REASON, false);

  private ResultColumns() {}

  /** Returns a model's columns, margins among them. */
  static ScoreColumns of(ScoringModel model) {
    return ScoreColumns.of(model.outputs(), model.engine().scores(), model.engine().outputs());
  }

  /** Returns the type of one value, or of several. */
  static DataType values(List<String> names) {
    return names.size() == 1
        ? DataTypes.FloatType
        : ScoreFields.floats(new StructType(), names, Metadata.empty());
  }

  /**
   * Adds a model's columns: scores, margins if they are wanted, the label if there are classes, the
   * version, faults if they are wanted. Scores have the model's name, version and digest in their
   * metadata.
   */
  static StructType added(
      StructType to, ScoringModel model, boolean hasMargins, boolean hasFaults) {
    return added(to, model, hasMargins, false, hasFaults);
  }

  /** Adds a model's columns, before the version contributions if they are wanted. */
  static StructType added(
      StructType to,
      ScoringModel model,
      boolean hasMargins,
      boolean hasContributions,
      boolean hasFaults) {
    ScoreColumns columns =
        ScoreColumns.of(
            model.outputs(), model.engine().scores(), hasMargins ? model.engine().outputs() : 0);
    StructType all = ScoreFields.add(to, columns, ScoreFields.origin(model).build());
    if (hasContributions) {
      all = ScoreFields.floats(all, ScoreFields.contributions(model), Metadata.empty());
    }

    all = all.add(ScoreColumns.MODEL_VERSION, DataTypes.StringType);
    return hasFaults ? all.add(FAULTS, FaultList.TYPE) : all;
  }
}
