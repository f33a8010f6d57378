package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.paritree.Fault;
import io.paritree.feature.NearestName;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.ending.RefusedException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * What the values of a label mean: one of two outcomes, or a number.
 *
 * @param isBinary whether they are one of two
 * @param isOneOfSeveral whether the scores are of one class of several: other classes are negative
 * @param scores say which stored label is positive
 */
record OutcomeText(boolean isBinary, boolean isOneOfSeveral, PublishedScores scores) {
  private static final int MOST = 100;
  private static final int SHOWN = 3;

  static OutcomeText of(OutcomeQuery query, PublishedScores scores) {
    boolean isOneOfSeveral =
        !query.scores().column().isEmpty() && !query.scores().column().equals(ScoreColumns.SCORE);
    boolean isBinary = scores.hasLabel() || !query.labels().positive().isEmpty();
    return new OutcomeText(isBinary, isOneOfSeveral, scores);
  }

  /**
   * Returns the outcome of the column {@link LabelTable#OUTCOME}, as a double.
   *
   * @param known rows whose outcome is not null
   */
  Column parsed(OutcomeQuery query, Dataset<Row> known) throws RefusedException {
    Column outcome = col(LabelRows.OUTCOME);
    DataType type = known.schema().apply(LabelRows.OUTCOME).dataType();
    if (!isBinary) {
      return number(query, known, type);
    }

    if (type instanceof BooleanType) {
      return outcome.cast(DataTypes.IntegerType).cast(DataTypes.DoubleType);
    }

    Column text =
        type instanceof NumericType
            ? functions.regexp_replace(
                PublishedScores.text(outcome.cast(DataTypes.DoubleType)), "\\.0$", "")
            : PublishedScores.text(outcome);
    Map<String, Boolean> meant = meant(query, values(known, text));
    Column parsed = lit(0.0);
    for (Map.Entry<String, Boolean> value : meant.entrySet()) {
      if (value.getValue()) {
        parsed = when(text.equalTo(value.getKey()), 1.0).otherwise(parsed);
      }
    }

    return parsed;
  }

  private Set<String> values(Dataset<Row> known, Column text) {
    Set<String> values = new TreeSet<>();
    known.select(text).distinct().takeAsList(MOST).forEach(row -> values.add(row.getString(0)));
    return values;
  }

  private Map<String, Boolean> meant(OutcomeQuery query, Set<String> values)
      throws RefusedException {
    String positive = query.labels().positive();
    if (!positive.isEmpty()) {
      return byPositive(query, values, positive);
    }

    boolean areWords =
        values.stream().allMatch(value -> StoredLabels.WORDS.containsKey(lower(value)));
    Map<String, Boolean> classes = areWords ? Map.of() : scores.storedLabels().positives();
    Map<String, Boolean> meant = new TreeMap<>();
    for (String value : values) {
      Boolean own =
          Optional.ofNullable(StoredLabels.WORDS.get(lower(value))).orElse(classes.get(value));
      if (own == null) {
        throw refused(
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

  private Map<String, Boolean> byPositive(OutcomeQuery query, Set<String> values, String positive)
      throws RefusedException {
    if (!values.contains(positive) && !scores.storedLabels().positives().containsKey(positive)) {
      throw refused(
          query,
          values,
          "have no '%s', which --positive names%s"
              .formatted(
                  positive,
                  NearestName.of(positive, values)
                      .map("; did you mean '%s'?"::formatted)
                      .orElse("")));
    } else if (values.size() > 2 && !isOneOfSeveral) {
      throw refused(
          query, values, "are more than two; give the scores of one class by --score as well");
    }

    Map<String, Boolean> meant = new TreeMap<>();
    values.forEach(value -> meant.put(value, value.equals(positive)));
    return meant;
  }

  private static RefusedException refused(OutcomeQuery query, Set<String> values, String why) {
    List<String> shown = values.stream().limit(SHOWN).map(Fault::printable).toList();
    return new RefusedException(
        "Cannot use the labels of %s: the values of '%s' (%s%s) %s"
            .formatted(
                query.labels().source(),
                query.labels().column(),
                String.join(", ", shown),
                values.size() > SHOWN ? ", ..." : "",
                why));
  }

  private Column number(OutcomeQuery query, Dataset<Row> known, DataType type)
      throws RefusedException {
    Column outcome = col(LabelRows.OUTCOME);
    Column number =
        type instanceof NumericType
            ? outcome.cast(DataTypes.DoubleType)
            : functions.expr("try_cast(%s as double)".formatted(LabelRows.OUTCOME));
    Column isWrong =
        number
            .isNull()
            .or(number.isNaN())
            .or(functions.abs(number).equalTo(Double.POSITIVE_INFINITY));
    Set<String> wrong = values(known.filter(isWrong), PublishedScores.text(outcome));
    if (!wrong.isEmpty()) {
      throw refused(query, wrong, "are no finite numbers, as the scores are");
    }

    return number;
  }
}
