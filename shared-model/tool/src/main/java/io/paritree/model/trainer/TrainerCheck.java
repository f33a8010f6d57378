package io.paritree.model.trainer;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.forest.Engine;
import io.paritree.model.manifest.Provenance;
import io.paritree.model.rows.CsvRows;
import io.paritree.model.rows.FaultSummary;
import io.paritree.model.rows.InputException;
import io.paritree.model.seal.Sealing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Compares scores with the trainer's own predictions for the same raw rows, and finds out why they
 * differ.
 *
 * <p>A difference of 1 ulp is allowed. If the schema means something else than the trainer did,
 * scores differ by far more.
 */
public final class TrainerCheck {
  private static final int SHOWN = 3;
  private static final int MAX_CAUSES = 10;
  private static final int MAX_OTHERS = 40;

  private final List<String> columns;
  private final List<String> others;
  private final Sealing sealing;
  private final Engine engine;
  private final List<Difference> worst = new ArrayList<>();
  private final FaultSummary refused = new FaultSummary();
  private final OtherOrder otherOrder = new OtherOrder();
  private SampledRows sample;
  private long compared;
  private long different;
  private long maxUlps;
  private String noNumber = "";

  private record Difference(String place, String expected, String computed, long ulps) {}

  /**
   * @param columns the columns with the predictions: one per score, or fewer or more if they are
   *     something else than scores, which {@link #result} finds out
   * @param header all columns of the file
   */
  public TrainerCheck(List<String> columns, List<String> header, Sealing sealing) {
    this.columns = List.copyOf(columns);
    this.others =
        header.stream()
            .distinct()
            .filter(name -> !columns.contains(name) && sealing.schema().fieldIndex(name) < 0)
            .limit(MAX_OTHERS)
            .toList();
    this.sealing = sealing;
    this.engine = sealing.forest();
  }

  /** Returns the columns that no feature reads, as far as their cells are to be kept. */
  public List<String> others() {
    return others;
  }

  /**
   * Compares a block of rows. Rows without a prediction are ignored.
   *
   * @param rows keeps the cells of the schema's fields, after them the predictions, and last the
   *     cells of {@link #others}
   */
  public void add(CsvRows rows, int count) {
    if (sample == null) {
      sample = new SampledRows(sealing, rows.columns(), others, columns);
    }

    Scored scored = new Scored(engine, rows.slots(), count);
    int fields = sealing.schema().fields().size();
    int width = sealing.schema().width();
    for (int row = 0; row < count; row++) {
      int end = fields + columns.size();
      String[] predictions = Arrays.copyOfRange(rows.cells(row), fields, end);
      boolean isGiven = !Arrays.stream(predictions).allMatch(String::isEmpty);
      if (isGiven && !refused.addIfRefused(rows, row)) {
        float[] slots =
            sample.slots(Arrays.copyOfRange(rows.slots(), row * width, (row + 1) * width));
        String[] cells = Arrays.copyOf(rows.cells(row), fields);
        String[] unread = Arrays.copyOfRange(rows.cells(row), end, end + others.size());
        TrainerRow read = new TrainerRow(rows.place(row), cells, slots, predictions, unread);
        sample.add(read, compare(read, scored, row));
      }
    }
  }

  /** Compares a row; returns whether it is equal. */
  private boolean compare(TrainerRow row, Scored scored, int at) {
    compared++;
    if (row.predictions().length != scored.scores()) {
      different++;
      return false;
    }

    Difference largest = null;
    for (int score = 0; score < scored.scores(); score++) {
      double expected = row.predicted(score);
      boolean isNumber = row.isNumber(score);
      if (!isNumber && noNumber.isEmpty()) {
        noNumber =
            "Cannot read the prediction in column '%s' of %s: got '%s', expected a number"
                .formatted(
                    columns.get(score), row.place(), Fault.printable(row.predictions()[score]));
      }

      long ulps =
          isNumber
              ? Precision.ulps((float) expected, scored.score(at, score))
              : Long.MAX_VALUE; // a text is no NaN
      maxUlps = Math.max(maxUlps, ulps);
      if (ulps > Precision.MAX_ULPS && (largest == null || ulps > largest.ulps())) {
        largest =
            new Difference(
                row.place(),
                Fault.printable(row.predictions()[score]),
                String.valueOf(scored.score(at, score)),
                ulps);
      }
    }

    if (largest == null) {
      return true;
    }

    different++;
    otherOrder.add(scored.score(at, 0), (float) row.predicted(0));
    worst.add(largest);
    worst.sort(Comparator.comparingLong(Difference::ulps).reversed());
    if (worst.size() > SHOWN) {
      worst.remove(SHOWN);
    }

    return false;
  }

