package io.paritree.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutcomeDifferenceTest {
  private static final List<String> NAMES = List.of("a", "b", "c");

  /** A row with the scores of both models. */
  private record Row(
      double score, double other, int outcome, double value, double weight, long unit) {}

  /** A line of {@code two_models.csv}, which {@code two_models.py} beside it makes. */
  private record Case(int rows, long seed, int steps, List<Double> differences) {
    List<Row> generated() {
      Drawn drawn = new Drawn(seed, 4);
      List<Row> all = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        double score = Drawn.bits(drawn.word(row, 0), 24);
        double other = rounded((score + Drawn.bits(drawn.word(row, 1), 24)) / 2);
        int outcome = Drawn.bits(drawn.word(row, 2), 53) < other ? 1 : 0;
        double value = Drawn.bits(drawn.word(row, 2), 24);
        double weight = 1 + (drawn.word(row, 3) & 7) / 4.0;
        all.add(new Row(rounded(score), other, outcome, value, weight, row / 2));
      }

      return all;
    }

    private double rounded(double score) {
      return (float) (steps == 0 ? score : Math.floor(score * steps) / steps);
    }
  }

  static Stream<Case> cases() throws IOException {
    return Drawn.lines("two_models.csv")
        .map(
            cells ->
                new Case(
                    Integer.parseInt(cells.get(0)),
                    Long.parseLong(cells.get(1)),
                    Integer.parseInt(cells.get(2)),
                    cells.stream().skip(3).map(Double::valueOf).toList()));
  }

  /** The measures of all rows and of the resamples. */
  private record Both(Measured all, Resamples resamples) {}

  /** Measures the resamples in two parts, as two tasks do. */
  private static Both measured(OutcomeKind kind, List<Row> rows, ToDoubleFunction<Row> score) {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingDouble(score));
    OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    sorted.forEach(row -> totals.add(row(kind, row, score)));
    OutcomeMeasuring all = OutcomeForm.of(kind).measuring(totals.totals());
    Resamples low = new Resamples(kind, Double.NaN);
    Resamples high = new Resamples(kind, Double.NaN);
    double middle = score.applyAsDouble(sorted.get(sorted.size() / 2));
    for (Row row : sorted) {
      all.add(row(kind, row, score));
      (score.applyAsDouble(row) < middle ? low : high).add(row(kind, row, score), row.unit);
    }

    Resamples resamples = low.end();
    resamples.add(high.end());
    return new Both(all.measured(), resamples);
  }

  private static OutcomeRow row(OutcomeKind kind, Row row, ToDoubleFunction<Row> score) {
    double outcome = kind == OutcomeKind.BINARY ? row.outcome : row.value;
    return new OutcomeRow(score.applyAsDouble(row), outcome, Double.NaN, row.weight, 1);
  }

  private static OutcomeDifference of(Both one, Both other) {
    return OutcomeDifference.of(one.all, one.resamples, other.all, other.resamples);
  }

  private static OutcomeDifference difference(OutcomeKind kind, List<Row> rows) {
    return of(measured(kind, rows, Row::score), measured(kind, rows, Row::other));
  }

  private static void check(OutcomeDifference own, String name, List<Double> expected) {
    Measure measure =
        own.differences().stream().filter(any -> any.name().equals(name)).findFirst().orElseThrow();
    assertThat(measure.value()).as(name).isCloseTo(expected.get(0), within(1e-12));
    assertThat(measure.interval().orElseThrow().low())
        .as(name)
        .isCloseTo(expected.get(1), within(1e-12));
    assertThat(measure.interval().orElseThrow().high())
        .as(name)
        .isCloseTo(expected.get(2), within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void differencesAndTheirIntervalsAreThoseOfNumpyWithTheSameResamples(Case each) {
    OutcomeDifference binary = difference(OutcomeKind.BINARY, each.generated());
    OutcomeDifference values = difference(OutcomeKind.VALUES, each.generated());

    check(binary, "auc", each.differences.subList(0, 3));
    check(binary, "brier", each.differences.subList(3, 6));
    check(binary, "log_loss", each.differences.subList(6, 9));
    check(values, "mean_error", each.differences.subList(9, 12));
    check(values, "mae", each.differences.subList(12, 15));
    check(values, "rmse", each.differences.subList(15, 18));
  }

  @Test
  void aModelDoesNotDifferFromItself() throws IOException {
    List<Row> rows = cases().findFirst().orElseThrow().generated();

    OutcomeDifference same =
        of(
            measured(OutcomeKind.BINARY, rows, Row::score),
            measured(OutcomeKind.BINARY, rows, Row::score));

    assertThat(same.published()).isEqualTo(same.challenger());
    assertThat(same.differences())
        .filteredOn(own -> own.interval().isPresent())
        .allMatch(own -> own.interval().get().equals(new Interval(0, 0)))
        .hasSize(3);
  }

  /** Each resample has the measures of its rows, each as often as it is there. */
  @ParameterizedTest
  @MethodSource("kinds")
  void resamplesHaveTheMeasuresOfTheirRows(OutcomeKind kind) {
    Random random = new Random(20261129);
    List<OutcomeRow> rows = new ArrayList<>();
    for (int row = 0; row < 300; row++) {
      int list = row / 6;
      int outcome = random.nextInt(kind == OutcomeKind.CLASSES ? 3 : 2);
      for (int part = 0; part < (kind == OutcomeKind.CLASSES ? 3 : 1); part++) {
        double score = random.nextInt(20) / 20.0;
        long of = kind == OutcomeKind.CLASSES ? part : list;
        rows.add(new OutcomeRow(score, outcome, row % 3, 1 + list % 4, 1, of));
      }
    }

    Comparator<OutcomeRow> byScore = Comparator.comparingDouble(OutcomeRow::score);
    rows.sort(
        kind == OutcomeKind.RANKING
            ? Comparator.comparingLong(OutcomeRow::part).thenComparing(byScore)
            : byScore);
    Resamples resampled = new Resamples(kind, form(kind).quantile().orElse(Double.NaN));
    List<List<OutcomeRow>> ofResample = new ArrayList<>();
    for (int resample = 0; resample < Resampling.RESAMPLES; resample++) {
      ofResample.add(new ArrayList<>());
    }

    int[] times = new int[Resampling.RESAMPLES];
    for (OutcomeRow row : rows) {
      // All parts of a row are of one unit, as all rows of a list are.
      long unit =
          kind == OutcomeKind.RANKING ? row.part() : (long) (4 * row.label() + row.weight());
      Resampling.draw(unit, times);
      resampled.add(row, unit);
      for (int resample = 0; resample < times.length; resample++) {
        ofResample.get(resample).addAll(Collections.nCopies(times[resample], row));
      }
    }

    for (Map.Entry<String, double[]> own : resampled.end().values().entrySet()) {
      for (int resample = 0; resample < times.length; resample++) {
        double expected = measure(kind, ofResample.get(resample), own.getKey());
        if (Double.isNaN(expected)) {
          assertThat(own.getValue()[resample]).isNaN();
        } else {
          assertThat(own.getValue()[resample])
              .as("%s of resample %s", own.getKey(), resample)
              .isCloseTo(expected, within(1e-12));
        }
      }
    }
  }

  private static OutcomeForm form(OutcomeKind kind) {
    return new OutcomeForm(
        kind,
        kind == OutcomeKind.CLASSES ? NAMES : List.of(),
        kind == OutcomeKind.VALUES ? OptionalDouble.of(0.9) : OptionalDouble.empty());
  }

  static Stream<OutcomeKind> kinds() {
    return Stream.of(OutcomeKind.BINARY, OutcomeKind.VALUES, OutcomeKind.CLASSES);
  }

  private static double measure(OutcomeKind kind, List<OutcomeRow> rows, String name) {
    OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    rows.stream()
        .filter(row -> kind != OutcomeKind.CLASSES || row.isOfItsOutcome())
        .forEach(totals::add);
    OutcomeMeasuring measuring = form(kind).measuring(totals.totals());
    rows.forEach(measuring::add);
    return measuring.measured().measures().stream()
        .filter(own -> own.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void resamplesOfListsHaveEachListAsOftenAsItIsThere() {
    Resamples resampled = new Resamples(OutcomeKind.RANKING, Double.NaN);
    double[] gains = {1, Math.log(2) / Math.log(3), 0.5};
    double[] sums = new double[Resampling.RESAMPLES];
    double[] lists = new double[Resampling.RESAMPLES];
    int[] times = new int[Resampling.RESAMPLES];
    for (int list = 0; list < 30; list++) {
      Resampling.draw(list, times);
      for (int place = 2; place >= 0; place--) {
        int relevance = place == list % 3 ? 1 : 0;
        resampled.add(new OutcomeRow(-place, relevance, Double.NaN, 1, 1, list), list);
      }

      for (int resample = 0; resample < times.length; resample++) {
        sums[resample] += times[resample] * gains[list % 3];
        lists[resample] += times[resample];
      }
    }

    double[] own = resampled.end().values().get(RankMeasures.GAIN_10);
    for (int resample = 0; resample < times.length; resample++) {
      assertThat(own[resample]).isCloseTo(sums[resample] / lists[resample], within(1e-12));
    }
  }

  @Test
  void unitsAreInAResampleOnceInTheMeanWithAVarianceOfOne() {
    int[] times = new int[Resampling.RESAMPLES];
    double sum = 0;
    double squares = 0;
    int units = 5_000;
    for (int unit = 0; unit < units; unit++) {
      Resampling.draw(unit * 31L, times);
      for (int own : times) {
        sum += own;
        squares += own * own;
      }
    }

    double draws = units * (double) Resampling.RESAMPLES;
    assertThat(sum / draws).isCloseTo(1, within(0.005));
    assertThat(squares / draws - 1).isCloseTo(1, within(0.01));
  }
}
