package io.paritree.comparison;

import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TableFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.Unseen;
import io.paritree.feature.VocabularyFeature;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What changes of a feature that both models read from one field, and that is of one type. */
record FeatureDifference(Feature from, Feature to) {
  private static final int SHOWN = 5;

  /** Returns the type of the values of a feature, in words. */
  static String type(Feature feature) {
    return switch (feature.kind()) {
      case NUMBER -> feature instanceof OffsetFeature ? "an offset" : "a number";
      case BOOLEAN -> "a boolean";
      case TEXT_CATEGORY -> "a category of text";
      case INTEGER_CATEGORY -> "a category of whole numbers";
      case CATEGORY_CODE -> "a category as code";
      case TIMESTAMP -> "a timestamp";
      case MAPPED, STEPS -> TableDifference.type(feature);
    };
  }

  /** Returns what a feature takes from a value: a part of a timestamp, otherwise all of it. */
  static String part(Feature feature) {
    if (feature instanceof TimestampFeature timestamp) {
      return timestamp.part().key();
    }

    return feature instanceof TableFeature table ? TableDifference.part(table) : "value";
  }

  List<ContractChange> changes() {
    List<ContractChange> changes = new ArrayList<>();
    if (!from.sentinels().equals(to.sentinels())) {
      changes.add(
          changed(
              "missing_changed",
              "from %s to %s".formatted(listed(from.sentinels()), listed(to.sentinels())),
              refusedSentinels()));
    }

    switch (from.kind()) {
      case NUMBER -> numbers((NumberFeature) from, (NumberFeature) to, changes);
      case TEXT_CATEGORY, INTEGER_CATEGORY ->
          categories((VocabularyFeature) from, (VocabularyFeature) to, changes);
      case TIMESTAMP -> {
        String before = zone(from);
        String now = zone(to);
        if (!before.equals(now)) {
          boolean refusesInstants = ((TimestampFeature) to).zone().isEmpty();
          changes.add(
              changed(
                  "zone_changed",
                  "from %s to %s".formatted(before, now),
                  refusesInstants ? Set.of(FaultCode.BAD_TIMESTAMP) : Set.of()));
        }
      }
      case BOOLEAN, CATEGORY_CODE -> {}
      case MAPPED, STEPS ->
          new TableDifference((TableFeature) from, (TableFeature) to).add(changes);
    }

    if (from.ifMissing() != to.ifMissing() && (from.fillsMissing() || to.fillsMissing())) {
      changes.add(
          changed("if_missing_changed", "from %s to %s".formatted(filled(from), filled(to))));
    }

    return changes;
  }

  private static String filled(Feature feature) {
    return feature.fillsMissing() ? String.valueOf(feature.ifMissing()) : "missing";
  }

  private ContractChange changed(String kind, String detail) {
    return changed(kind, detail, Set.of());
  }

  /**
   * Returns a change after which values mean other slots, or are refused.
   *
   * @param faults of rows that it may refuse; none if it refuses no row
   */
  private ContractChange changed(String kind, String detail, Set<FaultCode> faults) {
    return faults.isEmpty()
        ? ContractChange.of(kind, from.column(), Effect.MEANING, detail)
        : byData(kind, detail, Effect.MEANING, faults);
  }

  private ContractChange byData(
      String kind, String detail, Effect otherwise, Set<FaultCode> faults) {
    Set<String> codes = faults.stream().map(FaultCode::code).collect(Collectors.toSet());
    return ContractChange.byData(
        kind, from.column(), detail, new ContractChange.Refusing(codes, otherwise));
  }

  /** Returns the faults of values that only one of the features takes for missing. */
  private Set<FaultCode> refusedSentinels() {
    Set<FaultCode> refused = EnumSet.noneOf(FaultCode.class);
    boolean hasMore =
        !from.sentinels().numbers().containsAll(to.sentinels().numbers())
            || !from.sentinels().texts().containsAll(to.sentinels().texts());
    if (hasMore && !to.nullable()) {
      refused.add(FaultCode.MISSING_VALUE);
    }

    if (!from.nullable()) {
      return refused; // their rows were refused before
    }

    Faults faults = new Faults();
    from.sentinels().numbers().forEach(number -> to.number(number, faults));
    for (String text : from.sentinels().texts()) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      to.text(utf8, 0, utf8.length, faults);
    }

