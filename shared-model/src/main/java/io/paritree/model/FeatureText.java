package io.paritree.model;

import io.paritree.Fault;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.Unseen;
import io.paritree.feature.VocabularyFeature;
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
      case NUMBER -> number((NumberFeature) feature);
      case BOOLEAN -> "boolean";
      case TEXT_CATEGORY, INTEGER_CATEGORY -> category((VocabularyFeature) feature, maxCategories);
      case CATEGORY_CODE -> "category, given as its code";
      case TIMESTAMP -> {
        TimestampFeature timestamp = (TimestampFeature) feature;
        yield timestamp.part().key()
            + timestamp.zone().map(zone -> " in " + zone.getId()).orElse(" of a local time");
      }
    };
  }

  private static String number(NumberFeature number) {
    if (!(number instanceof OffsetFeature offset)) {
      return "number" + bounds(number);
    }

    String otherwise = offset.nullable() ? ", %s if missing".formatted(offset.whereMissing()) : "";
    return "offset" + bounds(offset) + otherwise;
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

  private static String category(VocabularyFeature category, int max) {
    List<?> vocabulary = category.vocabulary();
    String shown = vocabulary.stream().limit(max).toList().toString();
    String more = vocabulary.size() > max ? " and %s more".formatted(vocabulary.size() - max) : "";
    String rule =
        category.unseen() instanceof Unseen.Category other
            ? "'" + other.category() + "'"
            : category.unseen() instanceof Unseen.Missing ? "missing" : "refused";
    return "category %s%s, unseen: %s".formatted(shown, more, rule);
  }
}
