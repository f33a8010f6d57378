package io.paritree.model.manifest;

import io.paritree.CorruptModelException;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.xgboost.RecordedCategories;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The features and outputs, as given by a manifest or by a schema file for {@code seal}.
 *
 * @param features in model order
 */
public record SchemaForm(List<FeatureForm> features, OutputsForm outputs) {
  public SchemaForm {
    features = List.copyOf(features);
  }

  /**
   * Returns the schema.
   *
   * @param origin names the file in messages
   * @param vocabularies for the index of a feature, the categories that the model file records
   */
  public Schema schema(String origin, IntFunction<Optional<RecordedCategories>> vocabularies)
      throws CorruptModelException {
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
      return new Schema(bound);
    } catch (IllegalArgumentException e) {
      throw new CorruptModelException(
          "Cannot read %s at /features: %s".formatted(origin, e.getMessage()), e);
    }
  }
}
