package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.model.manifest.Outputs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The predictions may be something else than the scores: margins, labels, and the like. */
final class PredictionCauses {
  private static final int MAX_OUTPUTS = 1_000;
  private static final int SHOWN = 10;

  private final boolean isOfQuantiles;
  private final List<TrainerRow> rows;
  private final Scored usual;
  private final Outputs meaning;
  private final int outputs;
  private final int scores;
  private final int columns;
  private final List<Cause> causes = new ArrayList<>();

  private PredictionCauses(SampledRows sample, Scored usual) {
    this.isOfQuantiles = sample.sealing().model().objective().equals("reg:quantileerror");
    this.rows = sample.rows();
    this.usual = usual;
    this.meaning = sample.sealing().outputs();
    this.outputs = sample.sealing().forest().outputs();
    this.scores = sample.sealing().forest().scores();
    this.columns = sample.predictions().size();
  }

  /**
   * @param usual the rows' scores as the schema and the options say
   */
  static Stream<Cause> of(SampledRows sample, Scored usual) {
    PredictionCauses made = new PredictionCauses(sample, usual);
    made.addMargins();
    made.addClasses();
    made.addLabels();
    return Stream.concat(made.causes.stream(), Precision.causes(sample.rows()));
  }

  private void add(String text, String cure, Cause.Reading reading) {
    causes.add(Cause.ofPredictions(text, cure, reading));
  }

  /** Margins; of quantiles they are the scores that older versions leave unsorted. */
  private void addMargins() {
    if (columns == outputs) {
      add(
          isOfQuantiles
              ? "the quantiles are not sorted, as XGBoost before 3.4 leaves them; they are sorted here, as in 3.4"
              : "the predictions are margins",
          isOfQuantiles
              ? "write each row's predictions in ascending order"
              : "write predictions without output_margin=True",
          (row, scored, at) ->
              IntStream.range(0, outputs)
                  .allMatch(
                      index ->
                          Precision.EXACT.near(row.predicted(index), scored.margin(at, index))));
    }
  }

  private void addClasses() {
    if (meaning.kind() == Outputs.Kind.BINARY && columns == 1) {
      add(
          "the predictions are the probabilities of the other class, '%s'"
              .formatted(Fault.printable(meaning.classes().get(0))),
          "write predict_proba(X)[:, 1]",
          (row, scored, at) -> isOther(row.predicted(0), scored.score(at, 0)));
    }
  }

  private static boolean isOther(double predicted, float score) {
    return Math.abs(predicted - (1.0 - score)) <= 0x1p-23;
  }

  /** Two labels that a score separates; of several outputs, a label for each class. */
  private void addLabels() {
    Map<String, float[]> ranges = new HashMap<>();
    Map<String, Integer> classes = new TreeMap<>();
    boolean isOfSeveral = outputs > 1 && meaning.kind() != Outputs.Kind.VALUES;
    for (int at = 0; columns == 1 && at < rows.size() && ranges.size() <= MAX_OUTPUTS; at++) {
      String label = rows.get(at).predictions()[0];
      float score = usual.score(at, 0);
      float[] range = ranges.computeIfAbsent(label, key -> new float[] {score, score});
      range[0] = Math.min(range[0], score);
      range[1] = Math.max(range[1], score);
      if (isOfSeveral) {
        classes.putIfAbsent(label, usual.classIndex(at, meaning));
      }
    }

    if (isOfSeveral) {
      addLabels(classes);
    } else if (scores == 1 && ranges.size() == 2) {
      addLabelsByThreshold(ranges);
    }
  }

  private void addLabels(Map<String, Integer> classes) {
    if (classes.size() > 1 && new HashSet<>(classes.values()).size() == classes.size()) {
      String labels =
          classes.keySet().stream()
              .limit(SHOWN)
              .map(label -> "'%s'".formatted(Fault.printable(label)))
              .toList()
              .toString();
      add(
          "the predictions are class labels %s instead of scores".formatted(labels),
          meaning.kind() == Outputs.Kind.CLASS_INDEX
              ? "write the index of the class, which is what multi:softmax predicts"
              : "write predict_proba(X), one column per class, and give all as --expected",
          (row, scored, at) ->
              classes
                  .getOrDefault(row.predictions()[0], -1)
                  .equals(scored.classIndex(at, meaning)));
    }
  }

  private void addLabelsByThreshold(Map<String, float[]> ranges) {
    List<String> labels =
        ranges.keySet().stream()
            .sorted(Comparator.comparingDouble(label -> ranges.get(label)[0]))
            .toList();
    float last = ranges.get(labels.get(0))[1];
    float first = ranges.get(labels.get(1))[0];
    if (last < first) {
      String threshold =
          last <= 0.5f && first > 0.5f ? "0.5" : String.valueOf(last / 2 + first / 2);
      add(
          "the predictions are labels, '%s' where the score is above about %s and otherwise '%s', instead of scores"
              .formatted(Fault.printable(labels.get(1)), threshold, Fault.printable(labels.get(0))),
          "write predict_proba(X)[:, 1], or margins (output_margin=True) where these are the scores",
          (row, scored, at) ->
              row.predictions()[0].equals(labels.get(scored.score(at, 0) > last ? 1 : 0)));
    }
  }
}
