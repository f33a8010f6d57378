package io.paritree.model;

import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.Unseen;
import io.paritree.xgboost.Categories;

/**
 * How the values of a category feature are read, whatever its vocabulary.
 *
 * @param column the field or column that is read
 */
record CategoryRules(
    String name, String column, Unseen unseen, Sentinels missing, boolean nullable) {

  /**
   * Returns the feature with a vocabulary.
   *
   * @throws IllegalArgumentException if the categories are no vocabulary, or a rule does not fit
   */
  Feature feature(Categories categories) {
    if (categories instanceof Categories.Texts texts) {
      return new TextCategoryFeature(name, column, texts.values(), unseen, missing, nullable);
    }

    Categories.Integers integers = (Categories.Integers) categories;
    return new IntegerCategoryFeature(name, column, integers.values(), unseen, missing, nullable);
  }
}
