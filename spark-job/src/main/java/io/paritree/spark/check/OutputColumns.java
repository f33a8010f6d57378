package io.paritree.spark.check;

import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.rows.ReasonList;
import io.paritree.spark.settings.JobSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
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
 * @param contributions for each margin, {@code contribution_<feature>} in model order, then {@code
 *     contributions_base}; of several margins with {@code _<output>} before the feature and after
 *     the base. Empty if not requested
 * @param mode how reasons and contributions are computed; empty if there are none
 */
public record OutputColumns(
    List<String> scores,
    List<String> margins,
    boolean hasLabel,
    boolean hasReasons,
    List<String> contributions,
    Optional<ContributionMode> mode) {
  private static final String LABEL = "label";
  private static final String REASONS = "reasons";
  private static final String BASE = "reasons_base";
  private static final String REST = "reasons_rest";
  private static final String MODEL_VERSION = "model_version";

  public OutputColumns {
    scores = List.copyOf(scores);
    margins = List.copyOf(margins);
    contributions = List.copyOf(contributions);
  }

  static OutputColumns of(ScoringModel model, JobSettings settings) {
    Engine engine = model.engine();
    Outputs outputs = model.outputs();
    return new OutputColumns(
        outputs.columns("score", engine.scores()),
        settings.columns().margin() == JobSettings.Margin.WRITTEN
            ? outputs.columns("margin", engine.outputs())
            : List.of(),
        outputs.kind() != Outputs.Kind.VALUES,
        settings.columns().explanation().filter(ExplanationSettings::hasReasons).isPresent(),
        settings.columns().explanation().filter(ExplanationSettings::contributions).isPresent()
            ? contributions(model)
            : List.of(),
        settings.columns().explanation().map(ExplanationSettings::mode));
  }

  private static List<String> contributions(ScoringModel model) {
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

  /**
   * Returns the columns of the input from which each column is made; columns that are the same in
   * all rows are left out.
   */
  public Map<String, List<String>> sources(Schema schema) {
    List<String> all = schema.fields().stream().map(Field::column).toList();
    List<String> offsets = schema.offsets().stream().map(Feature::column).toList();
    List<Feature> features = schema.modelFeatures();
    Map<String, List<String>> sources = new LinkedHashMap<>();
    scores.forEach(name -> sources.put(name, all));
    margins.forEach(name -> sources.put(name, all));
    if (hasLabel) {
      sources.put(LABEL, all);
    }

    if (hasReasons) {
      sources.put(REASONS, all);
      sources.put(BASE, offsets);
      sources.put(REST, all);
    }

    // What a feature adds also depends on the others, on which the whole output depends.
    for (int index = 0; index < contributions.size(); index++) {
      int feature = index % (features.size() + 1);
      sources.put(
          contributions.get(index),
          feature == features.size() ? offsets : List.of(features.get(feature).column()));
    }

    sources.values().removeIf(List::isEmpty);
    return sources;
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

    names.addAll(contributions);

    names.add(MODEL_VERSION);
    return names;
  }

  /** Returns the columns of files whose values are nearly all different. */
  public List<String> distinct() {
    List<String> distinct = new ArrayList<>(scores);
    distinct.addAll(margins);
    distinct.addAll(contributions);
    if (hasReasons) {
      distinct.addAll(List.of(REST, REASONS + ".list.element.contribution"));
    }

    return distinct;
  }

  /**
   * Returns the schema of the output's files.
   *
   * @param carried columns of the input that are written first
   * @param run the run's id, written to the metadata of the scores with the model's name, version
   *     and digest. The metadata of reasons and contributions says so if they are exact
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

    MetadataBuilder how = new MetadataBuilder();
    mode.filter(ContributionMode.EXACT::equals)
        .ifPresent(exact -> how.putString("paritree.contributions", "exact"));
    Metadata computed = how.build();
    if (hasReasons) {
      DataType reasons = DataTypes.createArrayType(ReasonList.REASON);
      fields.add(DataTypes.createStructField(REASONS, reasons, true, computed));
      fields.add(DataTypes.createStructField(BASE, DataTypes.FloatType, true, computed));
      fields.add(DataTypes.createStructField(REST, DataTypes.FloatType, true, computed));
    }

    for (String name : contributions) {
      fields.add(DataTypes.createStructField(name, DataTypes.FloatType, true, computed));
    }

    fields.add(DataTypes.createStructField(MODEL_VERSION, DataTypes.StringType, true));
    return DataTypes.createStructType(fields);
  }
}
