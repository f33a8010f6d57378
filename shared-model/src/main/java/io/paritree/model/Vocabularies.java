package io.paritree.model;

import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.Unseen;
import java.util.List;
import java.util.Optional;

/** Where a category feature without a vocabulary of its own finds one: the model file's. */
@FunctionalInterface
interface Vocabularies {

  /** The categories of one feature, in code order. */
  sealed interface Categories {
    /** Text categories. */
    record Texts(List<String> values) implements Categories {
      public Texts {
        values = List.copyOf(values);
      }
    }

    /** Whole numbers. */
    record Integers(List<Long> values) implements Categories {
      public Integers {
        values = List.copyOf(values);
      }
    }

    /**
     * Returns the feature that reads these categories.
     *
     * @throws IllegalArgumentException if they are no vocabulary
     */
    default Feature feature(
        String name, String column, Unseen unseen, Sentinels missing, boolean nullable) {
      if (this instanceof Texts texts) {
        return new TextCategoryFeature(name, column, texts.values(), unseen, missing, nullable);
      }

      List<Long> values = ((Integers) this).values();
      return new IntegerCategoryFeature(name, column, values, unseen, missing, nullable);
    }

    /** Returns how many there are. */
    default int size() {
      return this instanceof Texts texts
          ? texts.values().size()
          : ((Integers) this).values().size();
    }
  }

  /**
   * Returns the categories that the model file itself records.
   *
   * @param feature index of the feature, in model order
   */
  Optional<Categories> find(int feature);
}
