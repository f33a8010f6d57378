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
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Claims that the predictions are something else than the scores: margins, labels, and the like.
 */
final class Readings {
  private static final double SLACK = 1e-6;
  private static final int MAX_OUTPUTS = 1_000;
  private static final int LEAST_LABELLED = 10;
  private static final int SHOWN = 10;

  /** XGBoost 3.4 sorts quantiles. */
  private static final int SORTING_MINOR = 4;

  private final Evidence evidence;
  private final Outputs meaning;
  private final int outputs;
  private final int scores;
  private final int columns;
  private final List<Claim> claims = new ArrayList<>();

  /** How a row's predictions follow from its scores. */
  private interface Rule {
    boolean agrees(TrainerRow row, Scored scored, int at, Precision precision);
  }

  private record Reading(String cause, Cure cure, String kind, Rule rule) implements Claim {
    @Override
    public boolean agrees(TrainerRow row, Scored scored, int at, Precision precision) {
      return rule.agrees(row, scored, at, precision);
    }
  }

  private Readings(Evidence evidence, int columns) {
    this.evidence = evidence;
    this.meaning = evidence.sealing().outputs();
    this.outputs = evidence.sealing().forest().outputs();
    this.scores = evidence.sealing().forest().scores();
    this.columns = columns;
  }

  /** Returns all readings of the predictions, the scores themselves first. */
  static List<Claim> of(Evidence evidence) {
    Readings readings = new Readings(evidence, evidence.predictions().size());
    readings.claims.add(Claim.NOTHING);
    readings.addMargins();
    readings.addClasses();
    if (readings.scores > 1 && readings.scores <= MAX_OUTPUTS) {
      readings.addSomeOfSeveral();
    }

    readings.addThresholds();
    readings.addTransforms();
    return readings.claims;
  }

  /**
   * @param cure what the user does to the predictions
   */
  private void add(String cause, String cure, Rule rule) {
    claims.add(new Reading(cause, Cure.of(cure), cure, rule));
  }

  /** Labels are one cause, however the classes are named. */
  private void addLabels(String cause, String cure, Rule rule) {
    claims.add(new Reading(cause, Cure.of(cure), "labels", rule));
  }

  private void addMargins() {
    String cause = "the predictions are margins";
    String cure = "write predictions without output_margin=True";
    if (hasUnsortedQuantiles()) {
      cause =
          "the quantiles are not sorted, as XGBoost before 3.4 leaves them; they are sorted here, as in 3.4";
      cure = "write each row's predictions in ascending order";
    }

    if (columns == outputs) {
      add(
          cause,
          cure,
          (row, scored, at, precision) -> all(row, precision, 0, i -> scored.margin(at, i)));
    }

    if (columns == scores && scores > 1) {
      add(
          "the predictions of each row are the scores in ascending order",
          "write them as predict gives them",
          (row, scored, at, precision) -> {
            float[] sorted = scored.scores(at);
            Arrays.sort(sorted);
            return all(row, precision, 0, i -> sorted[i]);
          });
    }

    // Where the score is the margin already, the trainer may have transformed it.
    if (columns == outputs && columns == scores && isMarginScore()) {
      add(
          "the predictions are probabilities, the logistic function of the scores, which are margins for this objective",
          "write margins (output_margin=True)",
          (row, scored, at, precision) ->
              all(row, precision, SLACK, i -> logistic(scored.margin(at, i))));
    }
  }

  /** Returns whether the version of XGBoost that wrote the file left quantiles unsorted. */
  private boolean hasUnsortedQuantiles() {
    List<Integer> version = evidence.sealing().model().version();
    boolean isOld =
        version.size() < 2
            || version.get(0) < 3
            || (version.get(0) == 3 && version.get(1) < SORTING_MINOR);
    return isOld && evidence.sealing().model().objective().equals("reg:quantileerror");
  }

  private boolean isMarginScore() {
    List<TrainerRow> rows = evidence.rows();
    Scored scored = scored(rows);
    return IntStream.range(0, rows.size())
        .allMatch(at -> scored.score(at, 0) == scored.margin(at, 0));
  }

