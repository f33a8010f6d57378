package io.paritree.spark.sql;

import io.paritree.UnsupportedModelException;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.ScoringModel;
import io.paritree.reasons.Reasons;
import io.paritree.spark.score.FaultList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** What a function of a model returns. */
enum FunctionOutput {
  SCORE("the score of a row; of several, a struct"),
  MARGIN("the margin of a row; of several, a struct"),
  LABEL("the label of a row"),
  PREDICT("scores, margins, label, model_version and faults of a row as a struct"),
  FAULTS("what is wrong with a row; null if it can be scored"),
  REASONS(
      "the fields that add most to a row's margin; at most as many as the second argument says");

  private final String description;

  FunctionOutput(String description) {
    this.description = description;
  }

  String function() {
    return name().toLowerCase(Locale.ROOT);
  }

  String description() {
    return description;
  }

  /** Finds the output by the name of its function, whose case does not count, as in SQL. */
  static Optional<FunctionOutput> of(String function) {
    return Arrays.stream(values())
        .filter(output -> output.function().equalsIgnoreCase(function))
        .findFirst();
  }

  /** Returns why a model does not have this output; empty if it does. */
  Optional<String> problem(ScoringModel model) {
    if (this == LABEL && !model.outputs().hasLabel()) {
      return Optional.of("the model has no labels: its outputs are no classes");
    }

    if (this != REASONS) {
      return Optional.empty();
    }

    try {
      return Reasons.of(model, ContributionMode.FAST).winnerProblem();
    } catch (UnsupportedModelException e) {
      return Optional.of(e.getMessage());
    }
  }

  DataType type(ScoringModel model) {
    return switch (this) {
      case SCORE -> ResultColumns.values(ResultColumns.of(model).scores());
      case MARGIN -> ResultColumns.values(ResultColumns.of(model).margins());
      case LABEL -> DataTypes.StringType;
      case PREDICT -> ResultColumns.added(new StructType(), model, true, true);
      case FAULTS -> FaultList.TYPE;
      case REASONS -> ResultColumns.REASONS_TYPE;
    };
  }
}
