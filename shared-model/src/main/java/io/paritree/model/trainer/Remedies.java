package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.feature.Feature;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.VocabularyFeature;
import io.paritree.model.rows.SpelledCell;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** What to do about cells that the schema refuses and the trainer read. */
final class Remedies {
  private static final int MAX_CELLS = 5;
  private static final int MAX_LISTED = 20;
  private static final int MAX_CATEGORIES = 20_000;

  private final Evidence evidence;

  Remedies(Evidence evidence) {
    this.evidence = evidence;
  }

  /** Returns what a refused cell spells, as a slot; NaN if that is a missing value or unknown. */
  static float spelled(Feature feature, String cell) {
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
   * Returns what to do about the cells of some rows, so that they are read as the trainer did.
   *
   * @param rows that the schema refuses
   * @param isSpelled whether that is what the cells spell; otherwise they are missing
   */
  List<Cure> cures(List<TrainerRow> rows, boolean isSpelled) {
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
