package io.paritree.model.seal;

import io.paritree.feature.BooleanFeature;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.model.manifest.FeatureForm;

/** Which values the rows show, to which {@code schema --strict} narrows a drafted feature. */
final class ShownValues {
  private ShownValues() {}

  /**
   * Returns the feature with the least and the largest number as its bounds, and refusing missing
   * values if no row has one. A column without values stays as it is.
   */
  static FeatureForm only(FeatureForm form, ColumnCells column) {
    if (form instanceof FeatureForm.FromModel category) {
      return new FeatureForm.FromModel(
          category.name(),
          category.column(),
          category.unseen(),
          category.missing(),
          column.anyMissing(category.missing()),
          category.codesOtherwise());
    }

    return new FeatureForm.Complete(only(((FeatureForm.Complete) form).feature(), column));
  }

  /** Returns whether a feature takes missing values of which the rows have none. */
  static boolean lackMissing(FeatureForm form, ColumnCells column) {
    return form instanceof FeatureForm.FromModel category
        ? category.nullable() && !column.anyMissing(category.missing())
        : lackMissing(((FeatureForm.Complete) form).feature(), column);
  }

  private static boolean lackMissing(Feature feature, ColumnCells column) {
    return feature.nullable() && !column.anyMissing(feature.sentinels());
  }

  private static Feature only(Feature feature, ColumnCells column) {
    String name = feature.name();
    String from = feature.column();
    Sentinels missing = feature.sentinels();
    boolean nullable = column.anyMissing(missing);
    return switch (feature.kind()) {
      case NUMBER -> number((NumberFeature) feature, column, nullable);
      case BOOLEAN -> new BooleanFeature(name, from, missing, nullable);
      case TEXT_CATEGORY -> {
        TextCategoryFeature category = (TextCategoryFeature) feature;
        yield new TextCategoryFeature(
            name, from, category.vocabulary(), category.unseen(), missing, nullable);
      }
      case INTEGER_CATEGORY -> {
        IntegerCategoryFeature category = (IntegerCategoryFeature) feature;
        yield new IntegerCategoryFeature(
            name, from, category.vocabulary(), category.unseen(), missing, nullable);
      }
      case CATEGORY_CODE -> new CategoryCodeFeature(name, from, missing, nullable);
      case TIMESTAMP -> feature; // never drafted
    };
  }

  private static Feature number(NumberFeature number, ColumnCells column, boolean nullable) {
    Sentinels missing = number.sentinels();
    boolean isWhole = column.words().stream().allMatch(missing.texts()::contains);
    float least = column.least(missing);
    float largest = column.largest(missing);
    return isWhole && Float.isFinite(least) && Float.isFinite(largest)
        ? new NumberFeature(number.name(), number.column(), missing, least, largest, nullable)
        : number;
  }
}