  /**
   * Returns the result of the comparison.
   *
   * @throws CorruptModelException if a row differs, if the schema refuses a row that the trainer
   *     scored, or if there was nothing to compare; the message has the cause if one was found,
   *     else where rows differ
   * @throws InputException if there is not one column with numbers per score, and no cause for that
   *     was found
   */
  public Provenance.TrainerComparison result() throws CorruptModelException, InputException {
    if (different == 0 && refused.rows() == 0 && compared > 0) {
      return new Provenance.TrainerComparison(compared, (int) maxUlps);
    }

    if (compared + refused.rows() == 0) {
      throw new CorruptModelException(
          "Cannot seal %s: no row has a prediction to compare with".formatted(sealing.origin()));
    }

    List<String> parts = new ArrayList<>();
    if (refused.rows() > 0) {
      parts.add(
          "the schema refuses %s rows that the trainer scored: %s"
              .formatted(refused.rows(), refused.text()));
    }

    if (different > 0) {
      parts.addAll(differences(new Trials(sample)));
    }

    throw new CorruptModelException(
        "Cannot seal %s: %s".formatted(sealing.origin(), String.join(" | ", parts)));
  }

  private void refuseColumns() throws InputException {
    if (columns.size() != engine.scores()) {
      throw new InputException(
          "Cannot compare with the columns %s: expected one column per score, and the model has %s scores per row"
              .formatted(columns, engine.scores()));
    }

    if (!noNumber.isEmpty()) {
      throw new InputException(noNumber);
    }
  }

  private List<String> differences(Trials trials) throws InputException {
    List<String> parts = new ArrayList<>();
    parts.add(
        "%s of %s rows differ from the trainer's predictions by more than %s ulp"
            .formatted(different, compared, Precision.MAX_ULPS));
    if (trials.agreeing().isEmpty()) {
      refuseColumns();
      parts.add(withoutCause(trials));
      String features = new DifferingFeatures(sample).text();
      if (!features.isEmpty()) {
        parts.add("rows differ where " + features);
      }
    } else {
      parts.add(causes(trials.agreeing()));
    }

    if (!worst.isEmpty()) {
      parts.add(
          "the worst: "
              + String.join(
                  ", ",
                  worst.stream()
                      .map(
                          row ->
                              "%s: expected %s, computed %s"
                                  .formatted(row.place(), row.expected(), row.computed()))
                      .toList()));
    }

    return parts;
  }

  private String withoutCause(Trials trials) {
    String order = otherOrder.text();
    if (!order.isEmpty()) {
      return order;
    }

    if (different < Trials.LEAST_DIFFERING) {
      return "too few rows differ to tell the cause, %s are needed"
          .formatted(Trials.LEAST_DIFFERING);
    }

    return "none of the usual causes alone makes all rows agree%s"
        .formatted(trials.isCut() ? " (not all were tried, there are too many)" : "");
  }

  /** Names one cause with what to do, or several that agree alike without. */
  private String causes(List<Cause> agreeing) {
    int tried = sample.rows().size();
    String rows = "%s of %s rows%s".formatted(tried, tried, tried < compared ? " tried" : "");
    if (agreeing.size() == 1) {
      return "what agrees, with %s: %s: %s"
          .formatted(rows, agreeing.get(0).text(), agreeing.get(0).cure());
    }

    List<String> texts = agreeing.stream().map(Cause::text).distinct().toList();
    int more = texts.size() - MAX_CAUSES;
    return "several causes agree alike, with %s, so that none is advised: %s%s; rows in which they differ would tell"
        .formatted(
            rows,
            String.join("; or ", texts.subList(0, Math.min(MAX_CAUSES, texts.size()))),
            more > 0 ? "; or %s more".formatted(more) : "");
  }
}
