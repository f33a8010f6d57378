package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.model.rows.SpelledCell;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds out how the trainer read the cells that the schema refuses: as missing, as what they spell,
 * as encoded texts, or as those of another feature. Each is a claim, checked by scoring the refused
 * rows.
 */
final class RefusedRows {
  private static final int MAX_CELLS = 5;
  private static final int MAX_CATEGORIES = 20_000;
  private static final int PROBES = 16;
  private static final long MAX_WALKS = 20_000_000;

  /** The share of the refused rows that must agree for a way to read them to be named. */
  private static final double LEAST_AGREEING = 0.3;

  private final Evidence evidence;
  private final List<TrainerRow> rows;

  private record Reading(String text, Evidence evidence, boolean isSpelled) implements Claim {
    @Override
    public void change(TrainerRow row, float[] slots) {
      for (int feature = 0; feature < slots.length && isSpelled; feature++) {
        Feature read = evidence.feature(feature);
        if (Float.isNaN(slots[feature]) && isRefused(row, read)) {
          slots[feature] = spelled(read, row.cells()[evidence.field(feature)]);
        }
      }
    }
  }

  private record Encoded(String text, Evidence evidence, Map<Integer, Map<String, Float>> codes)
      implements Claim {
    @Override
    public void change(TrainerRow row, float[] slots) {
      codes.forEach(
          (feature, code) ->
              slots[feature] = code.getOrDefault(row.cells()[evidence.field(feature)], Float.NaN));
    }
  }

