package io.paritree.comparison;

import io.paritree.FaultCode;
import io.paritree.feature.Feature;
import io.paritree.feature.MappedFeature;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.TableFeature;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What changes of a feature that both models read by a table or by steps, and that is of one type.
 * Slots are a matter of each model: other ones mean nothing to those who send values.
 */
record TableDifference(TableFeature from, TableFeature to) {

  /** Returns the type of the values of a table, in words. */
  static String type(Feature feature) {
    return switch (feature.values()) {
      case NUMBER -> "a number";
      case WHOLE -> feature instanceof StepsFeature ? "a number" : "a category of whole numbers";
      case TRUTH -> "a boolean";
      case TEXT -> "a category of text";
      case TIME -> "a timestamp";
      case ANY -> "any value";
    };
  }

  /** Returns what a table takes from a value. */
  static String part(TableFeature feature) {
    if (feature instanceof MappedFeature mapped) {
      return mapped.source().part().map(part -> "table of " + part.key()).orElse("table");
    }

    return "steps";
  }

  void add(List<ContractChange> changes) {
    if (!from.zone().equals(to.zone())) {
      changes.add(
          changed(
              "zone_changed",
              to.zone().isPresent() ? Set.of() : Set.of(FaultCode.BAD_TIMESTAMP),
              "from %s to %s".formatted(zone(from), zone(to))));
    }

    if (from instanceof MappedFeature before && to instanceof MappedFeature now) {
      mapped(before, now, changes);
    } else {
      steps((StepsFeature) from, (StepsFeature) to, changes);
    }
  }

  private static void steps(StepsFeature before, StepsFeature now, List<ContractChange> changes) {
    if (before.of() != now.of() || before.min() != now.min() || before.max() != now.max()) {
      changes.add(
          refusing(
              "steps_changed",
              before,
              "the allowed values are others",
              Set.of(FaultCode.OUT_OF_RANGE, FaultCode.WRONG_TYPE)));
    }

    if (!before.steps().equals(now.steps())) {
      changes.add(
          refusing(
              "steps_changed",
              before,
              "%s steps, now %s".formatted(before.steps().size(), now.steps().size()),
              Set.of(FaultCode.OUT_OF_RANGE)));
    }
  }

  private static void mapped(
      MappedFeature before, MappedFeature now, List<ContractChange> changes) {
    Set<String> gone = texts(before);
    gone.removeAll(texts(now));
    if (!gone.isEmpty()) {
      changes.add(
          refusing(
              "categories_removed",
              before,
              "%s of its values".formatted(gone.size()),
              now.other().isRejected() ? Set.of(FaultCode.UNSEEN_CATEGORY) : Set.of()));
    }

    Set<String> come = texts(now);
    come.removeAll(texts(before));
    if (!come.isEmpty()) {
      changes.add(
          ContractChange.of(
              "categories_added",
              before.column(),
              Effect.COMPATIBLE,
              "%s further values".formatted(come.size())));
    }

    if (before.other().isRejected() != now.other().isRejected()) {
      changes.add(
          refusing(
              "unseen_changed",
              before,
              now.other().isRejected()
                  ? "any other value is refused now"
                  : "any value is accepted now",
              now.other().isRejected() ? Set.of(FaultCode.UNSEEN_CATEGORY) : Set.of()));
    }

    if (!slots(before).equals(slots(now))) {
      changes.add(
          ContractChange.of(
              "slots_changed", before.column(), Effect.MEANING, "values have other slots"));
    }
  }

  private static List<Object> slots(MappedFeature feature) {
    return List.of(feature.entries(), feature.other());
  }

  private static Set<String> texts(MappedFeature feature) {
    return feature.entries().stream()
        .filter(entry -> !entry.slot().isRejected())
        .map(entry -> String.valueOf(entry.value()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String zone(Feature feature) {
    return feature.zone().map(zone -> zone.getId()).orElse("none");
  }

  private ContractChange changed(String kind, Set<FaultCode> faults, String detail) {
    return refusing(kind, from, detail, faults);
  }

  private static ContractChange refusing(
      String kind, Feature feature, String detail, Set<FaultCode> faults) {
    if (faults.isEmpty()) {
      return ContractChange.of(kind, feature.column(), Effect.MEANING, detail);
    }

    Set<String> codes = faults.stream().map(FaultCode::code).collect(Collectors.toSet());
    return ContractChange.byData(
        kind, feature.column(), detail, new ContractChange.Refusing(codes, Effect.MEANING));
  }
}
