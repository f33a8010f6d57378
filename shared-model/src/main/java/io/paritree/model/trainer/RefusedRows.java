package io.paritree.model.trainer;

import io.paritree.FaultCode;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.forest.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds out how the trainer read the cells that the schema refuses: as missing, as what they spell,
 * as encoded texts, or as cells of another feature. Each is a claim, checked by scoring the refused
 * rows.
 */
final class RefusedRows {
  private static final int PROBES = 16;
  private static final long MAX_WALKS = 20_000_000;

  /** The share of the refused rows that must agree for a way to read them to be named. */
  private static final double LEAST_AGREEING = 0.3;

  /** What rows must show that do not agree any more when values are dealt to them at random. */
  private static final double LEAST_BITS = 24;

  private final Evidence evidence;
  private final List<TrainerRow> rows;
  private final List<TrainerRow> all;
  private final Proof proof;

  /** Returns several claims about different features as one. */
  private static Claim together(List<Claim> claims) {
    Set<Integer> features = new TreeSet<>();
    claims.forEach(claim -> features.addAll(claim.features()));
    boolean isTried = claims.stream().allMatch(claim -> claim.cure().isTried());
    return new InputClaim(
        String.join(", and ", claims.stream().map(Claim::cause).toList()),
        isTried ? Cure.all(claims.stream().map(Claim::cure).toList()) : claims.get(0).cure(),
        features,
        (row, slots) -> {
          boolean isPossible = true;
          for (Claim claim : claims) {
            isPossible &= claim.change(row, slots);
          }

          return isPossible;
        });
  }

  /**
   * @param bits what one agreeing row shows
   */
  RefusedRows(Evidence evidence, double bits) {
    this.evidence = evidence;
    this.rows =
        evidence.refused().stream()
            .filter(
                row ->
                    row.faults().stream()
                        .noneMatch(fault -> fault.code() == FaultCode.MALFORMED_RECORD))
            .toList();
    List<TrainerRow> both = new ArrayList<>(rows);
    both.addAll(evidence.rows());
    this.all = both;
    this.proof = new Proof(evidence, all, bits, LEAST_BITS);
  }

  private static boolean isRefused(TrainerRow row, Feature feature) {
    return row.faults().stream().anyMatch(fault -> fault.field().equals(feature.column()));
  }

  /**
   * Returns how the trainer read the refused cells, in one line; empty if no way agrees with the
   * predictions.
   *
   * @param usual what explains the rows that are not refused
   */
  String text(Finding usual) {
    if (rows.isEmpty()) {
      return "";
    }

    List<TrainerRow> probes = rows.subList(0, Math.min(PROBES, rows.size()));
    List<Claim> best = new ArrayList<>();
    int most = (int) Math.ceil(LEAST_AGREEING * rows.size());
    for (Claim claim : claims()) {
      int agree = agreeing(probes, claim, usual).cardinality();
      agree = agree > 0 ? agreeing(rows, claim, usual).cardinality() : 0;
      boolean isBetter = agree > most || (best.isEmpty() && agree == most);
      if (agree < most || (!isBetter && isSame(best.get(0), claim))) {
        continue;
      }

      if (isEvidence(claim, usual)) {
        if (isBetter) {
          best.clear();
        }

        best.add(claim);
        most = agree;
      }
    }

    String agreeing =
        "%s of %s refused rows agree with the predictions".formatted(most, rows.size());
    if (best.size() > 1) {
      return "%s for several causes alike, so that none is advised: %s"
          .formatted(agreeing, Advice.listed(best.stream().map(Claim::cause).distinct().toList()));
    }

    return best.isEmpty() ? "" : agreeing + ": " + best.get(0).text();
  }

  /** Returns whether two claims make the same of the refused rows. */
  private boolean isSame(Claim one, Claim other) {
    return rows.stream()
        .allMatch(
            row -> {
              float[] ones = row.slots().clone();
              float[] others = row.slots().clone();
              return one.change(row, ones) == other.change(row, others)
                  && Arrays.equals(ones, others);
            });
  }

  private boolean isEvidence(Claim claim, Finding usual) {
    float[][] slots = slots(all, claim, usual);
    List<Claim> inputs = new ArrayList<>(List.of(claim));
    inputs.addAll(usual.inputs());
    Finding found =
        new Finding(
            inputs,
            usual.forest(),
            usual.reading(),
            usual.precision(),
            agreeing(all, claim, usual));
    Engine engine = engine(usual);
    boolean isSometimesThere =
        claim.features().stream()
            .allMatch(feature -> Arrays.stream(slots).anyMatch(row -> !Float.isNaN(row[feature])));
    return isSometimesThere
        && proof.separates(claim, slots)
        && proof.isOfTheRows(found, claim, slots, engine)
        && proof.isCured(found, engine);
  }

