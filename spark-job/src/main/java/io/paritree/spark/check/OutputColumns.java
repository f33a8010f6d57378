package io.paritree.spark.check;

import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.settings.JobSettings;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that a model adds to a row: scores, margins if requested, the label, the version.
 *
 * @param scores {@code score}, or {@code score_<output>} where there are several
 * @param margins {@code margin}, or {@code margin_<output>}; empty if not requested
 * @param hasLabel whether there is a {@code label}
 * @param hasReasons whether there are the columns of reasons
 */
public record OutputColumns(
    List<String> scores, List<String> margins, boolean hasLabel, boolean hasReasons) {
  private static final String LABEL = "label";
  private static final String REASONS = "reasons";
  private static final String BASE = "reasons_base";
  private static final String REST = "reasons_rest";
  private static final String MODEL_VERSION = "model_version";

  public OutputColumns {
    scores = List.copyOf(scores);
    margins = List.copyOf(margins);
  }

  static OutputColumns of(ScoringModel model, JobSettings settings) {
    Engine engine = model.engine();
    Outputs outputs = model.outputs();
    return new OutputColumns(
        outputs.columns("score", engine.scores()),
        settings.margin() == JobSettings.Margin.WRITTEN
            ? outputs.columns("margin", engine.outputs())
            : List.of(),
        outputs.kind() != Outputs.Kind.VALUES,
        settings.reasons().isPresent());
  }

  /** Returns the names of all columns. */
  List<String> names() {
    List<String> names = new ArrayList<>(scores);
    names.addAll(margins);
    if (hasLabel) {
      names.add(LABEL);
    }

    if (hasReasons) {
      names.addAll(List.of(REASONS, BASE, REST));
    }

    names.add(MODEL_VERSION);
    return names;
  }

  /**
   * Returns the schema of the output's files.
   *
   * @param carried columns of the input that are written first
   * @param run the run's id, written to the metadata of the scores with the model's name, version
   *     and digest
   */
  public StructType schema(List<ReadColumn> carried, ScoringModel model, String run) {
    Metadata origin =
        new MetadataBuilder()
            .putString("paritree.model", model.name())
            .putString("paritree.version", model.modelVersion())
            .putString("paritree.digest", model.digest())
            .putString("paritree.run", run)
            .build();
    List<StructField> fields = new ArrayList<>();
    for (ReadColumn column : carried) {
      fields.add(DataTypes.createStructField(column.name(), column.type(), true));
    }

    for (String name : scores) {
      fields.add(DataTypes.createStructField(name, DataTypes.FloatType, true, origin));
    }

    for (String name : margins) {
      fields.add(DataTypes.createStructField(name, DataTypes.FloatType, true));
    }

    if (hasLabel) {
      fields.add(DataTypes.createStructField(LABEL, DataTypes.StringType, true));
    }

    if (hasReasons) {
      fields.add(DataTypes.createStructField(REASONS, DataTypes.createArrayType(reason()), true));
      fields.add(DataTypes.createStructField(BASE, DataTypes.FloatType, true));
      fields.add(DataTypes.createStructField(REST, DataTypes.FloatType, true));
    }

    fields.add(DataTypes.createStructField(MODEL_VERSION, DataTypes.StringType, true));
    return DataTypes.createStructType(fields);
  }

  private static StructType reason() {
    return DataTypes.createStructType(
        List.of(
            DataTypes.createStructField("field", DataTypes.StringType, true),
            DataTypes.createStructField("value", DataTypes.StringType, true),
            DataTypes.createStructField("contribution", DataTypes.FloatType, true),
            DataTypes.createStructField("code", DataTypes.StringType, true)));
  }
}
