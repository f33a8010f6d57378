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
import java.util.BitSet;
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
  private static final int MAX_OTHERS = 40;

  private final List<String> columns;
  private final List<String> others;
  private final Sealing sealing;
  private final Engine engine;
  private final List<Difference> worst = new ArrayList<>();
  private final FaultSummary refused = new FaultSummary();
  private final OtherOrder otherOrder = new OtherOrder();
  private Evidence evidence;
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
    if (evidence == null) {
      evidence = new Evidence(sealing, rows.columns(), others, columns);
    }

    Scored scored = new Scored(engine, rows.slots(), count);
    int fields = sealing.schema().fields().size();
    int width = sealing.schema().width();
    for (int row = 0; row < count; row++) {
      int end = fields + columns.size();
      String[] predictions = Arrays.copyOfRange(rows.cells(row), fields, end);
      if (!Arrays.stream(predictions).allMatch(String::isEmpty)) {
        float[] slots =
            evidence.slots(Arrays.copyOfRange(rows.slots(), row * width, (row + 1) * width));
        String[] cells = Arrays.copyOf(rows.cells(row), fields);
        String[] unread = Arrays.copyOfRange(rows.cells(row), end, end + others.size());
        List<Fault> faults = rows.faults(row);
        TrainerRow read =
            new TrainerRow(rows.place(row), cells, slots, predictions, unread, faults);
        evidence.add(read, !refused.addIfRefused(rows, row) && compare(read, scored, row));
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
   *     scored, or if there was nothing to compare; the message has the cause as far as it was
   *     found
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

    Search search = new Search(evidence);
    Finding found = search.find();
    BitSet equal = evidence.equal();
    boolean isExplained = search.significance().isTelling(found, equal.cardinality());
    if (!isExplained) {
      found = Finding.nothing(equal);
    }

    if (!isExplained && different > 0) {
      refuseColumns();
    }

    List<String> parts = new ArrayList<>();
    if (refused.rows() > 0) {
      parts.add(
          "the schema refuses %s rows that the trainer scored: %s"
              .formatted(refused.rows(), refused.text()));
      String read = new RefusedRows(evidence, search.significance().bits()).text(found);
      if (!read.isEmpty()) {
        parts.add(read);
      }
    }

    if (different > 0) {
      parts.addAll(differences(search, found, isExplained));
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

  private List<String> differences(Search search, Finding found, boolean isExplained) {
    List<String> parts = new ArrayList<>();
    parts.add(
        "%s of %s rows differ from the trainer's predictions by more than %s ulp"
            .formatted(different, compared, Precision.MAX_ULPS));
    int tried = evidence.rows().size();
    if (isExplained) {
      String rows =
          "%s of %s rows%s%s"
              .formatted(
                  found.rows(),
                  tried,
                  tried < compared ? " tried" : "",
                  search.isCut() ? " (not all causes were tried, there are too many)" : "");
      parts.add(new Advice(search, found).text(rows));
    } else {
      String order = otherOrder.text();
      parts.add(
          order.isEmpty()
              ? "none of the usual causes agrees with more rows%s, so the schema does not say what the trainer meant"
                  .formatted(search.isCut() ? " (not all were tried, there are too many)" : "")
              : order);
    }

    if (found.rows() < tried) {
      String features = new DifferingFeatures(evidence, found.agreeing()).text();
      if (!features.isEmpty()) {
        parts.add("rows still differ where " + features);
      } else if (found.rows() == 0) {
        parts.add("no row agrees, so that no feature separates the rows that differ");
      }
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
}