  private Engine engine(Finding usual) {
    return usual.forest().engine(evidence.engine(evidence.sealing().rounds().end()));
  }

  private List<Claim> claims() {
    Set<Integer> some = new TreeSet<>();
    Set<Integer> most = new TreeSet<>();
    for (int feature = 0; feature < evidence.schema().width(); feature++) {
      Feature read = evidence.feature(feature);
      long refused = rows.stream().filter(row -> isRefused(row, read)).count();
      if (refused > 0) {
        some.add(feature);
      }

      if (refused * 2 > rows.size()) {
        most.add(feature);
      }
    }

    long walks = (long) PROBES * (evidence.sealing().forest().trees() + evidence.width());
    Remedies remedies = new Remedies(evidence);
    List<Claim> claims = new ArrayList<>();
    claims.add(
        new InputClaim(
            "such cells are read as missing",
            Cure.all(remedies.cures(rows, false), "; "),
            some,
            (row, slots) -> true));
    claims.add(
        new InputClaim(
            "such cells are read as what they spell",
            Cure.all(remedies.cures(rows, true), "; "),
            some,
            (row, slots) -> {
              for (int feature : some) {
                Feature read = evidence.feature(feature);
                if (Float.isNaN(slots[feature]) && isRefused(row, read)) {
                  slots[feature] = Remedies.spelled(read, evidence.cell(row, feature));
                }
              }

              return true;
            }));

    if (most.stream().anyMatch(feature -> evidence.feature(feature) instanceof NumberFeature)) {
      claims.add(encoded(most));
    }

    addAlso(claims, VocabularyClaims.codes(evidence), some);
    addAlso(claims, VocabularyClaims.next(evidence), some);
    claims.addAll(ColumnClaims.times(evidence));
    ColumnClaims.exchanges(evidence, most).stream().limit(MAX_WALKS / walks).forEach(claims::add);
    return claims;
  }

  /** Adds the claims that are about some features only, and all of them together. */
  private static void addAlso(List<Claim> claims, List<Claim> more, Set<Integer> features) {
    List<Claim> about =
        more.stream().filter(claim -> features.containsAll(claim.features())).toList();
    if (about.size() > 1) {
      claims.add(together(about));
    }

    claims.addAll(about);
  }

  /** Returns that the texts in columns of numbers were encoded, as far as the rows show all. */
  private Claim encoded(Set<Integer> refused) {
    Map<Integer, Map<String, Float>> codes = new TreeMap<>();
    List<String> names = new ArrayList<>();
    for (int feature : refused) {
      if (evidence.feature(feature) instanceof NumberFeature) {
        Set<String> sorted = new TreeSet<>();
        all.forEach(row -> sorted.add(evidence.cell(row, feature)));
        sorted.remove("");
        Map<String, Float> code = new HashMap<>();
        sorted.forEach(cell -> code.put(cell, (float) code.size()));
        codes.put(feature, code);
        names.add(evidence.named(feature));
      }
    }

    return new InputClaim(
        "the trainer encoded the texts of %s as numbers, from 0 in ascending order, as LabelEncoder does, which no key of the schema does"
            .formatted(String.join(", ", names)),
        new Cure(
            "write the numbers",
            trial ->
                codes.forEach(
                    (feature, code) -> trial.write(feature, cell -> encoded(code, cell)))),
        codes.keySet(),
        (row, slots) -> {
          codes.forEach(
              (feature, code) ->
                  slots[feature] = code.getOrDefault(evidence.cell(row, feature), Float.NaN));
          return true;
        });
  }

  private static String encoded(Map<String, Float> codes, String cell) {
    return codes.containsKey(cell) ? String.valueOf(codes.get(cell).intValue()) : cell;
  }

  private static float[][] slots(List<TrainerRow> some, Claim claim, Finding usual) {
    float[][] slots = Attempts.slots(some);
    for (int at = 0; at < slots.length; at++) {
      claim.change(some.get(at), slots[at]);
      for (Claim input : usual.inputs()) {
        input.change(some.get(at), slots[at]);
      }
    }

    return slots;
  }

  private BitSet agreeing(List<TrainerRow> some, Claim claim, Finding usual) {
    Scored scored = new Scored(engine(usual), slots(some, claim, usual));
    BitSet agreeing = Attempts.agreeing(some, scored, usual.reading(), usual.precision());
    for (int at = 0; at < some.size(); at++) {
      if (!claim.change(some.get(at), some.get(at).slots().clone())) {
        agreeing.clear(at);
      }
    }

    return agreeing;
  }
}