  private void addClasses() {
    if (meaning.kind() == Outputs.Kind.BINARY && columns == 1) {
      add(
          "the predictions are the probabilities of the other class, '%s'"
              .formatted(Fault.printable(meaning.classes().get(0))),
          "write predict_proba(X)[:, 1]",
          (row, scored, at, precision) ->
              precision.near(row.predicted(0), 1.0 - scored.score(at, 0), 0x1p-23));
      addLabels("probabilities", "write predict_proba(X)[:, 1]");
    } else if (meaning.kind() == Outputs.Kind.BINARY && columns == 2) {
      for (int second = 0; second < 2; second++) {
        int column = second;
        add(
            "the columns are the probabilities of both classes, but the model has one score, that of '%s'"
                .formatted(Fault.printable(meaning.classes().get(1))),
            "give only the %s column as --expected: --expected %s"
                .formatted(second == 1 ? "second" : "first", evidence.predictions().get(column)),
            (row, scored, at, precision) ->
                precision.near(row.predicted(column), scored.score(at, 0))
                    && precision.near(
                        row.predicted(1 - column), 1.0 - scored.score(at, 0), 0x1p-23));
      }
    } else if (meaning.kind() == Outputs.Kind.CLASS_SCORES && columns == 1) {
      addLabels(
          "the scores of all %s classes".formatted(scores),
          "write predict_proba(X), one column per class, and give all as --expected");
    } else if (meaning.kind() == Outputs.Kind.CLASS_INDEX && columns == 1) {
      addLabels("the index of the class, which is what multi:softmax predicts", "write that");
    }

    if (meaning.kind() == Outputs.Kind.CLASS_INDEX && columns == outputs) {
      add(
          "the predictions are probabilities of the classes, but the score of multi:softmax is the index of the class",
          "write it instead",
          (row, scored, at, precision) -> {
            double[] powers = scored.softmax(at);
            return all(row, precision, SLACK, i -> powers[i]);
          });
    }
  }

  private void addLabels(String wanted, String cure) {
    boolean isIndex = meaning.kind() == Outputs.Kind.CLASS_INDEX;
    if (!isIndex) {
      addLabels(
          "the predictions are class indices instead of " + wanted,
          cure,
          (row, scored, at, precision) -> row.predicted(0) == scored.classIndex(at, meaning));
    }

    if (meaning.kind() == Outputs.Kind.BINARY && meaning.threshold() != 0.5f) {
      addLabels(
          "the predictions are class indices with a threshold of 0.5 instead of " + wanted,
          cure,
          (row, scored, at, precision) -> row.predicted(0) == (scored.score(at, 0) > 0.5f ? 1 : 0));
    }

    addLabels(
        "the predictions are class labels instead of " + wanted,
        cure,
        (row, scored, at, precision) ->
            row.predictions()[0].equals(meaning.classes().get(scored.classIndex(at, meaning))));
    foundLabels(wanted, cure);
  }

  /** Labels that the schema does not name: each belongs to one class, as far as rows show. */
  private void foundLabels(String wanted, String cure) {
    List<TrainerRow> rows = evidence.rows();
    Map<String, Integer> classOf = new HashMap<>();
    Scored scored = scored(rows);
    for (int at = 0; at < rows.size(); at++) {
      String label = rows.get(at).predictions()[0];
      if (classOf.size() < MAX_OUTPUTS && !label.isEmpty()) {
        classOf.putIfAbsent(label, scored.classIndex(at, meaning));
      }
    }

    boolean isOneToOne = new HashSet<>(classOf.values()).size() == classOf.size();
    if (isOneToOne && classOf.size() > 1) {
      String named =
          classOf.entrySet().stream()
              .sorted(Map.Entry.comparingByValue())
              .limit(5)
              .map(entry -> "'%s'".formatted(Fault.printable(entry.getKey())))
              .toList()
              .toString();
      addLabels(
          "the predictions are class labels %s instead of %s".formatted(named, wanted),
          cure,
          (row, block, at, precision) ->
              classOf.getOrDefault(row.predictions()[0], -1).equals(block.classIndex(at, meaning)));
    }
  }

  private Scored scored(List<TrainerRow> rows) {
    return new Scored(evidence.engine(evidence.sealing().rounds().end()), Attempts.slots(rows));
  }

  private void addSomeOfSeveral() {
    if (columns == 1) {
      for (int output = 0; output < scores; output++) {
        int index = output;
        add(
            "the column is the score of '%s' alone"
                .formatted(Fault.printable(meaning.names().get(output))),
            "give one column for each of %s as --expected".formatted(shown(meaning.names())),
            (row, scored, at, precision) ->
                precision.near(row.predicted(0), scored.score(at, index)));
      }

      add(
          "the predictions are the largest of the scores",
          "give one column for each of %s as --expected".formatted(shown(meaning.names())),
          (row, scored, at, precision) -> {
            float largest = Float.NEGATIVE_INFINITY;
            for (float score : scored.scores(at)) {
              largest = Math.max(largest, score);
            }

            return precision.near(row.predicted(0), largest);
          });
    } else if (columns == scores && !hasUnsortedQuantiles()) {
      permuted();
    }
  }

  private static String shown(List<String> names) {
    return names.size() <= SHOWN ? names.toString() : names.size() + " outputs";
  }