    faults.forEach((code, field) -> refused.add(code));
    return refused;
  }

  private static String listed(Sentinels missing) {
    List<String> values =
        Stream.concat(
                missing.numbers().stream().sorted().map(String::valueOf),
                missing.texts().stream().sorted().map("\"%s\""::formatted))
            .toList();
    return values.isEmpty() ? "none" : shown(values);
  }

  private static String zone(Feature feature) {
    return ((TimestampFeature) feature).zone().map(zone -> zone.getId()).orElse("none");
  }

  private void numbers(NumberFeature before, NumberFeature now, List<ContractChange> changes) {
    boolean minNarrows = now.min() > before.min();
    boolean maxNarrows = now.max() < before.max();
    if (minNarrows && maxNarrows) { // a fault does not say which of them a value is beyond
      String detail = "from %s to %s".formatted(range(before), range(now));
      changes.add(narrowed("range_narrowed", detail));
    } else {
      bound("min", before.min(), now.min(), minNarrows, changes);
      bound("max", before.max(), now.max(), maxNarrows, changes);
    }

    if (before instanceof OffsetFeature offset
        && now instanceof OffsetFeature other
        && offset.nullable()
        && other.nullable()
        && offset.whereMissing() != other.whereMissing()) {
      changes.add(
          changed(
              "default_changed",
              "from %s to %s".formatted(offset.whereMissing(), other.whereMissing())));
    }
  }

  private void bound(
      String name, float before, float now, boolean isNarrower, List<ContractChange> changes) {
    if (before == now) {
      return;
    }

    String detail = "from %s to %s".formatted(bound(before), bound(now));
    changes.add(
        isNarrower
            ? narrowed(name + "_narrowed", detail)
            : ContractChange.of(name + "_widened", from.column(), Effect.COMPATIBLE, detail));
  }

  private ContractChange narrowed(String kind, String detail) {
    return byData(kind, detail, Effect.COMPATIBLE, Set.of(FaultCode.OUT_OF_RANGE));
  }

  private static String range(NumberFeature feature) {
    return "%s to %s".formatted(bound(feature.min()), bound(feature.max()));
  }

  private static String bound(float value) {
    return Float.isInfinite(value) ? "none" : String.valueOf(value);
  }

  private void categories(
      VocabularyFeature before, VocabularyFeature now, List<ContractChange> changes) {
    List<String> from = texts(before);
    List<String> to = texts(now);
    List<String> gone = without(from, to);
    boolean refuses = now.unseen() instanceof Unseen.Reject;
    boolean refusedBefore = before.unseen() instanceof Unseen.Reject;
    if (!gone.isEmpty()) {
      String where = refuses ? "%s are refused now" : "%s are unseen now";
      changes.add(
          refuses && refusedBefore
              ? byData(
                  "categories_removed",
                  where.formatted(shown(gone)),
                  Effect.COMPATIBLE,
                  Set.of(FaultCode.UNSEEN_CATEGORY))
              : changed("categories_removed", where.formatted(shown(gone))));
    }

    List<String> come = without(to, from);
    if (!come.isEmpty()) {
      changes.add(
          ContractChange.of("categories_added", before.column(), Effect.COMPATIBLE, shown(come)));
    }

    List<String> kept = without(from, gone);
    List<String> keptNow = without(to, come);
    if (!kept.equals(keptNow)) {
      changes.add(
          changed("categories_reordered", "from %s to %s".formatted(shown(kept), shown(keptNow))));
    }

    if (!before.unseen().equals(now.unseen())) {
      changes.add(
          changed(
              "unseen_changed",
              "from %s to %s".formatted(text(before.unseen()), text(now.unseen())),
              refuses ? Set.of(FaultCode.UNSEEN_CATEGORY) : Set.of()));
    }
  }

  /** Returns the values of a list that are not in another, in their order. */
  static List<String> without(List<String> values, List<String> others) {
    Set<String> known = new HashSet<>(others);
    return values.stream().filter(value -> !known.contains(value)).toList();
  }

  private static List<String> texts(VocabularyFeature feature) {
    return feature.vocabulary().stream().map(String::valueOf).toList();
  }

  private static String text(Unseen unseen) {
    if (unseen instanceof Unseen.Category other) {
      return "as '%s'".formatted(other.category());
    }

    return unseen instanceof Unseen.Missing ? "missing" : "reject";
  }

  private static String shown(List<String> values) {
    String more = values.size() > SHOWN ? " and %s more".formatted(values.size() - SHOWN) : "";
    return String.join(", ", values.subList(0, Math.min(SHOWN, values.size()))) + more;
  }
}
