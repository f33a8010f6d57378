package io.paritree.model.seal;

import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.TableColumn;
import io.paritree.feature.TableFeature;
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
import java.util.function.IntFunction;

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

  /**
   * Returns whether a slot has bins: of the tables of one column, the first has those of their
   * values, and one that only says whether a value is missing has none.
   */
  boolean has(int slot) {
    Feature feature = schema.features().get(slot);
    boolean isTime = feature.values() == Feature.Values.TIME;
    return !(feature instanceof TableFeature)
        || feature instanceof StepsFeature && isTime
        || TableColumn.of(schema, slot).isPresent();
  }

  /** Returns the bins of a slot. */
  Bins of(int slot) {
    Feature feature = schema.features().get(slot);
    return switch (feature.kind()) {
      case NUMBER -> numbers(slot);
      case BOOLEAN -> new NumberBins(1);
      case TEXT_CATEGORY, INTEGER_CATEGORY, CATEGORY_CODE ->
          categories(sample.slot(slot), code -> text(slot, code));
      case TIMESTAMP -> parts(((TimestampFeature) feature).part(), slot);
      case MAPPED, STEPS ->
          TableColumn.of(schema, slot).map(this::values).orElseGet(() -> numbers(slot));
    };
  }

  private Bins numbers(int slot) {
    float[] thresholds = slot < schema.modelWidth() ? splits.thresholds(slot) : new float[0];
    return NumberBins.of(sample.slot(slot), thresholds);
  }

  private Bins values(TableColumn column) {
    float[] values = sample.values(column::value);
    return column.isOfSteps()
        ? NumberBins.of(values, column.cuts())
        : categories(values, code -> String.valueOf(column.values().get(code)));
  }

  /** Returns a bin for each of the most frequent categories, of equally frequent ones the first. */
  private static Bins categories(float[] codesOfRows, IntFunction<String> texts) {
    Map<Integer, Long> rows = new TreeMap<>();
    for (float code : codesOfRows) {
      if (code >= 0) {
        rows.merge((int) code, 1L, Long::sum);
      }
    }

    List<Integer> codes =
        rows.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MAX_CATEGORIES)
            .map(Map.Entry::getKey)
            .toList();
    return new CategoryBins(codes, codes.stream().map(texts::apply).toList());
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
