package io.paritree.spark.output;

import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.model.ScoringModel;
import io.paritree.output.ReasonsForm;
import io.paritree.output.ScoreColumns;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.score.ReasonList;
import io.paritree.spark.score.ScoreFields;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.ChallengerScores;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The columns that a model adds to a row of the output: scores, margins and label, then reasons and
 * contributions if requested, then the constants.
 *
 * @param scored scores, margins if requested, and label
 * @param hasReasons whether there are the columns of reasons
 * @param contributions for each margin, {@code contribution_<feature>} in model order, then {@code
 *     contributions_base}; of several margins with {@code _<output>} before the feature and after
 *     the base. Empty if not requested
 * @param challenged the columns of challengers; empty if not requested
 * @param constants the columns whose value is the same in all rows; the version is the last
 */
public record OutputColumns(
    ScoreColumns scored,
    boolean hasReasons,
    List<String> contributions,
    List<ChallengerColumns> challenged,
    List<Constant> constants) {
  private static final String REASONS = ReasonsForm.COLUMN;
  private static final String BASE = ReasonsForm.BASE;
  private static final String REST = ReasonsForm.REST;

  /**
   * A column whose value is the same in all rows.
   *
   * @param value as Spark holds it in rows
   */
  public record Constant(String name, DataType type, Serializable value) {}

  public OutputColumns {
    contributions = List.copyOf(contributions);
    challenged = List.copyOf(challenged);
    constants = List.copyOf(constants);
  }

  public static OutputColumns of(
      ScoringModel model, JobSettings settings, Challengers challengers) {
    boolean hasMargins = settings.columns().margin() == JobSettings.Margin.WRITTEN;
    return new OutputColumns(
        ScoreColumns.of(
            model.outputs(), model.engine().scores(), hasMargins ? model.engine().outputs() : 0),
        settings.columns().explanation().filter(ExplanationSettings::hasReasons).isPresent(),
        settings.columns().explanation().filter(ExplanationSettings::contributions).isPresent()
            ? ScoreFields.contributions(model)
            : List.of(),
        settings.challengers().scores() == ChallengerScores.WRITTEN
            ? challengers.all().stream().map(ChallengerColumns::of).toList()
            : List.of(),
        List.of(
            new Constant(
                ScoreColumns.MODEL_VERSION,
                DataTypes.StringType,
                UTF8String.fromString(model.modelVersion()))));
  }

  /** Returns the columns of a challenger; none if they are not requested. */
  public List<String> challenged(String name) {
    return challenged.stream()
        .filter(own -> own.challenger().name().equals(name))
        .flatMap(own -> own.names().stream())
        .toList();
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
    scored.names().forEach(name -> sources.put(name, all));
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

    for (ChallengerColumns own : challenged) {
      own.names().forEach(name -> sources.put(name, own.sources()));
    }

    sources.values().removeIf(List::isEmpty);
    return sources;
  }

  public List<String> names() {
    List<String> names = new ArrayList<>(scored.names());
    if (hasReasons) {
      names.addAll(List.of(REASONS, BASE, REST));
    }

    names.addAll(contributions);
    challenged.forEach(own -> names.addAll(own.names()));
    constants.forEach(constant -> names.add(constant.name()));
    return names;
  }

  /** Returns the columns of files whose values are nearly all different. */
  public List<String> distinct() {
    List<String> distinct = new ArrayList<>(scored.numbers());
    distinct.addAll(contributions);
    challenged.forEach(own -> distinct.addAll(own.scores()));
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
   *     and digest
   */
  public StructType schema(List<ReadColumn> carried, ScoringModel model, String run) {
    StructType fields = new StructType();
    for (ReadColumn column : carried) {
      fields = fields.add(column.name(), column.type());
    }

    Metadata origin = ScoreFields.origin(model).putString("paritree.run", run).build();
    fields = ScoreFields.add(fields, scored, origin);
    if (hasReasons) {
      DataType reasons = DataTypes.createArrayType(ReasonList.REASON);
      fields = fields.add(REASONS, reasons);
      fields = ScoreFields.floats(fields, List.of(BASE, REST), Metadata.empty());
    }

    fields = ScoreFields.floats(fields, contributions, Metadata.empty());
    for (ChallengerColumns own : challenged) {
      fields = own.add(fields);
    }

    for (Constant constant : constants) {
      fields = fields.add(constant.name(), constant.type());
    }

    return fields;
  }
}
