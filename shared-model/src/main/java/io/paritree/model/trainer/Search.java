package io.paritree.model.trainer;

import io.paritree.forest.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks for the claims under which rows agree with the trainer's predictions.
 *
 * <p>First all pairs of a forest and a reading of the predictions, with the inputs as they are.
 * Then claims about the inputs are added one by one, as long as each lets more rows agree. A claim
 * is tried on a few of the rows that it changes before it is tried on all. The effort is bounded by
 * the number of trees that are walked, so that the result does not depend on the machine.
 */
final class Search {
  private static final long MAX_WALKS = 100_000_000;
  private static final int PROBES = 16;
  private static final int ROUNDS_PROBES = 4;
  private static final int MAX_INPUT_CLAIMS = 8;
  private static final int MAX_OTHERS = 3;

  /** Slots that are copied in the time of one tree's walk. */
  private static final int COPIES_PER_WALK = 16;

  private static final int DISTANCE_ROWS = 120;
  private static final double MOST = 0.9;

  /** The share of the rows that do not agree yet which one more claim must let agree. */
  private static final double LEAST_GAIN = 0.1;

  /**
   * What rows must show before a cause is believed, in bits: as many claims are tried as have this
   * many, and some of them let a row agree by chance. With changed inputs there are many more.
   */
  private static final double LEAST_BITS = 6;

  private static final double LEAST_BITS_OF_INPUTS = 24;

  /** What a prediction shows that is written in full, if most predictions are different. */
  private static final double BITS_OF_NUMBER = 20;

  private static final int LENGTH_OF_NUMBER = 8;

  /** If there are only a few different predictions, such as labels, many agree by chance. */
  private static final int FEW = 16;

  private static final double MOST_OF_FEW = 0.75;

  private final Evidence evidence;
  private final List<TrainerRow> rows;
  private final int width;
  private final Engine usual;
  private final List<Claim> readings;
  private final List<Claim> forests;
  private final List<Precision> precisions;
  private final int different;
  private final double bits;
  private long walks;
  private boolean isTooWide;

  /**
   * Claims, and the rows that agree with the predictions if they hold.
   *
   * @param inputs claims about the inputs, in this order
   * @param others claims that explain as many rows as the last of {@code inputs}
   * @param agreeing by index in {@link Evidence#rows}
   */
  record Explanation(
      List<Claim> inputs,
      Claim forest,
      Claim reading,
      Precision precision,
      List<Claim> others,
      BitSet agreeing) {

    int rows() {
      return agreeing.cardinality();
    }

    /** Returns what the trainer did and what to do about it. */
    String text() {
      List<String> texts = new ArrayList<>();
      inputs.forEach(claim -> texts.add(claim.text()));
      if (!others.isEmpty()) {
        int last = texts.size() - 1;
        texts.set(last, texts.get(last) + " (as many rows agree if " + others.get(0).text() + ")");
      }

      texts.add(forest.text());
      texts.add(reading.text());
      texts.add(precision.text());
      texts.removeIf(String::isEmpty);
      return String.join("; and ", texts);
    }
  }

  /**
   * @param columns number of columns with predictions
   */
  Search(Evidence evidence, int columns) {
    this.evidence = evidence;
    this.rows = evidence.rows();
    this.width = evidence.schema().width();
    this.usual = evidence.sealing().forest();
    this.readings = Readings.of(evidence, columns);
    this.forests = ForestClaims.named(evidence.sealing());
    this.precisions = Precision.of(rows);
    Set<List<String>> predictions = new HashSet<>();
    rows.forEach(row -> predictions.add(List.of(row.predictions())));
    long full =
        rows.stream().filter(row -> row.predictions()[0].length() >= LENGTH_OF_NUMBER).count();
    this.different = predictions.size();
    boolean isNumber = full * 2 >= rows.size() && different * 2 >= rows.size();
    this.bits = isNumber ? BITS_OF_NUMBER : Math.log(Math.max(different, 1)) / Math.log(2);
  }

  /** Returns whether rows that agree are too many to do so by chance. */
  boolean isTelling(Explanation found, int gained) {
    double least = found.inputs().isEmpty() ? LEAST_BITS : LEAST_BITS_OF_INPUTS;
    boolean isMost = different > FEW || found.rows() >= MOST_OF_FEW * rows.size();
    return isMost && gained * bits >= least;
  }

  /** Returns the slots of rows, row after row. */
  static float[] slots(List<TrainerRow> rows, int width) {
    float[] slots = new float[rows.size() * width];
    for (int at = 0; at < rows.size(); at++) {
      System.arraycopy(rows.get(at).slots(), 0, slots, at * width, width);
    }

    return slots;
  }

