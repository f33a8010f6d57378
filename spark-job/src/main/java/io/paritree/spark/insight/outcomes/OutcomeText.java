package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.outcome.OutcomeForm;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.RankOutcome;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.report.RefusedException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * What the values of a label mean, and so how scores are measured. It follows from the columns that
 * the model has given to the published rows.
 *
 * @param isOneOfSeveral whether the scores are of one class of several: other classes are negative
 * @param classes of the model; empty for other kinds
 * @param stored what labels mean that were stored with the scores
 */
record OutcomeText(
    OutcomeKind kind, boolean isOneOfSeveral, ClassNames classes, StoredLabels stored)
    implements Serializable {
  private static final int MOST = 1_000;
  private static final double MOST_EXACT = 0x1p53;
  private static final int SHOWN = 3;

  static OutcomeText of(OutcomeQuery query, PublishedScores scores, ScoreCounts counts)
      throws RefusedException {
    boolean isOneOfSeveral =
        !query.scores().column().isEmpty() && !query.scores().column().equals(ScoreColumns.SCORE);
    StoredLabels stored = counts.labels();
    if (!query.scores().group().isEmpty()) {
      checkGroup(query, scores);
      return new OutcomeText(OutcomeKind.RANKING, isOneOfSeveral, ClassNames.NONE, stored);
    }

    Optional<ClassNames> classes = ClassNames.of(query, scores, counts.most());
    if (classes.isPresent()) {
      checkQuantile(query, OutcomeKind.CLASSES);
      return new OutcomeText(OutcomeKind.CLASSES, isOneOfSeveral, classes.get(), stored);
    }

    boolean isBinary = scores.hasLabel() || !query.labels().positive().isEmpty();
    OutcomeKind kind = isBinary ? OutcomeKind.BINARY : OutcomeKind.VALUES;
    checkQuantile(query, kind);
    return new OutcomeText(kind, isOneOfSeveral, ClassNames.NONE, stored);
  }

  private static void checkQuantile(OutcomeQuery query, OutcomeKind kind) throws RefusedException {
    if (query.scores().quantile().isPresent() && kind != OutcomeKind.VALUES) {
      throw new RefusedException(
          "Cannot measure %s as a quantile: its scores are of classes, and --quantile is for values"
              .formatted(query.published().name()));
    }
  }

  private static void checkGroup(OutcomeQuery query, PublishedScores scores)
      throws RefusedException {
    Column isInNone = col(PublishedScores.LIST).isNull();
    if (!scores.rows().filter(isInNone).takeAsList(1).isEmpty()) {
      throw new RefusedException(
          "Cannot measure %s by the lists of '%s': rows have no value there; give a column of --group that says of each row in which list it is"
              .formatted(query.published().name(), query.scores().group()));
    }
  }

  /** Returns whether the scores must be probabilities. */
  boolean areProbabilities() {
    return kind == OutcomeKind.BINARY || classes.haveScores();
  }

  /** Returns what the measures of the scores need besides the rows. */
  OutcomeForm form(OutcomeQuery query) {
    return new OutcomeForm(kind, classes.names(), query.scores().quantile());
  }

  /**
   * Returns the outcome that a stored label says; NaN if it is not known.
   *
   * @param positive the positive one of two; empty if it is not given
   */
  double ofStored(String label, String positive) {
    if (kind != OutcomeKind.CLASSES) {
      return stored.outcome(label, positive);
    }

    int index = label == null ? -1 : classes.index(label);
    return index < 0 ? Double.NaN : index;
  }

  /**
   * Returns the outcome of the column {@link LabelRows#OUTCOME}, as a double.
   *
   * @param known rows whose outcome is not null
   */
  Column parsed(OutcomeQuery query, Dataset<Row> known) throws RefusedException {
    DataType type = known.schema().apply(LabelRows.OUTCOME).dataType();
    return switch (kind) {
      case BINARY -> ofTwo(query, known, type);
      case VALUES -> number(query, known, type);
      case CLASSES -> index(query, known, type);
      case RANKING -> relevance(query, known, type);
    };
  }

  /** Returns whether the column {@link LabelRows#OUTCOME} of true and false needs no reading. */
  boolean isAsItIs(OutcomeQuery query, Dataset<Row> known) {
    return kind == OutcomeKind.BINARY
        && query.labels().positive().isEmpty()
        && known.schema().apply(LabelRows.OUTCOME).dataType() instanceof BooleanType;
  }

  private Column ofTwo(OutcomeQuery query, Dataset<Row> known, DataType type)
      throws RefusedException {
    Column outcome = col(LabelRows.OUTCOME);
    if (isAsItIs(query, known)) {
      return outcome.cast(DataTypes.IntegerType).cast(DataTypes.DoubleType);
    }

    Column text = text(type);
    Map<String, Boolean> meant = new TwoOutcomes(query, this).meant(values(known, text));
    Column parsed = lit(0.0);
    for (Map.Entry<String, Boolean> value : meant.entrySet()) {
      if (value.getValue()) {
        parsed = when(text.equalTo(value.getKey()), 1.0).otherwise(parsed);
      }
    }

    return parsed;
  }

  /** Returns the outcome as text, a whole number without a point and an exponent. */
  private static Column text(DataType type) {
    Column outcome = col(LabelRows.OUTCOME);
    if (!(type instanceof NumericType)) {
      return PublishedScores.text(outcome);
    }

    Column number = outcome.cast(DataTypes.DoubleType);
    Column isWhole =
        functions.rint(number).equalTo(number).and(functions.abs(number).lt(MOST_EXACT));
    return when(isWhole, PublishedScores.text(outcome.cast(DataTypes.LongType)))
        .otherwise(PublishedScores.text(number));
  }

  /** Returns the index of a class by its name. */
  private Column index(OutcomeQuery query, Dataset<Row> known, DataType type)
      throws RefusedException {
    Column text = text(type);
    Set<String> all = values(known, text);
    Set<String> unknown = new TreeSet<>(all);
    classes.known().forEach(unknown::remove);
    if (!unknown.isEmpty() && (classes.areAll() || unknown.equals(all))) {
      throw refused(
          query,
          unknown,
          "are no classes of the model, which are %s%s"
              .formatted(
                  NameList.known(classes.known()),
                  classes.unnamed().isEmpty()
                      ? ""
                      : "; no row has the class of %s, so give the names of all by --classes, in the order of the scores"
                          .formatted(NameList.known(classes.unnamed()))));
    }

    Column[] names = classes.known().stream().map(functions::lit).toArray(Column[]::new);
    Column place = functions.array_position(functions.array(names), text);
    return when(place.equalTo(0), classes.names().size())
        .otherwise(place)
        .minus(1)
        .cast(DataTypes.DoubleType);
  }

  private Column relevance(OutcomeQuery query, Dataset<Row> known, DataType type)
      throws RefusedException {
    Column number = number(query, known, type);
    Column isRight =
        number.between(0, RankOutcome.MOST_RELEVANT).and(functions.rint(number).equalTo(number));
    Set<String> wrong = values(known.filter(functions.not(isRight)), text(type));
    if (!wrong.isEmpty()) {
      throw refused(
          query,
          wrong,
          "do not say how relevant a row is in its list: whole numbers from 0 to %s were expected"
              .formatted(RankOutcome.MOST_RELEVANT));
    }

    return number;
  }

  private Set<String> values(Dataset<Row> known, Column text) {
    Set<String> values = new TreeSet<>();
    known.select(text).distinct().takeAsList(MOST).forEach(row -> values.add(row.getString(0)));
    return values;
  }

  RefusedException refused(OutcomeQuery query, Set<String> values, String why) {
    List<String> shown = values.stream().limit(SHOWN).map(Fault::printable).toList();
    String some = String.join(", ", shown) + (values.size() > SHOWN ? ", ..." : "");
    return new RefusedException(
        "Cannot use the labels of %s: the values of '%s' (%s) %s"
            .formatted(query.labels().source(), query.labels().column(), some, why));
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
