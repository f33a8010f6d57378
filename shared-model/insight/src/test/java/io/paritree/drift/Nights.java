package io.paritree.drift;

import io.paritree.profile.BinCounts;
import io.paritree.profile.Bins;
import io.paritree.profile.CategoryBins;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import io.paritree.profile.ProfileForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Made-up rows of loans, and a logistic model of them that is linear in their slots: what a night
 * without faults is like.
 */
final class Nights {
  /** Returned by {@link Rows#value} in place of a category that is in no vocabulary. */
  static final float UNSEEN = -1;

  static final List<String> FEATURES =
      List.of("amount", "age", "tenure", "purpose", "region", "hour", "weekday", "owner");
  static final List<String> FIELDS =
      List.of("amount", "age", "tenure", "purpose", "region", "applied", "applied", "owner");

  private static final double[] WEIGHTS = {0.0001, -0.03, -0.05, 0.2, 0.01, 0.02, 0.05, -0.4};
  private static final double BASE = -0.5;
  private static final List<Integer> CATEGORICAL = List.of(3, 4, 7);
  private static final int SCORE = FEATURES.size();

  private final List<Bins> bins = new ArrayList<>();
  private final double[] means = new double[WEIGHTS.length];

  /** Rows by feature; NaN is a missing value. */
  static final class Rows {
    final int count;
    final float[][] values;

    Rows(int count, float[][] values) {
      this.count = count;
      this.values = values;
    }

    float value(String feature, int row) {
      return values[FEATURES.indexOf(feature)][row];
    }

    /** A copy that may be changed. */
    Rows copy() {
      return new Rows(count, Arrays.stream(values).map(float[]::clone).toArray(float[][]::new));
    }

    float[] of(String feature) {
      return values[FEATURES.indexOf(feature)];
    }
  }

  /** Finds the bins of a reference. */
  Nights(Rows reference) {
    for (int feature = 0; feature < FEATURES.size(); feature++) {
      bins.add(
          CATEGORICAL.contains(feature)
              ? categories(feature == 4 ? 20 : 6)
              : deciles(reference.values[feature]));
    }

    bins.add(deciles(scores(reference)));
    for (int feature = 0; feature < WEIGHTS.length; feature++) {
      double sum = 0;
      for (int row = 0; row < reference.count; row++) {
        sum += slot(reference.values[feature][row]);
      }

      means[feature] = sum / reference.count;
    }
  }

  private static Bins categories(int count) {
    return new CategoryBins(
        IntStream.range(0, count).boxed().toList(),
        IntStream.range(0, count).mapToObj(String::valueOf).toList());
  }

  private static Bins deciles(float[] values) {
    float[] sorted = new float[values.length];
    int present = 0;
    for (float value : values) {
      if (!Float.isNaN(value)) {
        sorted[present++] = value;
      }
    }

    Arrays.sort(sorted, 0, present);
    float[] edges = new float[9];
    int used = 0;
    for (int edge = 1; edge < 10; edge++) {
      float value = sorted[present * edge / 10];
      if (used == 0 ? value > sorted[0] : value > edges[used - 1]) {
        edges[used++] = value;
      }
    }

    return new NumberBins(Arrays.copyOf(edges, used));
  }

  /** Draws rows. */
  static Rows rows(int count, Random random) {
    float[][] values = new float[FEATURES.size()][count];
    for (int row = 0; row < count; row++) {
      values[0][row] = (float) Math.round(1000 * Math.exp(random.nextGaussian()));
      values[1][row] = (float) Math.rint(42 + 12 * random.nextGaussian());
      values[2][row] =
          random.nextInt(20) == 0
              ? Float.NaN
              : (float) Math.rint(Math.abs(8 * random.nextGaussian()));
      values[3][row] =
          random.nextInt(1000) == 0 ? UNSEEN : (int) (6 * Math.pow(random.nextDouble(), 2));
      values[4][row] = (int) (40 * Math.pow(random.nextDouble(), 1.5));
      values[5][row] = Math.floorMod((int) Math.rint(13 + 4 * random.nextGaussian()), 24);
      values[6][row] = random.nextInt(7);
      values[7][row] = random.nextInt(3) == 0 ? 1 : 0;
    }

    return new Rows(count, values);
  }

