package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Sentinels;
import io.paritree.model.layout.MlflowModel;
import io.paritree.model.layout.MlflowSignature;
import io.paritree.model.manifest.FeatureForm;
import io.paritree.model.manifest.OutputsForm;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.xgboost.RecordedCategories;
import io.paritree.xgboost.XgboostModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Derives the schema of a model without a manifest from its model file and, if it has one, its
 * signature.
 *
 * <p>Names come from the model file, otherwise from the signature, otherwise they are {@code f0},
 * {@code f1}, ... A category has the model file's vocabulary, and a value outside it is refused, as
 * libxgboost's own recoding does; without a vocabulary its values are unknown, unless the caller
 * states that they are codes. Type {@code i} is boolean, as is the signature's {@code boolean};
 * everything else is a number. Every feature accepts missing values. The number that the trainer
 * took as missing is missing, if the model file says so, except in categories of values. Offsets
 * are stated by the caller, since no model file has them; they must be present.
 */
public final class UnsealedSchema {
  private static final String BOOLEAN_TYPE = "i";

  /** MLflow's types of columns that hold numbers; "" where there is no signature. */
  private static final Set<String> NUMBER_TYPES = Set.of("", "integer", "long", "float", "double");

  /** Limit for features without names, because a model file may claim any number of them. */
  private static final int MAX_UNNAMED = 100_000;

  private UnsealedSchema() {}

  /**
   * @param origin names the model in messages
   * @param mlflow what MLflow says about the model; its signature may have the offsets or not
   * @throws ModelException if signature and model file contradict each other
   */
  public static SchemaForm of(
      String origin, XgboostModel model, Optional<MlflowModel> mlflow, Assumptions assumptions)
      throws ModelException {
    List<String> offsets = assumptions.offsets();
    List<MlflowSignature.Column> all = mlflow.map(MlflowModel::columns).orElse(List.of());
    List<MlflowSignature.Column> columns =
        all.size() == model.width()
            ? all
            : all.stream().filter(column -> !offsets.contains(column.name())).toList();
    if (!columns.isEmpty() && columns.size() != model.width()) {
      throw new CorruptModelException(
          "Cannot open model %s: its signature has %s inputs, but the model file has %s features; if one of them is an offset (base margin), seal the model with --offset COLUMN"
              .formatted(origin, columns.size(), model.width()));
    }

    if (columns.isEmpty() && model.featureNames().isEmpty() && model.width() > MAX_UNNAMED) {
      throw new UnsupportedModelException(
          "Cannot open model %s: it has %s features without names, more than %s; seal it with a schema"
              .formatted(origin, model.width(), MAX_UNNAMED));
    }

    Sentinels missing = TrainerRemarks.missing(model);
    boolean named = !columns.isEmpty() && !columns.get(0).name().isEmpty();
    Map<String, String> typesByName = new HashMap<>();
    columns.forEach(column -> typesByName.put(column.name(), column.type()));
    List<FeatureForm> features = new ArrayList<>();
    for (int index = 0; index < model.width(); index++) {
      String name = "f" + index;
      if (model.featureNames().isPresent()) {
        name = model.featureNames().get().get(index);
      } else if (named) {
        name = columns.get(index).name();
      }

      if (named && !typesByName.containsKey(name)) {
        throw new CorruptModelException(
            "Cannot open model %s: the model file has a feature '%s', but its signature has the inputs %s"
                .formatted(
                    origin,
                    Fault.printable(name),
                    Fault.printable(typesByName.keySet().toString())));
      }

      String type = "";
      if (!columns.isEmpty()) {
        type = named ? typesByName.get(name) : columns.get(index).type();
      }

      features.add(feature(origin, index, name, type, missing, model, assumptions));
    }

    return new SchemaForm(features, OutputsForm.DEFAULT).withOffsets(offsets);
  }

  private static FeatureForm feature(
      String origin,
      int index,
      String name,
      String mlflowType,
      Sentinels missing,
      XgboostModel model,
      Assumptions assumptions)
      throws UnsupportedModelException {
    if (model.categorical(index)) {
      boolean isListed =
          model
              .categories(index)
              .filter(own -> !(own instanceof RecordedCategories.Doubtful))
              .isPresent();
      return assumptions.categoryCodes() && !isListed
          ? code(origin, name, mlflowType, missing)
          : new FeatureForm.FromModel(name, name, Optional.empty(), Sentinels.NONE, true, false);
    }

    String modelType = model.featureTypes().map(types -> types.get(index)).orElse("");
    if (mlflowType.equals("boolean")) {
      return truth(name, missing);
    }

    if (NUMBER_TYPES.contains(mlflowType)) {
      return modelType.equals(BOOLEAN_TYPE) ? truth(name, missing) : number(name, missing);
    }

    throw new UnsupportedModelException(
        "Cannot open model %s: its signature says that '%s' is of type '%s', but the model file treats it as a number; seal the model with a schema that says how to read it"
            .formatted(origin, Fault.printable(name), Fault.printable(mlflowType)));
  }

  private static FeatureForm code(String origin, String name, String mlflowType, Sentinels missing)
      throws UnsupportedModelException {
    if (!NUMBER_TYPES.contains(mlflowType)) {
      throw new UnsupportedModelException(
          "Cannot open model %s: its signature says that the category '%s' is of type '%s', so its values are no codes, and the model file does not list them; seal the model with a schema that gives them as \"categories\""
              .formatted(origin, Fault.printable(name), Fault.printable(mlflowType)));
    }

    return new FeatureForm.Complete(new CategoryCodeFeature(name, name, missing, true));
  }

  private static FeatureForm truth(String name, Sentinels missing) {
    return new FeatureForm.Complete(new BooleanFeature(name, name, missing, true));
  }

  private static FeatureForm number(String name, Sentinels missing) {
    return new FeatureForm.Complete(
        new NumberFeature(
            name, name, missing, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, true));
  }
}
