package io.paritree.model.golden;

import io.paritree.CorruptModelException;
import io.paritree.feature.Schema;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import java.util.List;
import java.util.Locale;

/**
 * The golden rows of a package that have contributions. Immutable and thread-safe.
 *
 * <p>Exact contributions must have the stored bits; fast ones must be as close to them as {@link
 * ContributionMode#FAST} says.
 */
public final class GoldenContributions {
  private static final double TOLERANCE = 1e-5;

  private final String origin;
  private final List<GoldenRow> rows;
  private final float[] slots;

  private GoldenContributions(String origin, List<GoldenRow> rows, float[] slots) {
    this.origin = origin;
    this.rows = rows;
    this.slots = slots;
  }

  /**
   * Finds the rows that have contributions, and encodes their records.
   *
   * @param origin names the file in messages
   * @param all all golden rows; the rows with contributions come first
   */
  public static GoldenContributions of(String origin, List<GoldenRow> all, Schema schema)
      throws CorruptModelException {
    List<GoldenRow> rows = all.stream().takeWhile(GoldenRow::hasContributions).toList();
    if (all.stream().skip(rows.size()).anyMatch(GoldenRow::hasContributions)) {
      throw new CorruptModelException(
          "Cannot open model package: %s line %s has contributions, but a line above has none"
              .formatted(origin, rows.size() + 2));
    }

    return new GoldenContributions(origin, rows, GoldenRows.slots(origin, rows, schema));
  }

  /** Returns how many rows there are. */
  public int rows() {
    return rows.size();
  }

  /**
   * Computes the contributions again and compares them with the stored ones.
   *
   * @throws CorruptModelException naming the row, the expected and the computed value
   */
  public void verify(Explainer explainer, ContributionMode mode) throws CorruptModelException {
    int count = explainer.contributions();
    float[] computed = new float[rows.size() * count];
    for (int index = 0; index < rows.size(); index++) {
      if (rows.get(index).contributionBits().length != count) {
        throw GoldenRows.refused(
            origin,
            index,
            " has %s contributions, but the model computes %s"
                .formatted(rows.get(index).contributionBits().length, count));
      }
    }

    explainer.explain(slots, rows.size(), computed);
    for (int index = 0; index < rows.size(); index++) {
      verify(index, computed, index * count, mode);
    }
  }

  private void verify(int index, float[] computed, int at, ContributionMode mode)
      throws CorruptModelException {
    int[] bits = rows.get(index).contributionBits();
    double sum = 0;
    for (int bit : bits) {
      sum += Math.abs(Float.intBitsToFloat(bit));
    }

    for (int place = 0; place < bits.length; place++) {
      float expected = Float.intBitsToFloat(bits[place]);
      float got = computed[at + place];
      boolean isSame = Float.floatToRawIntBits(got) == bits[place];
      boolean isNear = Math.abs((double) got - expected) <= TOLERANCE * Math.max(1, sum);
      if (!isSame && (mode == ContributionMode.EXACT || !isNear)) {
        throw GoldenRows.refused(
            origin,
            index,
            String.format(
                Locale.ROOT,
                ": expected contribution %s to be %s (bits %08x), but computed %s (bits %08x)",
                place,
                expected,
                bits[place],
                got,
                Float.floatToRawIntBits(got)));
      }
    }
  }
}