  private static float slot(float value) {
    return value == UNSEEN || Float.isNaN(value) ? 0 : value;
  }

  private static float[] scores(Rows rows) {
    float[] scores = new float[rows.count];
    for (int row = 0; row < rows.count; row++) {
      scores[row] = (float) (1 / (1 + Math.exp(-margin(rows, row))));
    }

    return scores;
  }

  private static double margin(Rows rows, int row) {
    double margin = BASE;
    for (int feature = 0; feature < WEIGHTS.length; feature++) {
      margin += WEIGHTS[feature] * slot(rows.values[feature][row]);
    }

    return margin;
  }

  /** What a profile counts of each row, worked out once: a row may be drawn often. */
  final class Counted {
    private final byte[][] binOf = new byte[SCORE + 1][];
    private final Rows rows;
    private final float[] scores;

    Counted(Rows rows) {
      this.rows = rows;
      this.scores = scores(rows);
      for (int feature = 0; feature <= SCORE; feature++) {
        float[] values = feature == SCORE ? scores : rows.values[feature];
        binOf[feature] = new byte[rows.count];
        for (int row = 0; row < rows.count; row++) {
          float value = values[row] == UNSEEN && feature == 3 ? Float.NaN : values[row];
          binOf[feature][row] = (byte) bins.get(feature).of(value);
        }
      }
    }

    /** Returns the profile of all rows. */
    Profile profile() {
      return profile(IntStream.range(0, rows.count).toArray());
    }

    /** Returns the profile of some rows. */
    Profile profile(int[] chosen) {
      List<FeatureProfile> features = new ArrayList<>();
      double mean = BASE;
      for (int feature = 0; feature < SCORE; feature++) {
        long missing = 0;
        long unseen = 0;
        double sum = 0;
        float[] values = rows.values[feature];
        for (int row : chosen) {
          float value = values[row];
          sum += slot(value);
          unseen += value == UNSEEN ? 1 : 0;
          missing += value == UNSEEN || value != value ? 1 : 0;
        }

        double contribution = WEIGHTS[feature] * (sum / chosen.length - means[feature]);
        mean += WEIGHTS[feature] * sum / chosen.length;
        features.add(
            new FeatureProfile(
                FEATURES.get(feature),
                FIELDS.get(feature),
                missing,
                unseen,
                Optional.of(counts(feature, chosen)),
                List.of(contribution)));
      }

      double base = BASE;
      for (int feature = 0; feature < SCORE; feature++) {
        base += WEIGHTS[feature] * means[feature];
      }

      double sum = 0;
      for (int row : chosen) {
        sum += scores[row];
      }

      return new Profile(
          chosen.length,
          chosen.length,
          chosen.length,
          chosen.length,
          features,
          List.of(
              new OutputProfile(
                  "0",
                  sum / chosen.length,
                  OptionalLong.empty(),
                  Optional.of(counts(SCORE, chosen)))),
          List.of(new MarginProfile(mean, base, OptionalDouble.empty())),
          Map.of());
    }

    private BinCounts counts(int feature, int[] chosen) {
      long[] counts = new long[bins.get(feature).size()];
      byte[] own = binOf[feature];
      for (int row : chosen) {
        counts[own[row]]++;
      }

      return new BinCounts(bins.get(feature), LongStream.of(counts).boxed().toList());
    }
  }

  /** Returns the form of the profiles. */
  ProfileForm form() {
    List<ProfileForm.Slot> slots = new ArrayList<>();
    for (int feature = 0; feature < SCORE; feature++) {
      slots.add(
          new ProfileForm.Slot(
              FEATURES.get(feature), FIELDS.get(feature), Optional.of(bins.get(feature))));
    }

    return new ProfileForm(
        slots,
        List.of(
            new ProfileForm.Output(
                "0", Optional.of((NumberBins) bins.get(SCORE)), OptionalDouble.empty())),
        SCORE,
        1);
  }
}
