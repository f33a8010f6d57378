package io.paritree.model;

import io.paritree.Fault;
import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.Unseen;
import java.util.List;

/** Describes a feature in one line of text. */
final class FeatureText {
  private FeatureText() {}

  /**
   * Returns the line, without a line end.
   *
   * @param maxCategories how many categories of a vocabulary are shown at most
   */
  static String of(Feature feature, int maxCategories) {
    String column =
        feature.column().equals(feature.name()) ? "" : " from column " + feature.column();
    return Fault.printableLine(
        feature.name()
            + ": "
            + kind(feature, maxCategories)
            + column
            + (feature.nullable() ? "" : ", must not be missing"));
  }

  private static String kind(Feature feature, int maxCategories) {
    return switch (feature.kind()) {
      case NUMBER -> "number" + bounds((NumberFeature) feature);
      case BOOLEAN -> "boolean";
      case TEXT_CATEGORY -> {
        TextCategoryFeature category = (TextCategoryFeature) feature;
        yield category(category.vocabulary(), category.unseen(), maxCategories);
      }
      case INTEGER_CATEGORY -> {
        IntegerCategoryFeature category = (IntegerCategoryFeature) feature;
        yield category(category.vocabulary(), category.unseen(), maxCategories);
      }
      case CATEGORY_CODE -> "category, given as its code";
      case TIMESTAMP -> {
        TimestampFeature timestamp = (TimestampFeature) feature;
        yield timestamp.part().key()
            + timestamp.zone().map(zone -> " in " + zone.getId()).orElse(" of a local time");
      }
    };
  }

  private static String bounds(NumberFeature number) {
    String bounds = "";
    if (!Float.isInfinite(number.min())) {
      bounds += " from " + number.min();
    }

    if (!Float.isInfinite(number.max())) {
      bounds += " to " + number.max();
    }

    return bounds;
  }

  private static String category(List<?> vocabulary, Unseen unseen, int max) {
    String shown = vocabulary.stream().limit(max).toList().toString();
    String more = vocabulary.size() > max ? " and %s more".formatted(vocabulary.size() - max) : "";
    String rule =
        unseen instanceof Unseen.Category other
            ? "'" + other.category() + "'"
            : unseen instanceof Unseen.Missing ? "missing" : "refused";
    return "category %s%s, unseen: %s".formatted(shown, more, rule);
  }
}
