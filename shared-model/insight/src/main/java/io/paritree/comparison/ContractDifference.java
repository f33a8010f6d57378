package io.paritree.comparison;

import io.paritree.FaultCode;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.model.manifest.Outputs;
import io.paritree.model.manifest.ReasonRule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds what another model changes of the contract, and says what each change means to users. */
final class ContractDifference {
  private static final String IGNORED =
      "callers that send it are refused, unless records.unknown-fields is ignore";

  private final Contracted champion;
  private final Contracted challenger;
  private final Set<ContractChange> changes = new LinkedHashSet<>();

  /**
   * What users know of a model.
   *
   * @param rules one for each feature
   * @param objective as XGBoost names it
   */
  record Contracted(Schema schema, List<ReasonRule> rules, Outputs outputs, String objective) {
    ReasonRule rule(Feature feature) {
      return rules.get(schema.features().indexOf(feature));
    }
  }

  ContractDifference(Contracted champion, Contracted challenger) {
    this.champion = champion;
    this.challenger = challenger;
  }

  Contract contract() {
    for (Field field : champion.schema.fields()) {
      int place = challenger.schema.fieldIndex(field.column());
      if (place < 0) {
        changes.add(
            ContractChange.of(
                "field_removed",
                field.column(),
                Effect.COMPATIBLE,
                Effect.BREAKING,
                "it is not read any more; " + IGNORED));
      } else {
        compare(field, challenger.schema.fields().get(place));
      }
    }

    for (Field field : challenger.schema.fields()) {
      if (champion.schema.fieldIndex(field.column()) < 0) {
        add(field);
      }
    }

    outputs();
    return new Contract(new ArrayList<>(changes));
  }

  private void add(Field field) {
    String types = types(field);
    if (isNullable(field)) {
      changes.add(
          ContractChange.of(
              "field_added",
              field.column(),
              Effect.NEEDS_COLUMN,
              Effect.COMPATIBLE,
              "%s, which may be missing; a table must have the column".formatted(types)));
    } else {
      change("field_added", field, Effect.BREAKING, "%s, which must have a value".formatted(types));
    }
  }

  private static boolean isNullable(Field field) {
    return field.features().stream().allMatch(Feature::nullable);
  }

  private static String types(Field field) {
    return field.features().stream()
        .map(FeatureDifference::type)
        .distinct()
        .sorted()
        .collect(Collectors.joining(" and "));
  }

  private void compare(Field from, Field to) {
    String before = types(from);
    String now = types(to);
    if (!before.equals(now)) {
      change("type_changed", from, Effect.BREAKING, "from %s to %s".formatted(before, now));
      return;
    }

    if (isNullable(from) && !isNullable(to)) {
      changes.add(
          ContractChange.byData(
              "value_required",
              from.column(),
              "a missing value is refused now",
              new ContractChange.Refusing(
                  Set.of(FaultCode.MISSING_VALUE.code()), Effect.COMPATIBLE)));
    } else if (!isNullable(from) && isNullable(to)) {
      change("value_optional", from, Effect.COMPATIBLE, "a missing value is accepted now");
    }

    parts(from, to);
    List<Feature> rest = new ArrayList<>(to.features());
    for (Feature feature : from.features()) {
      Optional<Feature> same = partner(feature, rest);
      if (same.isPresent()) {
        rest.remove(same.get());
        changes.addAll(new FeatureDifference(feature, same.get()).changes());
        rules(from, champion.rule(feature), challenger.rule(same.get()));
      }
    }
  }

  /** Returns the feature that takes the place of another of the same field, if one does. */
  private static Optional<Feature> partner(Feature feature, List<Feature> others) {
    List<Feature> alike =
        others.stream()
            .filter(other -> other.kind() == feature.kind())
            .filter(other -> FeatureDifference.part(other).equals(FeatureDifference.part(feature)))
            .toList();
    return alike.stream()
        .filter(other -> other.name().equals(feature.name()))
        .findFirst()
        .or(() -> alike.stream().findFirst());
  }

  private void parts(Field from, Field to) {
    List<String> before = parts(from);
    List<String> now = parts(to);
    if (!before.equals(now)) {
      change("parts_changed", from, Effect.MEANING, "read as %s, now as %s".formatted(before, now));
    }
  }

  private static List<String> parts(Field field) {
    return field.features().stream().map(FeatureDifference::part).sorted().toList();
  }

  private void rules(Field field, ReasonRule before, ReasonRule now) {
    if (!before.group().equals(now.group())) {
      change(
          "group_changed",
          field,
          Effect.NOTE,
          "from %s to %s".formatted(group(before), group(now)));
    }

    boolean isSame =
        before.never() == now.never()
            && before.up().equals(now.up())
            && before.down().equals(now.down());
    if (!isSame) {
      change("reason_changed", field, Effect.NOTE, "it is named otherwise as a reason");
    }
  }

  private static String group(ReasonRule rule) {
    return rule.group().map(group -> "group '%s'".formatted(group)).orElse("no group");
  }

  private void change(String kind, Field field, Effect effect, String detail) {
    changes.add(ContractChange.of(kind, field.column(), effect, detail));
  }

  private void outputs() {
    Outputs before = champion.outputs;
    Outputs now = challenger.outputs;
    if (!champion.objective.equals(challenger.objective)) {
      changes.add(
          ContractChange.of(
              "objective_changed",
              "",
              Effect.MEANING,
              "from %s to %s".formatted(champion.objective, challenger.objective)));
    }

    names("output", Outputs::names, "the columns and members of scores");
    names("class", Outputs::classes, "the labels");
    boolean isBinary = before.kind() == Outputs.Kind.BINARY && now.kind() == Outputs.Kind.BINARY;
    if (isBinary && before.threshold() != now.threshold()) {
      changes.add(
          ContractChange.of(
              "threshold_changed",
              "",
              Effect.MEANING,
              "from %s to %s".formatted(before.threshold(), now.threshold())));
    }

    if (!before.calibration().equals(now.calibration())) {
      changes.add(
          ContractChange.of(
              "calibration_changed",
              "",
              Effect.MEANING,
              "from %s to %s".formatted(before.calibration(), now.calibration())));
    }
  }

  private void names(String what, Function<Outputs, List<String>> names, String users) {
    List<String> before = names.apply(champion.outputs);
    List<String> now = names.apply(challenger.outputs);
    List<String> gone = FeatureDifference.without(before, now);
    List<String> come = FeatureDifference.without(now, before);
    if (before.size() == now.size() && places(gone, before).equals(places(come, now))) {
      for (int index = 0; index < gone.size(); index++) {
        breaks(what + "_renamed", gone.get(index), "to '%s'".formatted(come.get(index)), users);
      }
    } else {
      gone.forEach(name -> breaks(what + "_removed", name, "it is not answered any more", users));
      come.forEach(name -> breaks(what + "_added", name, "it was not answered before", users));
    }

    List<String> kept = FeatureDifference.without(before, gone);
    List<String> keptNow = FeatureDifference.without(now, come);
    if (!kept.equals(keptNow)) {
      breaks(what + "_reordered", "", "from %s to %s".formatted(kept, keptNow), users);
    }
  }

  private static List<Integer> places(List<String> some, List<String> all) {
    return some.stream().map(all::indexOf).toList();
  }

  private void breaks(String kind, String subject, String detail, String users) {
    changes.add(
        ContractChange.of(
            kind, subject, Effect.BREAKING, "%s; it is one of %s".formatted(detail, users)));
  }
}
