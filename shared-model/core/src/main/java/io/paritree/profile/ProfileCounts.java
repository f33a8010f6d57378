package io.paritree.profile;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Counts rows into a {@link Profile}.
 *
 * <p>Two that count the rows of one form and sampling add up, in any order, to what one of them
 * would have counted; means, to all digits but the last. Not thread-safe.
 */
public final class ProfileCounts implements Serializable {
  /** The bins of each slot, null if it has none, and where they begin; not where it was sent to. */
  private final transient Bins[] shapes;

  private final transient int[] firsts;
  private final transient ProfileForm.Reading[] readings; // null for the slot itself
  private final CountArray missing;
  private final CountArray unseen;
  private final OutputCounts scores;
  private final int bins;
  private int margins;
  private final int modelWidth;

  /** How many rows are in each bin, the features' bins one after the other. */
  private final LevelCounts<CountArray> sampled;

  /** The sums of the contributions and the margins. */
  private LevelCounts<FloatSums> explained;

  private final TreeMap<String, TreeMap<String, Long>> faults = new TreeMap<>();
  private long rows;

  /**
   * @param rows how many rows there are, so that hardly any is sampled in vain; 0 if that is not
   *     known
   */
  public ProfileCounts(ProfileForm form, Sampling sampling, long rows) {
    this.scores = new OutputCounts(form);
    int width = form.features().size();
    this.missing = new CountArray(width);
    this.unseen = new CountArray(width);
    this.shapes = new Bins[width];
    this.firsts = new int[width];
    this.readings = new ProfileForm.Reading[width];
    int size = 0;
    for (int slot = 0; slot < width; slot++) {
      shapes[slot] = form.features().get(slot).bins().orElse(null);
      readings[slot] = form.features().get(slot).reading().orElse(null);
      firsts[slot] = size;
      size += shapes[slot] == null ? 0 : shapes[slot].size();
    }

    this.bins = size;
    this.margins = form.margins();
    this.modelWidth = form.modelWidth();
    this.sampled = new LevelCounts<>(bins == 0 ? 0 : sampling.rows(), rows);
    this.explained = new LevelCounts<>(margins == 0 ? 0 : sampling.explained(), rows);
  }

  private CountArray noSlots() {
    return new CountArray(bins);
  }

  private FloatSums noContributions() {
    return new FloatSums(margins * (modelWidth + 2));
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
    add(missingValues, missing);
    add(unseenValues, unseen);
  }

  private static void add(long[] values, CountArray to) {
    long[] counts = null;
    for (int slot = 0; slot < values.length; slot++) {
      if (values[slot] != 0) { // often there is none
        counts = counts == null ? to.open() : counts;
        counts[slot] += values[slot];
      }
    }
  }

  /** Counts a fault of a row that was read. */
  public void addFault(String field, String code) {
    addFaults(field, code, 1);
  }

  /** Counts rows with a fault, among those that were read. */
  public void addFaults(String field, String code, long faulty) {
    faults.computeIfAbsent(field, name -> new TreeMap<>()).merge(code, faulty, Long::sum);
  }

  /**
   * Counts the scores of a row.
   *
   * @param all they start at {@code at}
   */
  public void addScores(float[] all, int at) {
    scores.add(all, at);
  }

  /** Counts the scores of rows that were counted elsewhere. */
  public void addScores(OutputCounts counted) {
    scores.add(counted);
  }

  /** Returns whether rows are sampled or explained, which is decided by hashes of their keys. */
  public boolean needsHashes() {
    return bins > 0 || margins > 0;
  }

  /** Counts a row that was not scored, because of its faults: the sample has fewer for it. */
  public void addUnscored(long hash) {
    sampled.skip(hash, this::noSlots);
    explained.skip(hash, this::noContributions);
  }

  /** Returns whether a scored row may be in the sample. */
  public boolean samples(long hash) {
    return sampled.takes(hash);
  }

  /**
   * Counts the slots of rows that {@link #samples} takes.
   *
   * @param hashes of the rows' keys
   * @param at where each row begins
   * @param count number of rows
   * @param slots slot f of row r is {@code slots[at[r] + f * stride]}
   */
  public void addSlots(long[] hashes, int[] at, int count, float[] slots, int stride) {
    long[][] counts = new long[count][];
    int[] places = new int[count];
    int taken = 0;
    for (int row = 0; row < count; row++) {
      if (sampled.takes(hashes[row])) { // a row before it may have left less room
        counts[taken] = sampled.next(hashes[row], this::noSlots).open();
        places[taken++] = at[row];
      }
    }

    for (int slot = 0; slot < shapes.length; slot++) {
      Bins shape = shapes[slot];
      int first = firsts[slot];
      int from = slot * stride;
      ProfileForm.Reading reading = readings[slot];
      for (int row = 0; shape != null && row < taken; row++) {
        float value =
            reading == null ? slots[from + places[row]] : reading.of(slots, places[row], stride);
        counts[row][first + shape.of(value)]++;
      }
    }
  }