  /** The columns in another order: for each, the score that is nearest in all of a few rows. */
  private void permuted() {
    List<TrainerRow> rows = evidence.rows();
    rows = rows.subList(0, Math.min(rows.size(), 50));
    Scored scored = scored(rows);
    int[] order = new int[columns];
    HashSet<Integer> used = new HashSet<>();
    for (int column = 0; column < columns; column++) {
      double least = Double.POSITIVE_INFINITY;
      for (int score = 0; score < scores; score++) {
        double distance = 0;
        for (int at = 0; at < rows.size(); at++) {
          distance += Math.abs(rows.get(at).predicted(column) - scored.score(at, score));
        }

        if (!used.contains(score) && distance < least) {
          least = distance;
          order[column] = score;
        }
      }

      used.add(order[column]);
    }

    if (used.size() == columns) {
      String names =
          Arrays.stream(order)
              .mapToObj(index -> Fault.printable(meaning.names().get(index)))
              .limit(SHOWN)
              .collect(Collectors.joining(", ", "[", columns > SHOWN ? ", ...]" : "]"));
      String option =
          IntStream.range(0, columns)
              .boxed()
              .sorted(Comparator.comparingInt(column -> order[column]))
              .map(column -> Fault.printable(evidence.predictions().get(column)))
              .collect(Collectors.joining(","));
      add(
          "the columns are in another order, they are those of the outputs " + names,
          "give --expected " + option,
          (row, block, at, precision) -> all(row, precision, 0, i -> block.score(at, order[i])));
    }
  }

  /** Labels by any threshold, one per score: scores with one label are all above the others. */
  private void addThresholds() {
    List<TrainerRow> rows = evidence.rows();
    if (columns != scores || rows.size() < LEAST_LABELLED) {
      return;
    }

    Scored scored = scored(rows);
    List<Threshold> thresholds =
        IntStream.range(0, scores)
            .mapToObj(score -> Threshold.of(rows, scored, score))
            .flatMap(Optional::stream)
            .toList();
    if (thresholds.size() < scores) {
      return;
    }

    Threshold first = thresholds.get(0);
    addLabels(
        "the predictions are labels, '%s' where the score is above about %s and otherwise '%s', instead of scores"
            .formatted(
                Fault.printable(first.above()), first.shown(), Fault.printable(first.below())),
        "write predict_proba(X), or margins (output_margin=True) where these are the scores",
        (row, block, at, precision) -> {
          for (int score = 0; score < thresholds.size(); score++) {
            String label = thresholds.get(score).label(block.score(at, score));
            if (!label.equals(row.predictions()[score])) {
              return false;
            }
          }

          return true;
        });
  }

  /**
   * Two labels and what separates them.
   *
   * @param last the largest score of {@code below}
   * @param first the least score of {@code above}
   */
  private record Threshold(String below, float last, String above, float first) {
    static Optional<Threshold> of(List<TrainerRow> rows, Scored scored, int score) {
      Map<String, float[]> ranges = new HashMap<>();
      for (int at = 0; at < rows.size() && ranges.size() <= 2; at++) {
        float value = scored.score(at, score);
        float[] range =
            ranges.computeIfAbsent(
                rows.get(at).predictions()[score], label -> new float[] {value, value});
        range[0] = Math.min(range[0], value);
        range[1] = Math.max(range[1], value);
      }

      if (ranges.size() != 2) {
        return Optional.empty();
      }

      List<Map.Entry<String, float[]>> sorted =
          ranges.entrySet().stream()
              .sorted(Comparator.comparingDouble(entry -> entry.getValue()[0]))
              .toList();
      float last = sorted.get(0).getValue()[1];
      float first = sorted.get(1).getValue()[0];
      return last < first
          ? Optional.of(new Threshold(sorted.get(0).getKey(), last, sorted.get(1).getKey(), first))
          : Optional.empty();
    }

    String label(float score) {
      return score > last ? above : below;
    }

    String shown() {
      return last <= 0.5f && first > 0.5f ? "0.5" : String.valueOf(last / 2 + first / 2);
    }
  }

  private void addTransforms() {
    if (columns != scores || scores != 1) {
      return;
    }

    Map<String, Function<Double, Double>> transforms =
        Map.of(
            "exp(score)", Math::exp,
            "exp(score) - 1, as np.expm1 gives it", Math::expm1,
            "log(score)", Math::log,
            "log(score + 1), as np.log1p gives it", Math::log1p,
            "the score times 100", score -> 100 * score,
            "the score divided by 100", score -> score / 100);
    transforms.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            transform ->
                add(
                    "the predictions are " + transform.getKey(),
                    "write what predict gives, before any transformation",
                    (row, scored, at, precision) -> {
                      double value = transform.getValue().apply((double) scored.score(at, 0));
                      return precision.near(row.predicted(0), value, SLACK * Math.abs(value));
                    }));
  }

  private static double logistic(float margin) {
    return 1 / (1 + Math.exp(-margin));
  }

  private static boolean all(
      TrainerRow row, Precision precision, double slack, Function<Integer, Number> computed) {
    for (int index = 0; index < row.predictions().length; index++) {
      double value = computed.apply(index).doubleValue();
      if (!precision.near(row.predicted(index), value, slack)) {
        return false;
      }
    }

    return true;
  }
}
