package io.paritree.profile;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Counts rows into a {@link Profile}.
 *
 * <p>Two that count the rows of one form and sampling add up, in any order, to what one of them
 * would have counted. Not thread-safe.
 */
public final class ProfileCounts implements Serializable {
  private final transient ProfileForm form; // null where it was sent to
  private final boolean[] isAboveCounted;
  private final float[] thresholds;
  private final long[] missing;
  private final long[] unseen;
  private final ScoreHistogram[] scores;
  private final long[] above;
  private final int bins;
  private final int contributions;
  private final LevelCounts<SlotCounts> sampled;
  private final LevelCounts<Contributions> explained;
  private final TreeMap<String, TreeMap<String, Long>> faults = new TreeMap<>();
  private long rows;
  private long scored;

  /** How many sampled rows are in each bin, the features' bins one after the other. */
  private record SlotCounts(long[] counts) implements LevelCounts.Counts<SlotCounts> {
    @Override
    public void add(SlotCounts other) {
      for (int at = 0; at < counts.length; at++) {
        counts[at] += other.counts[at];
      }
    }
  }

  /** The sums of the contributions and the margins of explained rows. */
  private record Contributions(ExactSums sums) implements LevelCounts.Counts<Contributions> {
    @Override
    public void add(Contributions other) {
      sums.add(other.sums);
    }
  }

  /**
   * @param rows how many rows there are at least, so that no row is sampled in vain; 0 if that is
   *     not known
   */
  public ProfileCounts(ProfileForm form, Sampling sampling, long rows) {
    this.form = form;
    int outputs = form.outputs().size();
    this.isAboveCounted = new boolean[outputs];
    this.thresholds = new float[outputs];
    this.scores = new ScoreHistogram[outputs];
    this.above = new long[outputs];
    for (int output = 0; output < outputs; output++) {
      OptionalDouble threshold = form.outputs().get(output).threshold();
      isAboveCounted[output] = threshold.isPresent();
      thresholds[output] = (float) threshold.orElse(0);
      scores[output] = new ScoreHistogram();
    }

    this.missing = new long[form.features().size()];
    this.unseen = new long[form.features().size()];
    this.bins =
        form.features().stream()
            .flatMap(feature -> feature.bins().stream())
            .mapToInt(Bins::size)
            .sum();
    this.contributions = form.margins() * (form.modelWidth() + 2);
    this.sampled = new LevelCounts<>(sampling.rows(), Sampling.least(rows, sampling.rows()));
    this.explained =
        new LevelCounts<>(sampling.explained(), Sampling.least(rows, sampling.explained()));
  }

  /**
   * Counts rows that were read, with their missing and unseen values.
   *
   * @param read number of rows, faulty ones included
   * @param missingValues by slot
   * @param unseenValues by slot
   */
  public void addValues(long read, long[] missingValues, long[] unseenValues) {
    rows += read;
    for (int slot = 0; slot < missing.length; slot++) {
      missing[slot] += missingValues[slot];
      unseen[slot] += unseenValues[slot];
    }
  }

  /** Counts a fault of a row that was read. */
  public void addFault(String field, String code) {
    faults.computeIfAbsent(field, name -> new TreeMap<>()).merge(code, 1L, Long::sum);
  }

  /**
   * Counts the scores of a row.
   *
   * @param all they start at {@code at}
   */
  public void addScores(float[] all, int at) {
    scored++;
    for (int output = 0; output < scores.length; output++) {
      float score = all[at + output];
      scores[output].add(score);
      if (isAboveCounted[output] && score > thresholds[output]) {
        above[output]++;
      }
    }
  }

  /** Returns whether a scored row may be in the sample. */
  public boolean samples(long hash) {
    return bins > 0 && sampled.takes(hash);
  }

  /**
   * Counts the slots of a row that {@link #samples} takes.
   *
   * @param hash of the row's key
   * @param slots slot f is {@code slots[at + f * stride]}
   */
  public void addSlots(long hash, float[] slots, int at, int stride) {
    long[] counts = sampled.next(hash, level -> new SlotCounts(new long[bins])).counts();
    int first = 0;
    List<ProfileForm.Slot> features = form.features();
    for (int slot = 0; slot < features.size(); slot++) {
      Optional<Bins> own = features.get(slot).bins();
      if (own.isPresent()) {
        counts[first + own.get().of(slots[at + slot * stride])]++;
        first += own.get().size();
      }
    }
  }

  /** Returns whether a scored row may be among the explained ones. */
  public boolean explains(long hash) {
    return contributions > 0 && explained.takes(hash);
  }

