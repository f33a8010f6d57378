package io.paritree.serving.mlflow;

import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.RequestRows.Scored;
import java.util.function.IntConsumer;

/** What {@code /invocations} answers for each row: what the logged Python class would predict. */
enum Predicted {
  /** The score, or the list of scores. */
  SCORES,
  /** The number of the class; for a binary model, decided by the package's threshold. */
  CLASS_NUMBER,
  /** For each output, which is a separate label: 1 if its score is above one half, otherwise 0. */
  LABELS,
  /** A binary model's score as the probabilities of both classes, {@code [1 - p, p]} in float. */
  BOTH_PROBABILITIES;

  private static final float HALF = 0.5f;

  /** Writes the prediction of a row. */
  void write(Outputs outputs, Scored scored, int row, JsonBytes answer) {
    int count = scored.scoreCount();
    int at = row * count;
    float[] scores = scored.scores();
    switch (this) {
      case SCORES -> writeRow(count, answer, index -> answer.number(scores[at + index]));
      case CLASS_NUMBER -> answer.number(outputs.classIndex(scores, at));
      case LABELS ->
          writeRow(count, answer, index -> answer.number(scores[at + index] > HALF ? 1L : 0L));
      case BOTH_PROBABILITIES ->
          answer.raw('[').number(1f - scores[at]).raw(',').number(scores[at]).raw(']');
    }
  }

  /**
   * Returns what the request asks for.
   *
   * @param method {@code params.predict_method}; empty for the logged class's own method
   * @throws ProblemException with 400 if the method is unknown, or the model has no probabilities
   */
  static Predicted of(ScoringModel model, String method) {
    boolean classifier =
        model.card().modelClass().filter(name -> name.endsWith("Classifier")).isPresent();
    return switch (method) {
      case "", "predict" -> classifier ? classes(model) : SCORES;
      case "predict_proba" -> probabilities(model, classifier);
      default -> throw wrong("predict or predict_proba");
    };
  }

  private static Predicted classes(ScoringModel model) {
    if (model.outputs().hasLabel()) {
      return CLASS_NUMBER;
    }

    return model.card().objective().startsWith("binary:") ? LABELS : SCORES;
  }

  private static Predicted probabilities(ScoringModel model, boolean classifier) {
    return switch (model.outputs().kind()) {
      case CLASS_INDEX ->
          throw wrong(
              "predict, because "
                  + model.card().objective()
                  + " has no probabilities for predict_proba; they need a model of multi:softprob");
      case BINARY -> classifier ? BOTH_PROBABILITIES : SCORES;
      case VALUES, CLASS_SCORES -> SCORES;
    };
  }

  private static ProblemException wrong(String expected) {
    return new ProblemException(Problems.BAD_PARAMETER.of("params.predict_method", expected));
  }

  /** Writes a single value as it is, several as a list. */
  private static void writeRow(int count, JsonBytes answer, IntConsumer value) {
    if (count == 1) {
      value.accept(0);
    } else {
      answer.list(count, value);
    }
  }
}
