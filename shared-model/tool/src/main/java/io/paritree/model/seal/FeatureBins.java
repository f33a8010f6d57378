package io.paritree.model.seal;

import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.TimestampPart;
import io.paritree.feature.VocabularyFeature;
import io.paritree.forest.SplitValues;
import io.paritree.profile.Bins;
import io.paritree.profile.CategoryBins;
import io.paritree.profile.NumberBins;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Chooses the bins of the features: where rows are, and where the model can react. */
final class FeatureBins {
  private static final int MAX_CATEGORIES = 20;
  private static final int MINUTES = 60;

  private final Schema schema;
  private final SplitValues splits;
  private final SlotSample sample;

  FeatureBins(Schema schema, SplitValues splits, SlotSample sample) {
    this.schema = schema;
    this.splits = splits;
    this.sample = sample;
  }

  /** Returns the bins of a slot. */
  Bins of(int slot) {
    Feature feature = schema.features().get(slot);
    return switch (feature.kind()) {
      case NUMBER -> numbers(slot);
      case BOOLEAN -> new NumberBins(1);
      case TEXT_CATEGORY, INTEGER_CATEGORY, CATEGORY_CODE -> categories(slot);
      case TIMESTAMP -> parts(((TimestampFeature) feature).part(), slot);
      case MAPPED, STEPS -> numbers(slot);
    };
  }

  private Bins numbers(int slot) {
    float[] thresholds = slot < schema.modelWidth() ? splits.thresholds(slot) : new float[0];
    return NumberBins.of(sample.slot(slot), thresholds);
  }

  /** Returns a bin for each of the most frequent categories, of equally frequent ones the first. */
  private Bins categories(int slot) {
    Map<Integer, Long> rows = new TreeMap<>();
    for (float code : sample.slot(slot)) {
      if (!Float.isNaN(code)) {
        rows.merge((int) code, 1L, Long::sum);
      }
    }

    List<Integer> codes =
        rows.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MAX_CATEGORIES)
            .map(Map.Entry::getKey)
            .toList();
    return new CategoryBins(codes, codes.stream().map(code -> text(slot, code)).toList());
  }

  private String text(int slot, int code) {
    return schema.features().get(slot) instanceof VocabularyFeature category
        ? String.valueOf(category.vocabulary().get(code))
        : String.valueOf(code);
  }

  private Bins parts(TimestampPart part, int slot) {
    return switch (part) {
      case HOUR -> edges(1, 23, 1);
      case MINUTE_OF_DAY -> edges(MINUTES, 23 * MINUTES, MINUTES);
      case DAY_OF_WEEK -> edges(2, 7, 1);
      case DAY_OF_MONTH -> edges(11, 21, 10);
      case MONTH -> edges(2, 12, 1);
      case YEAR, WEEK, DAY_OF_YEAR -> numbers(slot);
    };
  }

  private static Bins edges(int first, int last, int step) {
    float[] edges = new float[(last - first) / step + 1];
    for (int at = 0; at < edges.length; at++) {
      edges[at] = first + at * step;
    }

    return new NumberBins(edges);
  }
}