  RefusedRows(Evidence evidence) {
    this.evidence = evidence;
    this.rows =
        evidence.refused().stream()
            .filter(
                row ->
                    row.faults().stream()
                        .noneMatch(fault -> fault.code() == FaultCode.MALFORMED_RECORD))
            .toList();
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
   * Returns how the trainer read the refused cells, in one line; empty if neither way agrees with
   * the predictions.
   *
   * @param usual what explains the rows that are not refused
   */
  String text(Search.Explanation usual) {
    if (rows.isEmpty()) {
      return "";
    }

    Reading missing = new Reading("as missing", evidence, false);
    Reading spelled = new Reading("as what they spell", evidence, true);
    int asMissing = agreeing(missing, usual);
    int asSpelled = agreeing(spelled, usual);
    int most = Math.max(asMissing, asSpelled);
    String other = otherwise(usual, most);
    if (!other.isEmpty()) {
      return other;
    }

    if (most < LEAST_AGREEING * rows.size()) {
      return "";
    }

    boolean isSpelled = asSpelled > asMissing;
    return "%s of %s refused rows agree with the predictions if such cells are read %s: %s"
        .formatted(
            most,
            rows.size(),
            isSpelled ? spelled.text() : missing.text(),
            String.join("; ", cures(isSpelled)));
  }

  /**
   * Returns which texts the trainer encoded, in which zone it read timestamps, or which columns it
   * exchanged; empty if that lets no more rows agree.
   */
  private String otherwise(Search.Explanation usual, int least) {
    Set<Integer> refused = new TreeSet<>();
    for (int feature = 0; feature < evidence.schema().width(); feature++) {
      Feature read = evidence.feature(feature);
      if (rows.stream().filter(row -> isRefused(row, read)).count() * 2 > rows.size()) {
        refused.add(feature);
      }
    }

    long walks = (long) PROBES * (evidence.sealing().forest().trees() + evidence.schema().width());
    List<Claim> claims = new ArrayList<>();
    claims.add(encoded(refused));
    claims.addAll(ColumnClaims.zones(evidence));
    ColumnClaims.exchanges(evidence, refused).stream()
        .limit(MAX_WALKS / walks)
        .forEach(claims::add);
    List<TrainerRow> probes = rows.subList(0, Math.min(PROBES, rows.size()));
    String found = "";
    int most = least;
    for (Claim claim : claims) {
      int agree = agreeing(probes, claim, usual) > 0 ? agreeing(rows, claim, usual) : 0;
      if (agree > most && agree >= LEAST_AGREEING * rows.size()) {
        most = agree;
        found =
            "%s of %s refused rows agree with the predictions: %s"
                .formatted(agree, rows.size(), claim.text());
      }
    }

    return found;
  }

  /** Returns that the texts in columns of numbers were encoded, as far as the rows show all. */
  private Claim encoded(Set<Integer> refused) {
    Map<Integer, Map<String, Float>> codes = new TreeMap<>();
    List<String> names = new ArrayList<>();
    for (int feature : refused) {
      if (evidence.feature(feature) instanceof NumberFeature) {
        Set<String> sorted = new TreeSet<>();
        rows.forEach(row -> sorted.add(row.cells()[evidence.field(feature)]));
        sorted.remove("");
        Map<String, Float> code = new HashMap<>();
        sorted.forEach(cell -> code.put(cell, (float) code.size()));
        codes.put(feature, code);
        names.add("'" + Fault.printable(evidence.feature(feature).name()) + "'");
      }
    }

    return new Encoded(
        "the trainer encoded the texts of %s as numbers, from 0 in ascending order, as LabelEncoder does, which no key of the schema does: write the numbers"
            .formatted(String.join(", ", names)),
        evidence,
        codes);
  }

  private int agreeing(Claim reading, Search.Explanation usual) {
    return agreeing(rows, reading, usual);
  }

  private int agreeing(List<TrainerRow> rows, Claim reading, Search.Explanation usual) {
    int width = evidence.schema().width();
    float[] slots = Search.slots(rows, width);
    float[] one = new float[width];
    for (int at = 0; at < rows.size(); at++) {
      System.arraycopy(slots, at * width, one, 0, width);
      reading.change(rows.get(at), one);
      for (Claim claim : usual.inputs()) {
        claim.change(rows.get(at), one);
      }

      System.arraycopy(one, 0, slots, at * width, width);
    }

    Scored scored =
        new Scored(usual.forest().engine(evidence.sealing().forest()), slots, rows.size());
    int agree = 0;
    for (int at = 0; at < rows.size(); at++) {
      boolean agrees = usual.reading().agrees(rows.get(at), scored, at, usual.precision());
      agree += agrees ? 1 : 0;
    }

    return agree;
  }

  private List<String> cures(boolean isSpelled) {
    Map<String, Feature> byColumn = new HashMap<>();
    evidence.schema().features().forEach(feature -> byColumn.put(feature.column(), feature));
    Map<String, Set<String>> cells = new LinkedHashMap<>();
    for (TrainerRow row : rows) {
      for (Fault fault : row.faults()) {
        Feature feature = byColumn.get(fault.field());
        if (feature == null) {
          continue;
        }

        String cell = row.cells()[evidence.schema().fieldIndex(fault.field())];
        Set<String> shown =
            cells.computeIfAbsent(
                cure(fault, feature, cell, isSpelled), key -> new LinkedHashSet<>());
        if (shown.size() < MAX_CELLS) {
          shown.add("\"" + Fault.printable(cell) + "\"");
        }
      }
    }

    List<String> cures = new ArrayList<>();
    cells.forEach((cure, shown) -> cures.add(cure.formatted(String.join(", ", shown))));
    return cures;
  }

  /**
   * Returns what to do about a fault; {@code %s} is the place of the cells, whose % signs are
   * doubled.
   */
  private static String cure(Fault fault, Feature feature, String cell, boolean isSpelled) {
    String name = "'" + Fault.printable(feature.name()).replace("%", "%%") + "'";
    SpelledCell.Kind kind = SpelledCell.of(cell).map(SpelledCell::kind).orElse(null);
    boolean isValue = isSpelled && !Float.isNaN(spelled(feature, cell));
    return switch (fault.code()) {
      case MISSING_VALUE -> "give %s \"nullable\": true (%%s)".formatted(name);
      case OUT_OF_RANGE -> "correct \"min\" and \"max\" of %s (%%s)".formatted(name);
      case UNSEEN_CATEGORY ->
          isValue
              ? "write the categories of %s as they are in \"categories\" (%%s)".formatted(name)
              : "give %s \"unseen\": \"missing\" or \"missing\": [%%s]".formatted(name);
      default -> {
        if (!isValue) {
          yield "give %s \"missing\": [%%s]".formatted(name);
        }

        boolean isTruth =
            kind == SpelledCell.Kind.BOOLEAN && feature.kind() != Feature.Kind.BOOLEAN;
        boolean isOurs = cell.equals("true") || cell.equals("false");
        yield isTruth && isOurs
            ? "give %s \"boolean\" as \"type\" (%%s)".formatted(name)
            : "%s holds %%s: %s"
                .formatted(
                    name,
                    kind == null ? "write it without blanks" : kind.cure().replace("%", "%%"));
      }
    };
  }
}
