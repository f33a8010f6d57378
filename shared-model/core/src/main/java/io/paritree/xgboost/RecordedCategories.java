package io.paritree.xgboost;

import java.util.List;

/**
 * The categories of one feature as the model file stores them, in code order: a category's code is
 * its position.
 */
public sealed interface RecordedCategories
    permits RecordedCategories.Texts, RecordedCategories.Integers, RecordedCategories.Doubtful {

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

  /**
   * Text that XGBoost 3.1 to 3.3 may have cut, so that a schema must give the names: whole if they
   * are of an Arrow or Polars frame, and perhaps cut if they are of a pandas frame, which nothing
   * in the file shows.
   */
  record Doubtful(List<String> values) implements RecordedCategories {
    /** Why a schema must give the names, as a clause. */
    public static final String WHY =
        "XGBoost 3.1 to 3.3 cut the names of a pandas frame's categories where some are not ASCII, which this file does not show";

    public Doubtful {
      values = List.copyOf(values);
    }
  }
}
