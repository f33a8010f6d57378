package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.model.manifest.Outputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The predictions may be something else than the scores: margins, labels, and the like. */
final class PredictionCauses {
  private static final Precision COMPUTED = new Precision(1e-6, 0);
  private static final int MAX_OUTPUTS = 1_000;
  private static final int SHOWN = 10;

  /** XGBoost 3.4 sorts quantiles. */
  private static final int SORTING_MINOR = 4;

  private final SampledRows sample;
  private final List<TrainerRow> rows;
  private final Scored usual;
  private final Outputs meaning;
  private final int outputs;
  private final int scores;
  private final int columns;
  private final List<Cause> causes = new ArrayList<>();

  private PredictionCauses(SampledRows sample, Scored usual) {
    this.sample = sample;
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
    if (made.scores > 1 && made.scores <= MAX_OUTPUTS) {
      made.addSomeOfSeveral();
    }

    return Stream.concat(made.causes.stream(), Precision.causes(sample.rows()));
  }

  private void add(String text, String cure, Cause.Reading reading) {
    causes.add(Cause.ofPredictions(text, cure, reading));
  }

  private void addMargins() {
    boolean isUnsorted = hasUnsortedQuantiles();
    if (columns == outputs) {
      add(
          isUnsorted
              ? "the quantiles are not sorted, as XGBoost before 3.4 leaves them; they are sorted here, as in 3.4"
              : "the predictions are margins",
          isUnsorted
              ? "write each row's predictions in ascending order"
              : "write predictions without output_margin=True",
          (row, scored, at) -> all(row, Precision.EXACT, output -> scored.margin(at, output)));
    }

    boolean isMarginScore =
        IntStream.range(0, rows.size()).allMatch(at -> usual.score(at, 0) == usual.margin(at, 0));
    if (columns == outputs && columns == scores && isMarginScore) {
      add(
          "the predictions are probabilities, the logistic function of the scores, which are margins for this objective",
          "write margins (output_margin=True)",
          (row, scored, at) ->
              all(row, COMPUTED, output -> 1 / (1 + Math.exp(-scored.margin(at, output)))));
    }
  }

  /** Returns whether the version of XGBoost that wrote the file left quantiles unsorted. */
  private boolean hasUnsortedQuantiles() {
    List<Integer> version = sample.sealing().model().version();
    boolean isOld =
        version.size() < 2
            || version.get(0) < 3
            || (version.get(0) == 3 && version.get(1) < SORTING_MINOR);
    return isOld && sample.sealing().model().objective().equals("reg:quantileerror");
  }

  private void addClasses() {
    if (meaning.kind() == Outputs.Kind.BINARY && columns == 1) {
      add(
          "the predictions are the probabilities of the other class, '%s'"
              .formatted(Fault.printable(meaning.classes().get(0))),
          "write predict_proba(X)[:, 1]",
          (row, scored, at) -> isOther(row.predicted(0), scored.score(at, 0)));
    } else if (meaning.kind() == Outputs.Kind.BINARY && columns == 2) {
      for (int second = 0; second < 2; second++) {
        int column = second;
        add(
            "the columns are the probabilities of both classes, but the model has one score, that of '%s'"
                .formatted(Fault.printable(meaning.classes().get(1))),
            "give only the %s column as --expected: --expected %s"
                .formatted(second == 1 ? "second" : "first", sample.predictions().get(column)),
            (row, scored, at) ->
                Precision.EXACT.near(row.predicted(column), scored.score(at, 0))
                    && isOther(row.predicted(1 - column), scored.score(at, 0)));
      }
    } else if (meaning.kind() == Outputs.Kind.CLASS_INDEX && columns == outputs) {
      add(
          "the predictions are probabilities of the classes, but the score of multi:softmax is the index of the class",
          "write it instead",
          (row, scored, at) -> {
            double[] powers = scored.softmax(at);
            return all(row, COMPUTED, output -> powers[output]);
          });
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

  private void addSomeOfSeveral() {
    List<String> names = meaning.names();
    if (columns == 1) {
      String all = scores <= SHOWN ? names.toString() : names.size() + " outputs";
      for (int output = 0; output < scores; output++) {
        int index = output;
        add(
            "the column is the score of '%s' alone".formatted(Fault.printable(names.get(output))),
            "give one column for each of %s as --expected".formatted(all),
            (row, scored, at) -> Precision.EXACT.near(row.predicted(0), scored.score(at, index)));
      }
    } else if (columns == scores && !hasUnsortedQuantiles()) {
      addOrder(names);
    }
  }

  /** The columns in another order: for each, the score that is nearest in all of a few rows. */
  private void addOrder(List<String> names) {
    int some = Math.min(rows.size(), 50);
    int[] order = new int[columns];
    for (int column = 0; column < columns; column++) {
      double least = Double.POSITIVE_INFINITY;
      for (int score = 0; score < scores; score++) {
        double distance = 0;
        for (int at = 0; at < some; at++) {
          distance += Math.abs(rows.get(at).predicted(column) - usual.score(at, score));
        }

        if (distance < least) {
          least = distance;
          order[column] = score;
        }
      }
    }

    if (Arrays.stream(order).distinct().count() == columns) {
      add(
          "the columns are in another order, they are those of the outputs "
              + Arrays.stream(order)
                  .mapToObj(index -> Fault.printable(names.get(index)))
                  .limit(SHOWN)
                  .collect(Collectors.joining(", ", "[", columns > SHOWN ? ", ...]" : "]")),
          "give --expected "
              + IntStream.range(0, columns)
                  .boxed()
                  .sorted(Comparator.comparingInt(column -> order[column]))
                  .map(column -> Fault.printable(sample.predictions().get(column)))
                  .collect(Collectors.joining(",")),
          (row, scored, at) ->
              all(row, Precision.EXACT, column -> scored.score(at, order[column])));
    }
  }

  private static boolean all(TrainerRow row, Precision precision, IntToDoubleFunction computed) {
    return IntStream.range(0, row.predictions().length)
        .allMatch(index -> precision.near(row.predicted(index), computed.applyAsDouble(index)));
  }
}
