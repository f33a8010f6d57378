package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.VocabularyFeature;
import io.paritree.forest.Engine;
import io.paritree.model.rows.SpelledCell;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Finds out how the trainer read the cells that the schema refuses: as missing, as what they spell,
 * as encoded texts, or as cells of another feature. Each is a claim, checked by scoring the refused
 * rows.
 */
final class RefusedRows {
  private static final int MAX_CELLS = 5;
  private static final int MAX_LISTED = 20;
  private static final int MAX_CATEGORIES = 20_000;
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

  /** Returns what a refused cell spells, as a slot; NaN if that is a missing value or unknown. */
  private static float spelled(Feature feature, String cell) {
    if (feature instanceof TextCategoryFeature category) {
      return similar(category, cell);
    }

    float slot = Evidence.slot(feature, cell.strip());
    return Float.isNaN(slot)
        ? SpelledCell.of(cell).map(SpelledCell::value).orElse(Float.NaN)
        : slot;
  }

  private static float similar(TextCategoryFeature feature, String cell) {
    String text = cell.strip();
    int known = Math.min(feature.vocabulary().size(), MAX_CATEGORIES);
    for (int code = 0; code < known; code++) {
      String category = feature.vocabulary().get(code);
      if (category.strip().equalsIgnoreCase(text) || isSameNumber(category, text)) {
        return code;
      }
    }

    return Float.NaN;
  }

  private static boolean isSameNumber(String one, String other) {
    float number = SpelledCell.of(one).map(SpelledCell::value).orElse(Float.NaN);
    return number == SpelledCell.of(other).map(SpelledCell::value).orElse(Float.NaN);
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
    List<Claim> claims = new ArrayList<>();
    claims.add(
        new InputClaim(
            "such cells are read as missing",
            Cure.all(cures(false), "; "),
            some,
            (row, slots) -> true));
    claims.add(
        new InputClaim(
            "such cells are read as what they spell",
            Cure.all(cures(true), "; "),
            some,
            (row, slots) -> {
              for (int feature : some) {
                Feature read = evidence.feature(feature);
                if (Float.isNaN(slots[feature]) && isRefused(row, read)) {
                  slots[feature] = spelled(read, evidence.cell(row, feature));
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

  private List<Cure> cures(boolean isSpelled) {
    Map<String, Integer> byColumn = new HashMap<>();
    for (int feature = 0; feature < evidence.schema().width(); feature++) {
      byColumn.put(evidence.feature(feature).column(), feature);
    }

    Map<String, Remedy> remedies = new LinkedHashMap<>();
    for (TrainerRow row : rows) {
      for (Fault fault : row.faults()) {
        Integer feature = byColumn.get(fault.field());
        if (feature != null) {
          String cell = evidence.cell(row, feature);
          Remedy remedy = remedy(fault, feature, cell, isSpelled);
          remedies.computeIfAbsent(remedy.key(feature), key -> remedy).cells().add(cell);
        }
      }
    }

    return remedies.values().stream().map(Remedy::cure).toList();
  }

  /**
   * What to do about cells of a feature.
   *
   * @param text has a place for the cells
   * @param change does it, given the cells
   */
  private record Remedy(
      String text, boolean isList, Set<String> cells, BiConsumer<Trial, List<String>> change) {
    String key(int feature) {
      return feature + text;
    }

    Cure cure() {
      int shown = isList ? MAX_LISTED : MAX_CELLS;
      List<String> all = List.copyOf(cells);
      String list = all.stream().limit(shown).map(Cure::json).collect(Collectors.joining(", "));
      List<String> worded = isList ? all.subList(0, Math.min(shown, all.size())) : all;
      return new Cure(text.formatted(list), trial -> change.accept(trial, worded));
    }
  }

  /** Returns what to do about a fault; {@code %s} is the place of the cells. */
  private Remedy remedy(Fault fault, int index, String cell, boolean isSpelled) {
    Feature feature = evidence.feature(index);
    String name = evidence.named(index).replace("%", "%%");
    SpelledCell.Kind kind = SpelledCell.of(cell).map(SpelledCell::kind).orElse(null);
    boolean isValue = isSpelled && !Float.isNaN(spelled(feature, cell));
    return switch (fault.code()) {
      case MISSING_VALUE ->
          remedy(
              "give %s \"nullable\": true (%%s)".formatted(name),
              (trial, cells) -> trial.give(index, "nullable", "true"));
      case OUT_OF_RANGE ->
          remedy(
              "correct \"min\" and \"max\" of %s (%%s)".formatted(name),
              (trial, cells) -> {
                trial.leaveOut(index, "min");
                trial.leaveOut(index, "max");
              });
      case UNSEEN_CATEGORY ->
          isValue
              ? remedy(
                  "write the categories of %s as they are in \"categories\" (%%s)".formatted(name),
                  (trial, cells) -> trial.write(index, text -> category(feature, text, cells)))
              : remedy(
                  "give %s \"unseen\": \"missing\" (%%s)".formatted(name),
                  (trial, cells) -> trial.give(index, "unseen", "\"missing\""));
      default -> {
        if (!isValue) {
          String known = MissingClaims.listed(feature.sentinels()).replace("%", "%%");
          yield new Remedy(
              "give %s \"missing\": [%s%%s]".formatted(name, known),
              true,
              new LinkedHashSet<>(),
              (trial, cells) -> {
                String list = Cure.json(cells);
                trial.give(index, "missing", "[" + known.replace("%%", "%") + list.substring(1));
              });
        }

        boolean isTruth =
            kind == SpelledCell.Kind.BOOLEAN && feature.kind() != Feature.Kind.BOOLEAN;
        boolean isOurs = cell.equals("true") || cell.equals("false");
        if (isTruth && isOurs) {
          yield remedy(
              "give %s \"boolean\" as \"type\" (%%s)".formatted(name),
              (trial, cells) -> trial.give(index, "type", "\"boolean\""));
        }

        yield remedy(
            "%s holds %%s: %s"
                .formatted(
                    name,
                    kind == null ? "write it without blanks" : kind.cure().replace("%", "%%")),
            (trial, cells) -> trial.write(index, text -> number(feature, text, cells)));
      }
    };
  }

  private static Remedy remedy(String text, BiConsumer<Trial, List<String>> change) {
    return new Remedy(text, false, new LinkedHashSet<>(), change);
  }

  private static String category(Feature feature, String cell, List<String> cells) {
    float code = cells.contains(cell) ? spelled(feature, cell) : Float.NaN;
    return Float.isNaN(code)
        ? cell
        : String.valueOf(((VocabularyFeature) feature).vocabulary().get((int) code));
  }

  private static String number(Feature feature, String cell, List<String> cells) {
    float slot = cells.contains(cell) ? spelled(feature, cell) : Float.NaN;
    return Float.isNaN(slot) ? cell : String.valueOf(slot);
  }
}