  /**
   * Adds the contributions of a row that {@link #explains} takes.
   *
   * @param hash of the row's key
   * @param values for each margin its contributions by slot and then its base, from {@code at}, as
   *     an {@code Explainer} returns them
   * @param margins of the row, from {@code marginsAt}
   */
  public void addContributions(long hash, float[] values, int at, float[] margins, int marginsAt) {
    if (!explains(hash)) {
      return; // others were found since it was chosen
    }

    ExactSums sums =
        explained.next(hash, level -> new Contributions(new ExactSums(contributions))).sums();
    sums.beginRow();
    int each = form.modelWidth() + 1;
    int to = 0;
    for (int margin = 0; margin < form.margins(); margin++) {
      for (int index = 0; index < each; index++) {
        sums.add(to++, values[at + margin * each + index]);
      }

      sums.add(to++, margins[marginsAt + margin]);
    }
  }

  /** Packs the counts before they are sent; see {@link ScoreHistogram#pack}. */
  public void pack() {
    for (ScoreHistogram histogram : scores) {
      histogram.pack();
    }
  }

  /** Adds another's rows; both must be packed. */
  public void add(ProfileCounts other) {
    addValues(other.rows, other.missing, other.unseen);
    scored += other.scored;
    for (int output = 0; output < scores.length; output++) {
      scores[output].add(other.scores[output]);
      above[output] += other.above[output];
    }

    sampled.add(other.sampled);
    explained.add(other.explained);
    other.faults.forEach(
        (field, codes) ->
            codes.forEach(
                (code, count) ->
                    faults
                        .computeIfAbsent(field, name -> new TreeMap<>())
                        .merge(code, count, Long::sum)));
  }

  /** Returns the distribution of an output's scores. */
  public ScoreHistogram scores(int output) {
    return scores[output];
  }

  /**
   * Returns the profile of all rows so far; the counts must be packed.
   *
   * @param of the form that was counted
   */
  public Profile profile(ProfileForm of) {
    long[] counts = sampled.sum(new SlotCounts(new long[bins])).counts();
    ExactSums sums = explained.sum(new Contributions(new ExactSums(contributions))).sums();
    List<FeatureProfile> features = new ArrayList<>();
    int first = 0;
    for (int slot = 0; slot < missing.length; slot++) {
      ProfileForm.Slot feature = of.features().get(slot);
      Optional<BinCounts> own = Optional.empty();
      if (feature.bins().isPresent()) {
        Bins shape = feature.bins().get();
        own = Optional.of(counts(shape, counts, first));
        first += shape.size();
      }

      features.add(
          new FeatureProfile(
              feature.feature(),
              feature.field(),
              missing[slot],
              unseen[slot],
              own,
              slot < of.modelWidth() ? means(sums, of, slot) : List.of()));
    }

    return new Profile(
        rows,
        scored,
        bins == 0 ? 0 : sampled.rows(),
        explained.rows(),
        features,
        outputs(of),
        margins(sums, of),
        Map.copyOf(faults));
  }

  private List<OutputProfile> outputs(ProfileForm of) {
    List<OutputProfile> outputs = new ArrayList<>();
    for (int output = 0; output < scores.length; output++) {
      ScoreHistogram histogram = scores[output];
      outputs.add(
          new OutputProfile(
              of.outputs().get(output).output(),
              histogram.mean(),
              isAboveCounted[output] ? OptionalLong.of(above[output]) : OptionalLong.empty(),
              of.outputs()
                  .get(output)
                  .bins()
                  .map(shape -> counts(shape, histogram.counts(shape), 0))));
    }

    return outputs;
  }

  private static BinCounts counts(Bins shape, long[] counts, int first) {
    return new BinCounts(
        shape, LongStream.of(counts).skip(first).limit(shape.size()).boxed().toList());
  }

  /** Returns the mean contribution of a slot to each margin. */
  private List<Double> means(ExactSums sums, ProfileForm of, int slot) {
    List<Double> means = new ArrayList<>();
    for (int margin = 0; margin < of.margins() && explained.rows() > 0; margin++) {
      means.add(mean(sums, of, margin, slot));
    }

    return means;
  }

  private List<MarginProfile> margins(ExactSums sums, ProfileForm of) {
    List<MarginProfile> margins = new ArrayList<>();
    for (int margin = 0; margin < of.margins() && explained.rows() > 0; margin++) {
      margins.add(
          new MarginProfile(
              mean(sums, of, margin, of.modelWidth() + 1),
              mean(sums, of, margin, of.modelWidth()),
              OptionalDouble.empty()));
    }

    return margins;
  }

  private double mean(ExactSums sums, ProfileForm of, int margin, int index) {
    return sums.sum(margin * (of.modelWidth() + 2) + index) / explained.rows();
  }
}
