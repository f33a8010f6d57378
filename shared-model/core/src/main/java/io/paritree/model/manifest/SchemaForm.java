package io.paritree.model.manifest;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.feature.Feature;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.TableFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.TimestampPart;
import io.paritree.xgboost.RecordedCategories;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The features and outputs, as given by a manifest or by a schema file for {@code seal}.
 *
 * @param features in model order, then the offsets in the order of the outputs
 * @param reasons how each feature is named as a reason, in the same order
 * @param madeFor the SHA-256 of the one model file that the features fit; empty if it is not said
 */
public record SchemaForm(
    List<FeatureForm> features,
    List<ReasonRule> reasons,
    OutputsForm outputs,
    Optional<String> madeFor) {
  private static final int SHOWN = 20;

  public SchemaForm {
    features = List.copyOf(features);
    reasons = List.copyOf(reasons);
  }

  /** Creates a form that says nothing of reasons. */
  public SchemaForm(List<FeatureForm> features, OutputsForm outputs) {
    this(
        features, Collections.nCopies(features.size(), ReasonRule.NONE), outputs, Optional.empty());
  }

  /**
   * Returns the same with offsets, which are called like the columns that they read, or, where a
   * feature is called so, with {@code offset_} before that.
   *
   * @param columns one per output; none for no change
   */
  public SchemaForm withOffsets(List<String> columns) {
    List<FeatureForm> all = new ArrayList<>(features);
    List<ReasonRule> rules = new ArrayList<>(reasons);
    Set<String> names = new HashSet<>();
    features.forEach(feature -> names.add(feature.name()));
    for (String column : columns) {
      String name = column;
      while (!names.add(name)) {
        name = "offset_" + name;
      }

      all.add(new FeatureForm.Complete(OffsetFeature.of(name, column)));
      rules.add(ReasonRule.NONE);
    }

    return new SchemaForm(all, rules, outputs, madeFor);
  }

  /** Returns the same without offsets. */
  public SchemaForm withoutOffsets() {
    int count = (int) features.stream().filter(feature -> !feature.isOffset()).count();
    return new SchemaForm(features.subList(0, count), reasons.subList(0, count), outputs, madeFor);
  }

  /**
   * Returns the form of a schema file in which some features have other members.
   *
   * @param origin names the file in messages
   * @param members by the index of a feature, members by name, as JSON; empty to leave one out
   * @throws CorruptModelException if a schema file could not say so
   */
  public SchemaForm with(String origin, Map<Integer, Map<String, String>> members)
      throws CorruptModelException {
    return members.isEmpty()
        ? this
        : SchemaParser.fromJson(origin, EditedSchema.of(SchemaWriter.toJson(this), members));
  }

  /** Returns whether margins begin with offsets. */
  public boolean hasOffsets() {
    return features.stream().anyMatch(FeatureForm::isOffset);
  }

  /** Returns whether a package of format 3 or older cannot have this. */
  boolean needsFourthFormat() {
    return madeFor.isPresent()
        || outputs.isCalibrated()
        || features.stream()
            .filter(FeatureForm.Complete.class::isInstance)
            .map(form -> ((FeatureForm.Complete) form).feature())
            .anyMatch(SchemaForm::needsFourthFormat);
  }

  private static boolean needsFourthFormat(Feature feature) {
    boolean isNewPart =
        feature instanceof TimestampFeature time
            && Set.of(TimestampPart.WEEK, TimestampPart.DAY_OF_YEAR).contains(time.part());
    return feature instanceof TableFeature || feature.fillsMissing() || isNewPart;
  }

  /**
   * Refuses a model file that the features were not made for.
   *
   * @param origin names the file that says so in messages
   * @param digest the SHA-256 of the model file
   */
  public void checkMadeFor(String origin, String digest) throws CorruptModelException {
    if (!madeFor.orElse(digest).equals(digest)) {
      throw new CorruptModelException(
          "Cannot use the schema of %s: it was made for the model file with SHA-256 %s, but the model file has %s; hand the model over again"
              .formatted(origin, madeFor.get(), digest));
    }
  }

  /** Returns whether anything is said of reasons. */
  boolean hasReasons() {
    return reasons.stream().anyMatch(rule -> !rule.equals(ReasonRule.NONE));
  }

  /**
   * Returns the schema.
   *
   * @param origin names the file in messages
   * @param vocabularies for the index of a feature, the categories that the model file records
   * @throws UnsupportedModelException if nothing says what the values of a category are
   */
  public Schema schema(String origin, IntFunction<Optional<RecordedCategories>> vocabularies)
      throws ModelException {
    checkCategories(origin, vocabularies);
    List<Feature> bound = new ArrayList<>();
    for (int index = 0; index < features.size(); index++) {
      try {
        bound.add(features.get(index).bind(vocabularies.apply(index)));
      } catch (IllegalArgumentException e) {
        throw new CorruptModelException(
            "Cannot read %s at /features/%s: %s".formatted(origin, index, e.getMessage()), e);
      }
    }

    try {
      Schema schema = new Schema(bound);
      ReasonGroup.of(schema, reasons); // refuses rules that contradict each other
      return schema;
    } catch (IllegalArgumentException e) {
      throw new CorruptModelException(
          "Cannot read %s at /features: %s".formatted(origin, e.getMessage()), e);
    }
  }

  /** Refuses all categories of unknown values together. */
  private void checkCategories(
      String origin, IntFunction<Optional<RecordedCategories>> vocabularies)
      throws UnsupportedModelException {
    List<String> unknown = new ArrayList<>();
    List<String> doubtful = new ArrayList<>();
    for (int index = 0; index < features.size(); index++) {
      if (features.get(index) instanceof FeatureForm.FromModel category) {
        String name = "'" + Fault.printable(category.name()) + "'";
        Optional<RecordedCategories> own = vocabularies.apply(index);
        if (own.isPresent() && own.get() instanceof RecordedCategories.Doubtful texts) {
          doubtful.add(
              name + ": " + shown(texts.values(), text -> "\"" + Fault.printable(text) + "\""));
        } else if (own.isEmpty() && !category.codesOtherwise()) {
          unknown.add(name);
        }
      }
    }

    if (!doubtful.isEmpty()) {
      throw new UnsupportedModelException(
          "Cannot use categories of %s: %s (it has %s); if these are the trainer's, seal the model with a schema that gives them as \"categories\" (model schema drafts it), otherwise train it again with 3.4 or newer"
              .formatted(
                  origin,
                  RecordedCategories.Doubtful.WHY,
                  shown(doubtful, UnaryOperator.identity())));
    }

    if (!unknown.isEmpty()) {
      throw new UnsupportedModelException(
          "Cannot use the features %s of %s: they are categories whose values are unknown, because the model file does not list them (XGBoost 3.1 and newer do, for data frames, except in slices such as booster[:n] before 3.4.1); seal the model with a schema that gives each feature's values in the trainer's order as \"categories\" (model schema --rows drafts it), or says \"categories\": \"codes\" if they are the codes themselves, as model predict --category-codes does for a bare file"
              .formatted(shown(unknown, UnaryOperator.identity()), origin));
    }
  }

  private static String shown(List<String> texts, UnaryOperator<String> form) {
    String more = texts.size() > SHOWN ? " and %s more".formatted(texts.size() - SHOWN) : "";
    return texts.stream().limit(SHOWN).map(form).collect(Collectors.joining(", ")) + more;
  }
}
