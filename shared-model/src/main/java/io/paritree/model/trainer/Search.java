package io.paritree.model.trainer;

import io.paritree.forest.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  private static final long MAX_WALKS = 150_000_000;
  private static final int PROBES = 16;

  /** If none of this many probes agrees, the others are not tried. */
  private static final int FIRST_PROBES = 6;

  private static final int ROUNDS_PROBES = 4;
  private static final int MAX_INPUT_CLAIMS = 8;
  private static final int MAX_TIES = 200;

  /** Slots that are copied in the time of one tree's walk. */
  private static final int COPIES_PER_WALK = 16;

  private static final int DISTANCE_ROWS = 120;
  private static final double MOST = 0.9;

  /** The share of the differing rows that must have single values for these to be named. */
  private static final double LEAST_EXPLAINED = 0.3;

  /** Rows that a claim does not change say nothing about the others if they are fewer. */
  private static final int LEAST_OTHERS = 10;

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
  private final Proof proof;
  private final Map<Claim, List<Claim>> ties = new HashMap<>();
  private long walks;
  private boolean isTooWide;

  /**
   * Slots under claims.
   *
   * @param impossible rows that the trainer cannot have scored so
   */
  private record Changed(float[] slots, BitSet impossible) {}

  Search(Evidence evidence) {
    this.evidence = evidence;
    this.rows = evidence.rows();
    this.width = evidence.width();
    this.usual = evidence.engine(evidence.sealing().rounds().end());
    this.readings = Readings.of(evidence);
    this.forests = ForestClaims.named(evidence);
    this.precisions = Precision.of(rows);
    Set<List<String>> predictions = new HashSet<>();
    rows.forEach(row -> predictions.add(List.of(row.predictions())));
    long full =
        rows.stream().filter(row -> row.predictions()[0].length() >= LENGTH_OF_NUMBER).count();
    this.different = predictions.size();
    boolean isNumber = full * 2 >= rows.size() && different * 2 >= rows.size();
    this.bits = isNumber ? BITS_OF_NUMBER : Math.log(Math.max(different, 1)) / Math.log(2);
    this.proof = new Proof(evidence, rows, bits, LEAST_BITS_OF_INPUTS);
  }

  /** Returns what one agreeing row shows, in bits. */
  double bits() {
    return bits;
  }

  /**
   * Returns whether an explanation is to be named: it explains most of the rows that differ, or is
   * about single values only and explains most of the rows with them; and these are too many to
   * agree by chance.
   *
   * @param equal number of rows that agree anyway
   */
  boolean isTelling(Finding found, int equal) {
    int gained = found.rows() - equal;
    int open = rows.size() - equal;
    boolean isOfValues =
        !found.inputs().isEmpty()
            && found.claims().size() == found.inputs().size()
            && found.inputs().stream().allMatch(Claim::isOfValues);
    double least = found.inputs().isEmpty() ? LEAST_BITS : LEAST_BITS_OF_INPUTS;
    boolean isMost = different > FEW || found.rows() >= MOST_OF_FEW * rows.size();
    return isMost
        && gained > 0
        && gained >= (isOfValues ? LEAST_EXPLAINED : MOST) * open
        && gained * bits >= least
        && found.inputs().stream().allMatch(claim -> holds(found, claim));
  }

  /** Returns whether a claim lets most of the rows agree that it changes, as far as others do. */
  private boolean holds(Finding found, Claim claim) {
    float[] without = changed(rows, found.with(found.inputs().indexOf(claim), null)).slots();
    float[] slots = changed(rows, found).slots();
    int changed = 0;
    int agreeing = 0;
    for (int at = 0; at < rows.size(); at++) {
      boolean isSame =
          Arrays.equals(slots, at * width, (at + 1) * width, without, at * width, (at + 1) * width);
      changed += isSame ? 0 : 1;
      agreeing += !isSame && found.agreeing().get(at) ? 1 : 0;
    }

    int others = rows.size() - changed;
    double ofOthers = others < LEAST_OTHERS ? 1 : (found.rows() - agreeing) / (double) others;
    return agreeing >= MOST * ofOthers * changed;
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
  Finding find() {
    Finding best = withInputsAsTheyAre();
    if (best.rows() < rows.size()) {
      best = better(best, withNumberedRounds());
    }

    return best.rows() < rows.size()
        ? withTightest(withoutNeedless(withChangedInputs(best)))
        : best;
  }

  /** Returns whether one explains most of what the other leaves open. */
  private boolean explainsMost(Finding before, Finding found) {
    return found.rows() - before.rows() >= MOST * (rows.size() - before.rows());
  }

  /** Returns an explanation with the tightest precision in which as many rows agree. */
  private Finding withTightest(Finding found) {
    for (Precision precision : precisions) {
      Finding tighter = tried(found.with(precision));
      if (tighter.rows() >= found.rows()) {
        return tighter;
      }
    }

    return found;
  }

  /**
   * Returns for each claim of an explanation those that explain as many rows in its place, but are
   * another cause.
   */
  List<List<Claim>> alternatives(Finding found) {
    List<List<Claim>> all = new ArrayList<>();
    for (Claim claim : found.claims()) {
      List<Claim> others = new ArrayList<>();
      for (Claim other : ties.getOrDefault(claim, List.of())) {
        int place = found.inputs().indexOf(claim);
        boolean isOther = !other.kind().equals(claim.kind());
        if (isOther && (place < 0 || explainsAsMuch(found, place, other))) {
          others.add(other);
        }
      }

      all.add(others);
    }

    return all;
  }

  /** Returns whether rows show each claim, so that it is no other one. */
  boolean isShown(Finding found) {
    float[] slots = changed(rows, found).slots();
    return found.inputs().stream().allMatch(claim -> proof.isShown(claim, slots));
  }

  /** Returns the claims that say the same as one with other numbers, and explain as much. */
  List<Claim> variants(Finding found, Claim claim) {
    int place = found.inputs().indexOf(claim);
    return ties.getOrDefault(claim, List.of()).stream()
        .filter(other -> other.kind().equals(claim.kind()))
        .filter(other -> place >= 0 && explainsAsMuch(found, place, other))
        .toList();
  }

  private boolean explainsAsMuch(Finding found, int place, Claim claim) {
    if (found.inputs().size() == 1) {
      return true; // as it was when it was noted
    }

    Finding other = tried(found.with(place, claim));
    boolean isSame = Arrays.equals(changed(rows, found).slots(), changed(rows, other).slots());
    return !isSame && other.rows() >= found.rows() && isEvidence(other, claim);
  }

  private static Finding better(Finding one, Finding other) {
    return other != null && other.rows() > one.rows() ? other : one;
  }

  private Finding withInputsAsTheyAre() {
    List<Scored> scored = new ArrayList<>();
    forests.forEach(forest -> scored.add(score(forest, slots(rows, width), rows.size())));
    List<Precision> all = new ArrayList<>(precisions);
    all.add(Precision.loose(rows));
    Finding best = null;
    for (Precision precision : all) {
      for (int forest = 0; forest < forests.size(); forest++) {
        for (Claim reading : readings) {
          BitSet agreeing = agreeing(rows, scored.get(forest), reading, precision);
          Finding found = new Finding(List.of(), forests.get(forest), reading, precision, agreeing);
          boolean isEnough = !precision.isLoose() || explainsMost(best, found);
          if (best != null && isEnough && isTie(best, found)) {
            note(best, found);
          }

          best = best == null ? found : isEnough ? better(best, found) : best;
        }
      }
    }

    return best;
  }

  /** Returns whether one is as good as the other, and says as little. */
  private static boolean isTie(Finding best, Finding found) {
    return found.rows() == best.rows()
        && found.rows() > 0
        && found.precision().equals(best.precision())
        && found.claims().size() == 1
        && best.claims().size() == 1;
  }

  private void note(Finding best, Finding found) {
    ties.computeIfAbsent(best.claims().get(0), key -> new ArrayList<>()).add(found.claims().get(0));
  }

  private Finding withNumberedRounds() {
    List<TrainerRow> probes = rows.subList(0, Math.min(ROUNDS_PROBES, rows.size()));
    Finding best = null;
    for (Claim forest : ForestClaims.numbered(evidence, probes.size())) {
      Scored scored = score(forest, slots(probes, width), probes.size());
      for (Precision precision : precisions) {
        for (Claim reading : readings) {
          int agree = agreeing(probes, scored, reading, precision).cardinality();
          if (agree * 4 >= probes.size() * 3) {
            BitSet all =
                agreeing(rows, score(forest, slots(rows, width), rows.size()), reading, precision);
            Finding found = new Finding(List.of(), forest, reading, precision, all);
            if (best != null && isTie(best, found)) {
              note(best, found);
            }

            best = best == null ? found : better(best, found);
          }
        }
      }
    }

    return best;
  }

  private Finding withChangedInputs(Finding start) {
    List<Claim> claims = new ArrayList<>();
    claims.addAll(OffsetClaims.of(evidence));
    claims.addAll(MissingClaims.of(evidence));
    claims.addAll(ComputedClaims.of(evidence));
    claims.addAll(ColumnClaims.times(evidence));
    claims.addAll(VocabularyClaims.known(evidence));
    claims.addAll(VocabularyClaims.codes(evidence));
    claims.addAll(VocabularyClaims.next(evidence));
    List<Claim> columns = ColumnClaims.of(evidence);
    isTooWide = columns.size() > ColumnClaims.MAX_PAIRS;
    claims.addAll(columns);
    Precision precision =
        start.rows() == 0 ? precisions.get(precisions.size() - 1) : start.precision();
    Finding best = start;
    boolean isOpen = true;
    while (isOpen && best.rows() < rows.size() && best.inputs().size() < MAX_INPUT_CLAIMS) {
      Finding base = best.with(precision);
      Finding next = step(base, claims);
      if (next.rows() < rows.size()) {
        next = better(next, step(base, inferred(base)));
      }

      if (next.rows() < rows.size() && base.inputs().isEmpty()) {
        next = better(next, step(base, ColumnClaims.cycles(evidence)));
      }

      isOpen = next.rows() - best.rows() >= LEAST_GAIN * (rows.size() - best.rows());
      best = isOpen ? next : best;
    }

    return best;
  }

  private List<Claim> inferred(Finding base) {
    return InferredVocabularies.of(
        evidence,
        rows,
        claim -> tried(base.with(claim)).agreeing(),
        claim -> scored(base.with(claim)),
        claim -> distance(base.with(claim)));
  }

  /** Returns an explanation without the claims that let no further row agree. */
  private Finding withoutNeedless(Finding found) {
    Finding best = found;
    for (int place = best.inputs().size() - 1; place >= 0 && best.inputs().size() > 1; place--) {
      Finding less = tried(best.with(place, null));
      best = less.rows() >= best.rows() ? less : best;
    }

    return best;
  }

  /** Returns an explanation with the rows that agree under it. */
  private Finding tried(Finding found) {
    Changed changed = changed(rows, found);
    Scored scored = score(found.forest(), changed.slots(), rows.size());
    BitSet agreeing = agreeing(rows, scored, found.reading(), found.precision());
    agreeing.andNot(changed.impossible());
    return found.tried(agreeing);
  }

  private Scored scored(Finding found) {
    return score(found.forest(), changed(rows, found).slots(), rows.size());
  }

  /** Returns the sum of the differences of some rows' scores and predictions; -1 if cut. */
  private double distance(Finding found) {
    List<TrainerRow> some = rows.subList(0, Math.min(DISTANCE_ROWS, rows.size()));
    Scored scored = score(found.forest(), changed(some, found).slots(), some.size());
    double sum = 0;
    for (int at = 0; at < some.size(); at++) {
      TrainerRow row = some.get(at);
      if (row.predictions().length != scored.scores()) {
        return -1;
      }

      for (int score = 0; score < scored.scores(); score++) {
        boolean isNear = found.precision().near(row.predicted(score), scored.score(at, score));
        sum += isNear ? 0 : Math.abs(row.predicted(score) - scored.score(at, score));
      }
    }

    return walks > MAX_WALKS || Double.isNaN(sum) ? -1 : sum;
  }

  /** Returns the best explanation with one more claim; {@code base} itself if none is better. */
  private Finding step(Finding base, List<Claim> claims) {
    float[] before = changed(rows, base).slots();
    Finding best = base;
    List<Claim> equal = new ArrayList<>();
    for (Claim claim : claims) {
      if (walks > MAX_WALKS) {
        break;
      }

      if (base.inputs().contains(claim)) {
        continue;
      }

      List<Integer> probes = probes(base, before, claim);
      if (probes.isEmpty()) {
        continue;
      }

      Finding found = tried(base, best.rows(), before, claim, probes);
      if (found.rows() > best.rows() && isEvidence(found, claim)) {
        best = found;
        equal.clear();
      } else if (isRival(best, found, equal.size()) && isEvidence(found, claim)) {
        equal.add(claim);
      }
    }

    if (best != base) {
      ties.put(best.inputs().get(best.inputs().size() - 1), equal);
    }

    return best;
  }

  /** Returns whether something else explains as much as the best, and makes other slots. */
  private boolean isRival(Finding best, Finding found, int known) {
    return found.inputs().size() == best.inputs().size()
        && found.rows() == best.rows()
        && !found.inputs().isEmpty()
        && known < MAX_TIES
        && !isSame(best, found);
  }

  /** Returns whether the last claims of two explanations make the same of all rows. */
  private boolean isSame(Finding one, Finding other) {
    int last = one.inputs().size() - 1;
    float[] ones = changed(rows, one).slots();
    float[] others = changed(rows, other).slots();
    boolean isOfValues =
        one.inputs().get(last).isOfValues() && other.inputs().get(last).isOfValues();
    return isOfValues ? proof.areAlike(ones, others) : Arrays.equals(ones, others);
  }

  private boolean isEvidence(Finding found, Claim claim) {
    float[] slots = changed(rows, found).slots();
    Engine engine = found.forest().engine(usual);
    walks += 4L * rows.size() * (engine.trees() + width);
    return proof.separates(claim, slots)
        && proof.isOfTheRows(found, claim, slots, engine)
        && proof.isCured(found, engine);
  }

  /** Returns some of the rows that a claim changes and that do not agree yet. */
  private List<Integer> probes(Finding base, float[] before, Claim claim) {
    List<Integer> probes = new ArrayList<>();
    float[] slots = new float[width];
    for (int at = 0; at < rows.size() && probes.size() < PROBES; at++) {
      if (!base.agreeing().get(at)) {
        walks += width / COPIES_PER_WALK;
        System.arraycopy(before, at * width, slots, 0, width);
        boolean isPossible = claim.change(rows.get(at), slots);
        boolean isChanged = !Arrays.equals(slots, 0, width, before, at * width, (at + 1) * width);
        if (isPossible && isChanged) {
          probes.add(at);
        }
      }
    }

    return probes;
  }

  /**
   * Returns the best explanation with a claim; {@code base} if it does not explain enough.
   *
   * @param least the number of rows that must agree
   */
  private Finding tried(
      Finding base, int least, float[] before, Claim claim, List<Integer> probes) {
    List<TrainerRow> tried = probes.stream().map(rows::get).toList();
    float[] slots = new float[probes.size() * width];
    float[] one = new float[width];
    for (int at = 0; at < probes.size(); at++) {
      System.arraycopy(before, probes.get(at) * width, one, 0, width);
      claim.change(tried.get(at), one);
      System.arraycopy(one, 0, slots, at * width, width);
    }

    Finding best = base;
    boolean isFirst = base.inputs().isEmpty();
    List<Precision> possible = new ArrayList<>(List.of(base.precision()));
    if (claim.isApproximate()) {
      possible.add(Precision.loose(rows));
    }

    List<Claim> possibleReadings = isFirst ? readings : List.of(base.reading());
    List<TrainerRow> first = tried.subList(0, Math.min(FIRST_PROBES, tried.size()));
    for (Claim forest : isFirst ? forests : List.of(base.forest())) {
      Scored some = score(forest, slots, first.size());
      boolean isHopeless =
          possibleReadings.stream()
              .allMatch(
                  reading ->
                      possible.stream()
                          .allMatch(
                              precision -> agreeing(first, some, reading, precision).isEmpty()));
      if (isHopeless) {
        continue;
      }

      Scored scored = score(forest, slots, tried.size());
      for (Claim reading : possibleReadings) {
        for (Precision precision : possible) {
          int agree = agreeing(tried, scored, reading, precision).cardinality();
          if (agree > 0 && agree * 4 >= tried.size()) {
            Finding found =
                tried(
                    new Finding(base.inputs(), forest, reading, precision, base.agreeing())
                        .with(claim));
            boolean isEnough = (found.rows() - base.rows()) * bits >= LEAST_BITS_OF_INPUTS;
            best = isEnough && found.rows() >= least ? better(best, found) : best;
          }
        }
      }
    }

    return best;
  }

  private Changed changed(List<TrainerRow> some, Finding found) {
    float[] slots = slots(some, width);
    BitSet impossible = new BitSet();
    float[] one = new float[width];
    for (int at = 0; at < some.size(); at++) {
      System.arraycopy(slots, at * width, one, 0, width);
      for (Claim claim : found.inputs()) {
        boolean isPossible = claim.change(some.get(at), one);
        impossible.set(at, impossible.get(at) || !isPossible);
      }

      System.arraycopy(one, 0, slots, at * width, width);
    }

    return new Changed(slots, impossible);
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
