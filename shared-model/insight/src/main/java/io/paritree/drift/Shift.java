package io.paritree.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.paritree.json.NotANumber;
import io.paritree.profile.BinCounts;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * By how much values are distributed otherwise over the same bins.
 *
 * @param psi the population stability index, of shares in which each bin has half a row more; 0 and
 *     more
 * @param noise how large the index becomes by chance
 * @param js the Jensen-Shannon distance to base 2, 0 to 1
 * @param linf the largest difference of shares, 0 to 1
 */
@JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = NotANumber.class)
public record Shift(double psi, double noise, double js, double linf) {
  /** No measure: all are NaN. */
  static final Shift NONE = new Shift(Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  private static final double HALF_ROW = 0.5;

  Optional<Shift> known() {
    return Double.isNaN(psi) ? Optional.empty() : Optional.of(this);
  }

  /** Compares counts of equal bins, of which neither is empty. */
  public static Shift of(BinCounts now, BinCounts then, Noise noise) {
    int bins = now.counts().size();
    long rows = now.total();
    long baselineRows = then.total();
    double psi = 0;
    double divergence = 0;
    double linf = 0;
    for (int bin = 0; bin < bins; bin++) {
      long count = now.counts().get(bin);
      long baselineCount = then.counts().get(bin);
      double smooth = (count + HALF_ROW) / (rows + HALF_ROW * bins);
      double baselineSmooth = (baselineCount + HALF_ROW) / (baselineRows + HALF_ROW * bins);
      psi += (smooth - baselineSmooth) * StrictMath.log(smooth / baselineSmooth);
      double share = (double) count / rows;
      double baselineShare = (double) baselineCount / baselineRows;
      double middle = (share + baselineShare) / 2;
      divergence += (information(share, middle) + information(baselineShare, middle)) / 2;
      linf = Math.max(linf, Math.abs(share - baselineShare));
    }

    return new Shift(
        psi,
        noise.ofIndex(rows, baselineRows, bins),
        Math.sqrt(Math.max(0, divergence / StrictMath.log(2))),
        linf);
  }

  private static double information(double share, double middle) {
    return share == 0 ? 0 : share * StrictMath.log(share / middle);
  }

  /**
   * Returns the largest of each measure; empty without any. Of the indexes, those above their noise
   * go first.
   */
  public static Optional<Shift> largest(List<Shift> shifts) {
    Comparator<Shift> order = Comparator.comparing(shift -> shift.psi > shift.noise);
    return shifts.stream()
        .max(order.thenComparing(Shift::psi))
        .map(
            most ->
                new Shift(
                    most.psi,
                    most.noise,
                    shifts.stream().mapToDouble(Shift::js).max().orElse(0),
                    shifts.stream().mapToDouble(Shift::linf).max().orElse(0)));
  }
}
