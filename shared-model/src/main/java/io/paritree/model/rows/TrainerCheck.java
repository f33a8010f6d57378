package io.paritree.model.rows;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.feature.NumberText;
import io.paritree.forest.Engine;
import io.paritree.model.manifest.Provenance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Compares scores with the trainer's own predictions for the same raw rows.
 *
 * <p>A difference of 1 ulp is allowed: the trainer turned margins into scores with its own libm,
 * and libms differ. If the schema means something else than the trainer did, scores differ by far
 * more.
 */
public final class TrainerCheck {
  private static final int MAX_ULPS = 1;
  private static final int SHOWN = 5;

  private final List<String> columns;
  private final Engine engine;
  private final List<Difference> worst = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private long compared;
  private long different;
  private long maxUlps;
  private long refusedRows;

  private record Difference(String place, float expected, float computed, long ulps) {}

  /**
   * @param columns the columns with the predictions, one per score
   */
  public TrainerCheck(List<String> columns, Engine engine) throws InputException {
    this.columns = List.copyOf(columns);
    this.engine = engine;
    if (columns.size() != engine.scores()) {
      throw new InputException(
          "Cannot compare with the columns %s: expected one column per score, and the model has %s scores per row"
              .formatted(columns, engine.scores()));
    }
  }

  /**
   * Compares a block of rows.
   *
   * @param firstCell index of the first prediction among the kept cells
   */
  public void add(CsvRows rows, int count, int firstCell) throws InputException {
    float[] scores = new float[count * engine.scores()];
    engine.score(rows.slots(), count, null, scores);
    for (int row = 0; row < count; row++) {
      String[] cells = rows.cells(row);
      boolean hasPrediction = false;
      for (int score = 0; score < engine.scores(); score++) {
        hasPrediction |= !cells[firstCell + score].isEmpty();
      }

      if (!hasPrediction) {
        continue;
      }

      if (!rows.faults(row).isEmpty()) {
        refusedRows++;
        if (refused.size() < SHOWN) {
          refused.add(rows.place(row) + ": " + CsvScoring.listed(rows.faults(row)));
        }

        continue;
      }

      compared++;
      compare(rows, row, firstCell, scores);
    }
  }

  private void compare(CsvRows rows, int row, int firstCell, float[] scores) throws InputException {
    Difference largest = null;
    for (int score = 0; score < engine.scores(); score++) {
      float expected = prediction(rows, row, firstCell + score, columns.get(score));
      float computed = scores[row * engine.scores() + score];
      long ulps = ulps(expected, computed);
      maxUlps = Math.max(maxUlps, ulps);
      if (ulps > MAX_ULPS && (largest == null || ulps > largest.ulps())) {
        largest = new Difference(rows.place(row), expected, computed, ulps);
      }
    }

    if (largest != null) {
      different++;
      worst.add(largest);
      worst.sort(Comparator.comparingLong(Difference::ulps).reversed());
      if (worst.size() > SHOWN) {
        worst.remove(SHOWN);
      }
    }
  }

  /**
   * Returns the distance from one float to the other in units in the last place: 0 for the same
   * bits and for 0.0 and -0.0; NaN has the largest distance from all values except NaN.
   */
  private static long ulps(float one, float other) {
    if (Float.isNaN(one) || Float.isNaN(other)) {
      return Float.isNaN(one) && Float.isNaN(other) ? 0 : Long.MAX_VALUE;
    }

    return Math.abs(order(one) - order(other));
  }

  private static long order(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits < 0 ? Integer.MIN_VALUE - (long) bits : bits;
  }

  private static float prediction(CsvRows rows, int row, int cell, String column)
      throws InputException {
    String text = rows.cells(row)[cell];
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (!NumberText.isNumber(utf8, 0, utf8.length)) {
      throw new InputException(
          "Cannot read the prediction in column '%s' of %s: got '%s', expected a number"
              .formatted(column, rows.place(row), Fault.printable(text)));
    }

    return (float) NumberText.parse(utf8, 0, utf8.length);
  }

  /**
   * Returns the result of the comparison.
   *
   * @param origin names the model in messages
   * @throws CorruptModelException if a row differs, if the schema refuses a row that the trainer
   *     scored, or if there was nothing to compare
   */
  public Provenance.TrainerComparison result(String origin) throws CorruptModelException {
    if (refusedRows > 0) {
      throw new CorruptModelException(
          "Cannot seal %s: the schema refuses %s rows that the trainer scored, the first: %s"
              .formatted(origin, refusedRows, String.join(" | ", refused)));
    }

    if (different > 0) {
      List<String> shown =
          worst.stream()
              .map(
                  row ->
                      "%s: expected %s, computed %s"
                          .formatted(row.place(), row.expected(), row.computed()))
              .toList();
      throw new CorruptModelException(
          "Cannot seal %s: %s of %s rows differ from the trainer's predictions by more than %s ulp, so the schema does not say what the trainer meant; the worst: %s"
              .formatted(origin, different, compared, MAX_ULPS, String.join(" | ", shown)));
    }

    if (compared == 0) {
      throw new CorruptModelException(
          "Cannot seal %s: no row has a prediction to compare with".formatted(origin));
    }

    return new Provenance.TrainerComparison(compared, (int) maxUlps);
  }
}