  /** Returns whether not all claims could be tried. */
  boolean isCut() {
    return walks > MAX_WALKS || isTooWide;
  }

  /** Returns the best explanation; it explains no more than what agrees anyway if none is found. */
  Explanation find() {
    Explanation best = withInputsAsTheyAre();
    if (best.rows() < rows.size()) {
      best = better(best, withNumberedRounds());
    }

    if (best.rows() < rows.size()) {
      best = withChangedInputs(best);
    }

    return best;
  }

  /** Returns that nothing explains anything. */
  Explanation nothing(BitSet equal) {
    return new Explanation(
        List.of(), Claim.NOTHING, Claim.NOTHING, Precision.EXACT, List.of(), equal);
  }

  private static Explanation better(Explanation one, Explanation other) {
    return other != null && other.rows() > one.rows() ? other : one;
  }

  private Explanation withInputsAsTheyAre() {
    List<Scored> scored = new ArrayList<>();
    forests.forEach(forest -> scored.add(score(forest, slots(rows, width), rows.size())));
    List<Precision> all = new ArrayList<>(precisions);
    all.add(Precision.loose(rows));
    Explanation best = null;
    for (Precision precision : all) {
      for (int forest = 0; forest < forests.size(); forest++) {
        for (Claim reading : readings) {
          BitSet agreeing = agreeing(rows, scored.get(forest), reading, precision);
          Explanation found =
              new Explanation(
                  List.of(), forests.get(forest), reading, precision, List.of(), agreeing);
          boolean isEnough = !precision.isLoose() || found.rows() >= MOST * rows.size();
          best = best == null ? found : isEnough ? better(best, found) : best;
        }
      }
    }

    return best;
  }

  private Explanation withNumberedRounds() {
    List<TrainerRow> probes = rows.subList(0, Math.min(ROUNDS_PROBES, rows.size()));
    Explanation best = null;
    for (Claim forest : ForestClaims.numbered(evidence.sealing(), probes.size())) {
      Scored scored = score(forest, slots(probes, width), probes.size());
      for (Precision precision : precisions) {
        for (Claim reading : readings) {
          int agree = agreeing(probes, scored, reading, precision).cardinality();
          if (agree * 4 >= probes.size() * 3) {
            BitSet all =
                agreeing(rows, score(forest, slots(rows, width), rows.size()), reading, precision);
            Explanation found =
                new Explanation(List.of(), forest, reading, precision, List.of(), all);
            best = best == null ? found : better(best, found);
          }
        }
      }
    }

    return best;
  }

  private Explanation withChangedInputs(Explanation start) {
    List<Claim> claims = new ArrayList<>();
    claims.addAll(MissingClaims.of(evidence));
    claims.addAll(VocabularyClaims.known(evidence));
    List<Claim> columns = ColumnClaims.of(evidence);
    isTooWide = columns.size() > ColumnClaims.MAX_PAIRS;
    claims.addAll(columns);
    Precision precision =
        start.rows() == 0 ? precisions.get(precisions.size() - 1) : start.precision();
    Explanation best = start;
    boolean isOpen = true;
    while (isOpen && best.rows() < rows.size() && best.inputs().size() < MAX_INPUT_CLAIMS) {
      Explanation base = best;
      Explanation next = step(base, claims, precision);
      if (next.rows() < rows.size()) {
        List<Claim> inferred =
            InferredVocabularies.of(
                evidence,
                rows,
                claim -> agreeing(base, claim, precision),
                claim -> distance(base, claim));
        next = better(next, step(base, inferred, precision));
      }

      isOpen = next.rows() - best.rows() >= LEAST_GAIN * (rows.size() - best.rows());
      best = isOpen ? next : best;
    }

    return best;
  }

  private BitSet agreeing(Explanation base, Claim claim, Precision precision) {
    float[] slots = changed(rows, base.inputs(), claim);
    return agreeing(rows, score(base.forest(), slots, rows.size()), base.reading(), precision);
  }

  /** Returns the sum of the differences of some rows' scores and predictions; -1 if cut. */
  private double distance(Explanation base, Claim claim) {
    List<TrainerRow> some = rows.subList(0, Math.min(DISTANCE_ROWS, rows.size()));
    Scored scored = score(base.forest(), changed(some, base.inputs(), claim), some.size());
    double sum = 0;
    for (int at = 0; at < some.size(); at++) {
      TrainerRow row = some.get(at);
      if (row.predictions().length != scored.scores()) {
        return -1;
      }

      for (int score = 0; score < scored.scores(); score++) {
        boolean isNear = base.precision().near(row.predicted(score), scored.score(at, score));
        sum += isNear ? 0 : Math.abs(row.predicted(score) - scored.score(at, score));
      }
    }

    return walks > MAX_WALKS || Double.isNaN(sum) ? -1 : sum;
  }

