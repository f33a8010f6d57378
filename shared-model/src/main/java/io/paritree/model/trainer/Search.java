package io.paritree.model.trainer;

import io.paritree.forest.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Looks for the claims under which rows agree with the trainer's predictions.
 *
 * <p>First all pairs of a forest and a reading of the predictions, with the inputs as they are.
 * Then claims about the inputs are added one by one, as long as each lets more rows agree. A claim
 * is tried on a few of the rows that it changes before it is tried on all.
 */
final class Search {
  /** If none of this many probes agrees, the others are not tried. */
  private static final int FIRST_PROBES = 6;

  private static final int ROUNDS_PROBES = 4;
  private static final int MAX_INPUT_CLAIMS = 8;
  private static final int MAX_TIES = 200;
  private static final double MOST = 0.9;

  /** The share of the rows that do not agree yet which one more claim must let agree. */
  private static final double LEAST_GAIN = 0.1;

  private final Evidence evidence;
  private final List<TrainerRow> rows;
  private final Attempts attempts;
  private final Significance significance;
  private final List<Claim> readings;
  private final List<Claim> forests;
  private final List<Precision> precisions;
  private final Proof proof;
  private final Map<Claim, List<Claim>> ties = new HashMap<>();
  private boolean isTooWide;

  Search(Evidence evidence) {
    this.evidence = evidence;
    this.rows = evidence.rows();
    this.attempts = new Attempts(evidence);
    this.significance = new Significance(evidence, attempts);
    this.readings = Readings.of(evidence);
    this.forests = ForestClaims.named(evidence);
    this.precisions = Precision.of(rows);
    this.proof = new Proof(evidence, rows, significance.bits(), Significance.LEAST_OF_INPUTS);
  }

  /** Returns what the agreeing rows of an explanation show. */
  Significance significance() {
    return significance;
  }

  /** Returns whether not all claims could be tried. */
  boolean isCut() {
    return attempts.isSpent() || isTooWide;
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
    return precisions.stream()
        .map(precision -> attempts.tried(found.with(precision)))
        .filter(tighter -> tighter.rows() >= found.rows())
        .findFirst()
        .orElse(found);
  }

  /**
   * Returns for each claim of an explanation the claims that explain as many rows in its place, but
   * are another cause.
   */
  List<List<Claim>> alternatives(Finding found) {
    return found.claims().stream()
        .map(claim -> tied(found, claim, other -> !other.kind().equals(claim.kind())))
        .toList();
  }

  /** Returns the claims that say the same as one with other numbers, and explain as much. */
  List<Claim> variants(Finding found, Claim claim) {
    return tied(
        found, claim, other -> found.inputs().contains(claim) && other.kind().equals(claim.kind()));
  }

  private List<Claim> tied(Finding found, Claim claim, Predicate<Claim> isWanted) {
    int place = found.inputs().indexOf(claim);
    return ties.getOrDefault(claim, List.of()).stream()
        .filter(isWanted)
        .filter(other -> place < 0 || explainsAsMuch(found, place, other))
        .toList();
  }

  /** Returns whether rows show each claim, so that it is no other one. */
  boolean isShown(Finding found) {
    float[][] slots = attempts.slots(found);
    return found.inputs().stream().allMatch(claim -> proof.isShown(claim, slots));
  }

  private boolean explainsAsMuch(Finding found, int place, Claim claim) {
    if (found.inputs().size() == 1) {
      return true; // as it was when it was noted
    }

    Finding other = attempts.tried(found.with(place, claim));
    boolean isSame = Arrays.deepEquals(attempts.slots(found), attempts.slots(other));
    return !isSame && other.rows() >= found.rows() && isEvidence(other, claim);
  }

  private static Finding better(Finding one, Finding other) {
    return other != null && other.rows() > one.rows() ? other : one;
  }

