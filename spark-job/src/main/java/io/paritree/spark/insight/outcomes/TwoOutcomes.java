package io.paritree.spark.insight.outcomes;

import io.paritree.feature.NearestName;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.report.RefusedException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which values of labels are the positive one of two outcomes. */
record TwoOutcomes(OutcomeQuery query, OutcomeText text) {

  /**
   * Returns which of the values of labels are the positive outcome.
   *
   * @throws RefusedException if it is not known
   */
  Map<String, Boolean> meant(Set<String> values) throws RefusedException {
    String positive = query.labels().positive();
    if (!positive.isEmpty()) {
      return byPositive(values, positive);
    }

    boolean areWords =
        values.stream().allMatch(value -> StoredLabels.WORDS.containsKey(lower(value)));
    Map<String, Boolean> classes = areWords ? Map.of() : text.stored().positives();
    Map<String, Boolean> meant = new TreeMap<>();
    for (String value : values) {
      Boolean own =
          Optional.ofNullable(StoredLabels.WORDS.get(lower(value))).orElse(classes.get(value));
      if (own == null) {
        throw text.refused(
            query,
            values,
            "are neither true and false, nor 1 and 0%s; say which one is positive by --positive"
                .formatted(classes.isEmpty() ? "" : ", nor the model's " + classes.keySet()));
      }

      meant.put(value, own);
    }

    return meant;
  }

  private static String lower(String value) {
    return value.toLowerCase(Locale.ROOT);
  }

  private Map<String, Boolean> byPositive(Set<String> values, String positive)
      throws RefusedException {
    if (!values.contains(positive) && !mayStillCome(values, positive)) {
      throw text.refused(
          query,
          values,
          "have no '%s', which --positive names%s"
              .formatted(
                  positive,
                  NearestName.of(positive, values)
                      .map("; did you mean '%s'?"::formatted)
                      .orElse("")));
    } else if (values.size() > 2 && !text.isOneOfSeveral()) {
      throw text.refused(
          query, values, "are more than two; give the scores of one class by --score as well");
    }

    Map<String, Boolean> meant = new TreeMap<>();
    values.forEach(value -> meant.put(value, false));
    meant.put(positive, true); // of very many values, not all were read
    return meant;
  }

  /**
   * Returns whether the positive value may be one that no label has had yet: where the model has
   * it, or where labels have one value only, which is no word for yes or no and not nearly the
   * same.
   */
  private boolean mayStillCome(Set<String> values, String positive) {
    boolean isOfModel =
        text.stored().positives().containsKey(positive)
            || text.isOneOfSeveral()
                && query.scores().column().equals(ScoreColumns.SCORE + "_" + positive);
    return isOfModel
        || values.size() == 1
            && values.stream().noneMatch(value -> StoredLabels.WORDS.containsKey(lower(value)))
            && NearestName.of(positive, values).isEmpty();
  }
}
