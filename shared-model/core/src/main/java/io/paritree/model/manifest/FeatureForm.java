package io.paritree.model.manifest;

import io.paritree.feature.BooleanFeature;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.Unseen;
import io.paritree.xgboost.RecordedCategories;
import java.util.Optional;

/**
 * A feature as a manifest gives it: complete, or a category that takes its vocabulary from the
 * model file.
 */
public sealed interface FeatureForm {

  /** Returns the model's name for the input. */
  String name();

  /** Returns the field or column that is read. */
  String column();

  /** Returns whether it is an offset, which the model file does not have. */
  default boolean isOffset() {
    return false;
  }

  /**
   * Returns the feature.
   *
   * @param fromModel the categories that the model file records for it
   * @throws IllegalArgumentException if they do not fit
   */
  Feature bind(Optional<RecordedCategories> fromModel);

  /**
   * Returns a form without a schema file's rules, a number, a boolean or a category of the model,
   * that reads another column.
   *
   * @throws IllegalStateException if it is of another kind
   */
  FeatureForm reading(String column);

  /** A feature that needs nothing from the model file. */
  record Complete(Feature feature) implements FeatureForm {
    @Override
    public String name() {
      return feature.name();
    }

    @Override
    public String column() {
      return feature.column();
    }

    @Override
    public boolean isOffset() {
      return feature instanceof OffsetFeature;
    }

    @Override
    public FeatureForm reading(String column) {
      Sentinels missing = feature.sentinels();
      boolean nullable = feature.nullable();
      return switch (feature.kind()) {
        case BOOLEAN -> new Complete(new BooleanFeature(name(), column, missing, nullable));
        case NUMBER -> {
          NumberFeature number = (NumberFeature) feature;
          if (isOffset()) {
            throw new IllegalStateException("no feature of the model: " + name());
          }

          yield new Complete(
              new NumberFeature(
                  name(),
                  column,
                  missing,
                  number.min(),
                  number.max(),
                  nullable,
                  number.ifMissing()));
        }
        case TEXT_CATEGORY, INTEGER_CATEGORY, CATEGORY_CODE, TIMESTAMP, MAPPED, STEPS ->
            throw new IllegalStateException("no plain feature: " + name());
      };
    }

    @Override
    public Feature bind(Optional<RecordedCategories> fromModel) {
      return feature;
    }
  }

  /**
   * A category with the model file's vocabulary.
   *
   * @param codesOtherwise whether its values are codes if the model file has no vocabulary: in a
   *     manifest, a category without {@code categories} means that; a schema file must say it
   * @param unseen empty if the manifest does not say, which means {@code reject}, as in
   *     libxgboost's own recoding
   */
  record FromModel(
      String name,
      String column,
      Optional<Unseen> unseen,
      Sentinels missing,
      boolean nullable,
      boolean codesOtherwise)
      implements FeatureForm {
    @Override
    public FeatureForm reading(String column) {
      return new FromModel(name, column, unseen, missing, nullable, codesOtherwise);
    }

    @Override
    public Feature bind(Optional<RecordedCategories> fromModel) {
      if (fromModel.isPresent()) {
        return with(fromModel.get());
      }

      if (unseen.isPresent()) {
        throw new IllegalArgumentException(
            "Cannot use 'unseen' of feature '%s': neither the manifest nor the model file has its categories"
                .formatted(name));
      }

      if (!codesOtherwise) {
        throw new IllegalArgumentException(
            "Cannot use feature '%s': its categories are unknown".formatted(name));
      }

      return new CategoryCodeFeature(name, column, missing, nullable);
    }

    /**
     * Returns the feature with a vocabulary.
     *
     * @throws IllegalArgumentException if the categories are no vocabulary, or a rule does not fit
     */
    public Feature with(RecordedCategories categories) {
      Unseen rule = unseen.orElse(new Unseen.Reject());
      if (categories instanceof RecordedCategories.Texts texts) {
        return new TextCategoryFeature(name, column, texts.values(), rule, missing, nullable);
      }

      if (!(categories instanceof RecordedCategories.Integers integers)) {
        throw new IllegalArgumentException(
            "Cannot use feature '%s': the model file has the names of its categories only in part"
                .formatted(name));
      }

      return new IntegerCategoryFeature(name, column, integers.values(), rule, missing, nullable);
    }
  }
}