  private Finding withInputsAsTheyAre() {
    float[][] slots = Attempts.slots(rows);
    List<Scored> scored = forests.stream().map(forest -> attempts.score(forest, slots)).toList();
    List<Precision> all = new ArrayList<>(precisions);
    all.add(Precision.loose(rows));
    Finding best = null;
    for (Precision precision : all) {
      for (int forest = 0; forest < forests.size(); forest++) {
        for (Claim reading : readings) {
          BitSet agreeing = Attempts.agreeing(rows, scored.get(forest), reading, precision);
          Finding found = new Finding(List.of(), forests.get(forest), reading, precision, agreeing);
          if (!precision.isLoose() || explainsMost(best, found)) {
            best = betterOrTied(best, found);
          }
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

  /** Returns the better one, and notes what explains as much as it. */
  private Finding betterOrTied(Finding best, Finding found) {
    if (best == null) {
      return found;
    }

    if (isTie(best, found)) {
      ties.computeIfAbsent(best.claims().get(0), key -> new ArrayList<>())
          .add(found.claims().get(0));
    }

    return better(best, found);
  }

  private Finding withNumberedRounds() {
    List<TrainerRow> probes = rows.subList(0, Math.min(ROUNDS_PROBES, rows.size()));
    Finding best = null;
    for (Claim forest : ForestClaims.numbered(evidence, probes.size())) {
      Scored scored = attempts.score(forest, Attempts.slots(probes));
      for (Precision precision : precisions) {
        for (Claim reading : readings) {
          int agree = Attempts.agreeing(probes, scored, reading, precision).cardinality();
          if (agree * 4 >= probes.size() * 3) {
            Finding found =
                attempts.tried(new Finding(List.of(), forest, reading, precision, new BitSet()));
            best = betterOrTied(best, found);
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
    claims.addAll(FillClaims.of(evidence));
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
        next = better(next, step(base, InferredVocabularies.of(evidence, attempts, base)));
      }

      if (next.rows() < rows.size() && base.inputs().isEmpty()) {
        next = better(next, step(base, ColumnClaims.cycles(evidence)));
      }

      isOpen = next.rows() - best.rows() >= LEAST_GAIN * (rows.size() - best.rows());
      best = isOpen ? next : best;
    }

    return best;
  }

  /** Returns an explanation without the claims that let no further row agree. */
  private Finding withoutNeedless(Finding found) {
    Finding best = found;
    for (int place = best.inputs().size() - 1; place >= 0 && best.inputs().size() > 1; place--) {
      Finding less = attempts.tried(best.with(place, null));
      best = less.rows() >= best.rows() ? less : best;
    }

    return best;
  }

  /** Returns the best explanation with one more claim; {@code base} itself if none is better. */
  private Finding step(Finding base, List<Claim> claims) {
    float[][] before = attempts.slots(base);
    Finding best = base;
    List<Claim> equal = new ArrayList<>();
    for (Claim claim : claims) {
      if (attempts.isSpent()) {
        break;
      }

      if (base.inputs().contains(claim)) {
        continue;
      }

      List<Integer> probes = attempts.probes(base, before, claim);
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
    float[][] ones = attempts.slots(one);
    float[][] others = attempts.slots(other);
    boolean isOfValues =
        one.inputs().get(last).isOfValues() && other.inputs().get(last).isOfValues();
    return isOfValues ? proof.areAlike(ones, others) : Arrays.deepEquals(ones, others);
  }

  private boolean isEvidence(Finding found, Claim claim) {
    float[][] slots = attempts.slots(found);
    Engine engine = attempts.engine(found.forest());
    attempts.spend(4, engine);
    return proof.separates(claim, slots)
        && proof.isOfTheRows(found, claim, slots, engine)
        && proof.isCured(found, engine);
  }

  /**
   * Returns the best explanation with a claim; {@code base} if it does not explain enough.
   *
   * @param least the number of rows that must agree
   */
  private Finding tried(
      Finding base, int least, float[][] before, Claim claim, List<Integer> probes) {
    List<TrainerRow> tried = probes.stream().map(rows::get).toList();
    float[][] slots = probes.stream().map(at -> before[at].clone()).toArray(float[][]::new);
    for (int at = 0; at < slots.length; at++) {
      claim.change(tried.get(at), slots[at]);
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
      Scored some = attempts.score(forest, Arrays.copyOf(slots, first.size()));
      boolean isHopeless =
          possibleReadings.stream()
              .allMatch(
                  reading ->
                      possible.stream()
                          .allMatch(
                              precision ->
                                  Attempts.agreeing(first, some, reading, precision).isEmpty()));
      if (isHopeless) {
        continue;
      }

      Scored scored = attempts.score(forest, slots);
      for (Claim reading : possibleReadings) {
        for (Precision precision : possible) {
          int agree = Attempts.agreeing(tried, scored, reading, precision).cardinality();
          if (agree > 0 && agree * 4 >= tried.size()) {
            Finding found =
                attempts.tried(
                    new Finding(base.inputs(), forest, reading, precision, base.agreeing())
                        .with(claim));
            boolean isEnough = significance.isOfInputs(found.rows() - base.rows());
            best = isEnough && found.rows() >= least ? better(best, found) : best;
          }
        }
      }
    }

    return best;
  }
}
