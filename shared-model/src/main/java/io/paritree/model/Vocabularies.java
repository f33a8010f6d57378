package io.paritree.model;

import io.paritree.xgboost.Categories;
import java.util.Optional;

/** Where a category feature without a vocabulary of its own finds one: the model file's. */
@FunctionalInterface
interface Vocabularies {

  /**
   * Returns the categories that the model file itself records.
   *
   * @param feature index of the feature, in model order
   */
  Optional<Categories> find(int feature);
}