  /** Returns whether a scored row may be among the explained ones. */
  public boolean explains(long hash) {
    return explained.takes(hash);
  }

  /** Leaves about half of the rows among the explained ones, as further rows would. */
  public void explainFewer() {
    explained.drop();
  }

  /**
   * Leaves rows of a level and those above it in the samples only, as if there had been so many
   * rows; so rows that are counted at several rates are in a sample at one rate.
   *
   * @param level see {@link Sampling#level}
   */
  public void keepLevel(int level) {
    sampled.keepLevel(level);
    explained.keepLevel(level);
  }

  /**
   * Adds the contributions of a row that {@link #explains} takes.
   *
   * @param hash of the row's key
   * @param values for each margin its contributions by slot and then its base, from {@code at}, as
   *     an {@code Explainer} returns them
   * @param rowMargins of the row, from {@code marginsAt}
   */
  public void addContributions(
      long hash, float[] values, int at, float[] rowMargins, int marginsAt) {
    if (!explains(hash)) {
      return; // others were found since it was chosen
    }

    FloatSums sums = explained.next(hash, this::noContributions);
    int each = modelWidth + 1;
    int to = 0;
    for (int margin = 0; margin < margins; margin++) {
      for (int index = 0; index < each; index++) {
        sums.add(to++, values[at + margin * each + index]);
      }

      sums.add(to++, rowMargins[marginsAt + margin]);
    }
  }

  /** Makes the counts small before they are kept for long; they can be added to afterwards. */
  public void pack() {
    missing.pack();
    unseen.pack();
    sampled.pack();
    explained.pack();
    scores.pack();
  }

  /** Adds another's rows, which are counted alike; both must be packed, and are afterwards. */
  public void add(ProfileCounts other) {
    rows += other.rows;
    missing.add(other.missing);
    unseen.add(other.unseen);
    scores.add(other.scores);
    sampled.add(other.sampled);
    if (margins == other.margins) {
      explained.add(other.explained);
    } else { // one of them was counted where there is no memory to explain rows
      margins = 0;
      explained = new LevelCounts<>(0, 0);
    }

    other.faults.forEach(
        (field, codes) -> codes.forEach((code, count) -> addFaults(field, code, count)));
    pack();
  }

  /** Returns how many rows were read. */
  public long rows() {
    return rows;
  }

  /** Returns how many rows were scored. */
  public long scored() {
    return scores.rows();
  }

  /** Returns the number of missing values, by slot. */
  public long[] missing() {
    return copy(missing);
  }

  /** Returns the number of values that are in no vocabulary, by slot. */
  public long[] unseen() {
    return copy(unseen);
  }

  private static long[] copy(CountArray counts) {
    long[] copy = counts.open().clone();
    counts.pack();
    return copy;
  }

  /** Returns rows by field and fault code, sorted; the field of a fault of a whole row is empty. */
  public Map<String, Map<String, Long>> faults() {
    return Collections.unmodifiableMap(faults);
  }

  /** Returns the distribution of an output's scores. */
  public ScoreHistogram scores(int output) {
    return scores.histogram(output);
  }

  /**
   * Returns the profile of all rows so far; the counts must be packed.
   *
   * @param of the form that was counted
   */
  public Profile profile(ProfileForm of) {
    long[] counts = sampled.sum(noSlots()).open();
    FloatSums sums = explained.sum(noContributions());
    long[] missingValues = missing();
    long[] unseenValues = unseen();
    List<FeatureProfile> features = new ArrayList<>();
    int first = 0;
    for (int slot = 0; slot < missingValues.length; slot++) {
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
              missingValues[slot],
              unseenValues[slot],
              own,
              slot < modelWidth ? means(sums, slot) : List.of()));
    }

    return new Profile(
        rows,
        scores.rows(),
        sampled.rows(),
        explained.rows(),
        features,
        outputs(of),
        margins(sums),
        faults());
  }

  private List<OutputProfile> outputs(ProfileForm of) {
    List<OutputProfile> outputs = new ArrayList<>();
    for (int output = 0; output < of.outputs().size(); output++) {
      ScoreHistogram histogram = scores.histogram(output);
      outputs.add(
          new OutputProfile(
              of.outputs().get(output).output(),
              histogram.mean(),
              scores.above(output),
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
  private List<Double> means(FloatSums sums, int slot) {
    List<Double> means = new ArrayList<>();
    for (int margin = 0; margin < margins && explained.rows() > 0; margin++) {
      means.add(mean(sums, margin, slot));
    }

    return means;
  }

  private List<MarginProfile> margins(FloatSums sums) {
    List<MarginProfile> profiles = new ArrayList<>();
    for (int margin = 0; margin < margins && explained.rows() > 0; margin++) {
      profiles.add(
          new MarginProfile(
              mean(sums, margin, modelWidth + 1),
              mean(sums, margin, modelWidth),
              OptionalDouble.empty()));
    }

    return profiles;
  }

  private double mean(FloatSums sums, int margin, int index) {
    return sums.sum(margin * (modelWidth + 2) + index) / explained.rows();
  }
}
