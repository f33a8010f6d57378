package io.paritree.xgboost;

import java.util.List;

/**
 * The categories of one feature as the model file stores them, in code order: a category's code is
 * its position.
 */
public sealed interface RecordedCategories
    permits RecordedCategories.Texts, RecordedCategories.Integers, CutTexts {

  List<?> values();

  default int size() {
    return values().size();
  }

  /** Categories that are text. */
  record Texts(List<String> values) implements RecordedCategories {
    public Texts {
      values = List.copyOf(values);
    }
  }

  /** Categories that are whole numbers. */
  record Integers(List<Long> values) implements RecordedCategories {
    public Integers {
      values = List.copyOf(values);
    }
  }
}