  /** Returns the best explanation with one more claim; {@code base} itself if none is better. */
  private Explanation step(Explanation base, List<Claim> claims, Precision precision) {
    float[] before = changed(rows, base.inputs(), Claim.NOTHING);
    Explanation best = base;
    for (Claim claim : claims) {
      if (walks > MAX_WALKS) {
        return best;
      }

      if (base.inputs().contains(claim)) {
        continue;
      }

      List<Integer> probes = probes(base, before, claim);
      if (!probes.isEmpty()) {
        best = tried(base, best, before, claim, probes, precision);
      }
    }

    return best;
  }

  /** Returns some of the rows that a claim changes and that do not agree yet. */
  private List<Integer> probes(Explanation base, float[] before, Claim claim) {
    List<Integer> probes = new ArrayList<>();
    float[] slots = new float[width];
    for (int at = 0; at < rows.size() && probes.size() < PROBES; at++) {
      if (!base.agreeing().get(at)) {
        walks += width / COPIES_PER_WALK;
        System.arraycopy(before, at * width, slots, 0, width);
        claim.change(rows.get(at), slots);
        boolean isChanged = !Arrays.equals(slots, 0, width, before, at * width, (at + 1) * width);
        if (isChanged) {
          probes.add(at);
        }
      }
    }

    return probes;
  }

  private Explanation tried(
      Explanation base,
      Explanation soFar,
      float[] before,
      Claim claim,
      List<Integer> probes,
      Precision precision) {
    List<TrainerRow> tried = probes.stream().map(rows::get).toList();
    float[] slots = new float[probes.size() * width];
    float[] one = new float[width];
    for (int at = 0; at < probes.size(); at++) {
      System.arraycopy(before, probes.get(at) * width, one, 0, width);
      claim.change(tried.get(at), one);
      System.arraycopy(one, 0, slots, at * width, width);
    }

    Explanation best = soFar;
    boolean isFirst = base.inputs().isEmpty();
    for (Claim forest : isFirst ? forests : List.of(base.forest())) {
      Scored scored = score(forest, slots, tried.size());
      for (Claim reading : isFirst ? readings : List.of(base.reading())) {
        int agree = agreeing(tried, scored, reading, precision).cardinality();
        if (agree > 0 && agree * 4 >= tried.size()) {
          List<Claim> inputs = new ArrayList<>(base.inputs());
          inputs.add(claim);
          BitSet all =
              agreeing(
                  rows,
                  score(forest, changed(rows, base.inputs(), claim), rows.size()),
                  reading,
                  precision);
          Explanation found = new Explanation(inputs, forest, reading, precision, List.of(), all);
          if ((found.rows() - base.rows()) * bits < LEAST_BITS_OF_INPUTS) {
            continue;
          }

          boolean isEqual = best.inputs().size() == inputs.size() && best.rows() == found.rows();
          best = isEqual ? withOther(best, claim) : better(best, found);
        }
      }
    }

    return best;
  }

  /** Notes a claim that explains as many rows, unless it makes the same of them. */
  private Explanation withOther(Explanation found, Claim claim) {
    List<Claim> others = new ArrayList<>(found.others());
    List<Claim> inputs = found.inputs();
    if (others.size() == MAX_OTHERS) {
      return found;
    }

    List<Claim> before = inputs.subList(0, inputs.size() - 1);
    boolean isSame =
        inputs.contains(claim)
            || Arrays.equals(changed(rows, inputs, Claim.NOTHING), changed(rows, before, claim));
    if (!isSame) {
      others.add(claim);
    }

    return new Explanation(
        inputs, found.forest(), found.reading(), found.precision(), others, found.agreeing());
  }

  private float[] changed(List<TrainerRow> rows, List<Claim> inputs, Claim last) {
    float[] slots = slots(rows, width);
    float[] one = new float[width];
    for (int at = 0; at < rows.size(); at++) {
      System.arraycopy(slots, at * width, one, 0, width);
      for (Claim claim : inputs) {
        claim.change(rows.get(at), one);
      }

      last.change(rows.get(at), one);
      System.arraycopy(one, 0, slots, at * width, width);
    }

    return slots;
  }

  private Scored score(Claim forest, float[] slots, int count) {
    Engine engine = forest.engine(usual);
    walks += (long) count * (engine.trees() + width);
    return new Scored(engine, slots, count);
  }

  private static BitSet agreeing(
      List<TrainerRow> rows, Scored scored, Claim reading, Precision precision) {
    BitSet agreeing = new BitSet(rows.size());
    for (int at = 0; at < rows.size(); at++) {
      agreeing.set(at, reading.agrees(rows.get(at), scored, at, precision));
    }

    return agreeing;
  }
}
