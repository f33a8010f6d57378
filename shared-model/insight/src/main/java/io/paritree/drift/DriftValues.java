package io.paritree.drift;

import io.paritree.profile.FeatureProfile;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import io.paritree.rule.Reading;
import io.paritree.rule.RuleValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** What rules about drift ask of a profile and its comparisons. Immutable and thread-safe. */
public final class DriftValues implements RuleValues {
  private final Profile profile;
  private final boolean isOfFields; // whatever names they have
  private final List<String> fields;
  private final Map<String, Shares> shares;
  private final Map<String, OutputProfile> outputs;
  private final Map<String, Compared> drifts;
  private final Map<String, String> absences;
  private final Noise noise;

  /** A comparison, by the names of its subjects. */
  private record Compared(
      Drift drift, Map<String, FieldDrift> fields, Map<String, OutputDrift> outputs) {}

  /**
   * @param drifts of the profile, each with another baseline
   * @param absences why there are no others, by baseline
   */
  public DriftValues(Profile profile, List<Drift> drifts, Map<String, String> absences) {
    this.profile = profile;
    this.isOfFields = false;
    this.shares = new HashMap<>();
    this.outputs = Subjects.outputs(profile);
    this.drifts = new HashMap<>();
    this.absences = Map.copyOf(absences);
    this.noise = new Noise(profile.features().size());
    for (FeatureProfile feature : profile.features()) {
      shares.put(feature.feature(), Shares.of(profile, feature.field(), List.of(feature)));
    }

    Map<String, List<FeatureProfile>> byField = Subjects.byField(profile);
    byField.forEach((field, features) -> shares.put(field, Shares.of(profile, field, features)));
    this.fields = List.copyOf(byField.keySet());
    drifts.forEach(drift -> this.drifts.put(drift.baseline(), compared(drift)));
  }

  private DriftValues(DriftValues all) {
    this.profile = all.profile;
    this.isOfFields = true;
    this.fields = all.fields;
    this.shares = all.shares;
    this.outputs = Map.of();
    this.drifts = new HashMap<>();
    all.drifts.forEach(
        (name, own) -> drifts.put(name, new Compared(own.drift, own.fields, Map.of())));
    this.absences = all.absences;
    this.noise = all.noise;
  }

  private static Compared compared(Drift drift) {
    Map<String, FieldDrift> fields = new HashMap<>();
    for (FieldDrift field : drift.fields()) {
      field.features().forEach(feature -> fields.put(feature.name(), feature));
    }

    drift.fields().forEach(field -> fields.put(field.name(), field));
    Map<String, OutputDrift> outputs = new LinkedHashMap<>();
    drift.outputs().forEach(output -> outputs.put(output.subject(), output));
    return new Compared(drift, fields, outputs);
  }

  @Override
  public List<String> subjects(String word) {
    return switch (word) {
      case DriftWords.ANY -> fields;
      case DriftWords.SCORE -> List.copyOf(outputs.keySet());
      default -> List.of(word);
    };
  }

  /** A field may be named as the rows or a score are. */
  @Override
  public RuleValues of(String word) {
    return word.equals(DriftWords.ANY) ? new DriftValues(this) : this;
  }

  private boolean isRows(String subject) {
    return !isOfFields && subject.equals(DriftWords.ROWS);
  }

  @Override
  public Reading value(String subject, String measure) {
    if (isRows(subject)) {
      return Reading.of(profile.rows());
    }

    OutputProfile output = outputs.get(subject);
    if (output != null) {
      return measure.equals(DriftWords.MEAN)
          ? mean(output.mean())
          : above(OutputDrift.above(output, profile.scored()));
    }

    return profile.rows() == 0
        ? Reading.absent("there are no rows")
        : Reading.of(shares.get(subject).of(measure));
  }

  private static Reading mean(double mean) {
    return Double.isNaN(mean) ? Reading.absent("no row was scored") : Reading.of(mean);
  }

  private static Reading above(OptionalDouble share) {
    return share.isPresent()
        ? Reading.of(share.getAsDouble())
        : Reading.absent("no row was scored, or the model has no threshold");
  }

  @Override
  public Reading inBaseline(String subject, String measure, String baseline) {
    Compared compared = drifts.get(baseline);
    if (compared == null) {
      return absent(baseline);
    }

    if (isRows(subject)) {
      double rows = compared.drift.rows();
      return rows == 0 ? Reading.absent(baseline + " has no row") : Reading.of(rows);
    }

    OutputDrift output = compared.outputs.get(subject);
    if (output != null) {
      return measure.equals(DriftWords.MEAN) ? mean(output.mean()) : above(output.above());
    }

    Optional<Shares> there = compared.fields.get(subject).baseline();
    if (there.isEmpty() || there.get().rows() == 0) {
      return Reading.absent(baseline + (there.isEmpty() ? " does not have it" : " has no rows"));
    }

    double share = there.get().of(measure);
    double chance = noise.ofShare(share, profile.rows(), there.get().rows());
    return Double.isInfinite(chance)
        ? Reading.absent(
            "%s rows are too few to compare with %s".formatted(profile.rows(), baseline))
        : Reading.of(share, chance);
  }

  @Override
  public Reading comparison(String subject, String measure, String baseline) {
    Compared compared = drifts.get(baseline);
    if (compared == null) {
      return absent(baseline);
    }

    FieldDrift field = compared.fields.get(subject);
    if (field != null && measure.equals(DriftWords.IMPACT)) {
      OptionalDouble impact = field.impact();
      return impact.isPresent()
          ? Reading.of(Math.abs(impact.getAsDouble()))
          : notExplained(compared.drift);
    }

    OutputDrift output = compared.outputs.get(subject);
    Optional<Shift> shift = output == null ? field.shift() : output.shift();
    return shift
        .map(each -> shifted(each, measure))
        .orElseGet(() -> Reading.absent(output == null ? field.notShifted() : output.notShifted()));
  }

  private static Reading notExplained(Drift drift) {
    return Reading.absent(
        drift.notExplained().isEmpty()
            ? "an offset has no contributions: it is part of the base"
            : drift.notExplained());
  }

  private static Reading shifted(Shift shift, String measure) {
    return switch (measure) {
      case DriftWords.PSI -> Reading.of(shift.psi(), shift.noise());
      case DriftWords.JS -> Reading.of(shift.js());
      case DriftWords.LINF -> Reading.of(shift.linf());
      default -> throw new IllegalArgumentException("Cannot read the measure " + measure);
    };
  }

  private Reading absent(String baseline) {
    return Reading.absent(absences.getOrDefault(baseline, "there is no " + baseline));
  }

  /** Returns the shares of each field of the profile, in the order of the model. */
  public Map<String, Shares> shares() {
    Map<String, Shares> ordered = new LinkedHashMap<>();
    new ArrayList<>(fields).forEach(field -> ordered.put(field, shares.get(field)));
    return ordered;
  }
}
