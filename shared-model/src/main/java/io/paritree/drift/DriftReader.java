package io.paritree.drift;

import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.StrictJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads what {@link Drift} writes; members that this version does not know are ignored. For one
 * document.
 */
final class DriftReader {
  private final StrictJson json;
  private final Predicate<String> fields;

  /**
   * @param fields says which fields are read
   */
  DriftReader(StrictJson json, Predicate<String> fields) {
    this.json = json;
    this.fields = fields;
  }

  /** The members of an object that are numbers, by their names. */
  private final class Reals {
    private final Map<String, Double> values = new HashMap<>();
    private final Map<String, StrictJson.Value> members = new HashMap<>();

    Reals(String... names) {
      for (String name : names) {
        members.put(name, () -> values.put(name, json.realDouble()));
      }
    }

    Reals and(String name, StrictJson.Value other) {
      members.put(name, other);
      return this;
    }

    JsonMembers read() throws BrokenJsonException {
      return new JsonMembers(json, Set.of(), members).read();
    }

    double number(String name) {
      return values.getOrDefault(name, Double.NaN);
    }

    OptionalDouble optional(String name) {
      return values.containsKey(name)
          ? OptionalDouble.of(values.get(name))
          : OptionalDouble.empty();
    }

    /** Returns the measures that {@link Shift} has written; empty if there are none. */
    Optional<Shift> shift() {
      return values.containsKey("psi")
          ? Optional.of(new Shift(number("psi"), number("noise"), number("js"), number("linf")))
          : Optional.empty();
    }
  }

  Drift read() throws BrokenJsonException {
    List<String> partitions = new ArrayList<>();
    List<FieldDrift> read = new ArrayList<>();
    List<OutputDrift> outputs = new ArrayList<>();
    List<MarginDrift> margins = new ArrayList<>();
    Reals reals =
        new Reals("rows")
            .and("partitions", () -> json.list(() -> partitions.add(json.text())))
            .and("fields", () -> json.list(() -> readField(read)))
            .and("outputs", () -> json.list(() -> outputs.add(output())))
            .and("margins", () -> json.list(() -> margins.add(margin())));
    JsonMembers members = reals.read();
    return new Drift(
        members.text("baseline"),
        partitions,
        reals.number("rows"),
        read,
        outputs,
        margins,
        members.text("not_explained", ""));
  }

  private void readField(List<FieldDrift> read) throws BrokenJsonException {
    if (json.early("field").filter(fields.negate()).isPresent()) {
      json.skip();
    } else {
      read.add(field("field"));
    }
  }

  private FieldDrift field(String kind) throws BrokenJsonException {
    List<Shares> baseline = new ArrayList<>();
    List<Double> impacts = new ArrayList<>();
    List<FieldDrift> features = new ArrayList<>();
    Reals reals =
        new Reals("psi", "noise", "js", "linf", "impact")
            .and("baseline", () -> baseline.add(shares()))
            .and("impacts", () -> json.list(() -> impacts.add(json.realDouble())))
            .and("features", () -> json.list(() -> features.add(field("feature"))));
    JsonMembers members = reals.read();
    if (impacts.isEmpty()) {
      reals.optional("impact").ifPresent(impacts::add);
    }

    return new FieldDrift(
        members.text(kind),
        baseline.stream().findFirst(),
        reals.shift(),
        members.text("not_compared", ""),
        impacts,
        features);
  }

  private Shares shares() throws BrokenJsonException {
    Reals reals = new Reals(DriftWords.MISSING, DriftWords.UNSEEN, DriftWords.FAULTS);
    reals.read();
    boolean hasRows = reals.optional(DriftWords.MISSING).isPresent();
    return new Shares( // how many rows is not written
        hasRows ? 1 : 0,
        reals.number(DriftWords.MISSING),
        reals.number(DriftWords.UNSEEN),
        reals.number(DriftWords.FAULTS));
  }

  private OutputDrift output() throws BrokenJsonException {
    Reals reals = new Reals("psi", "noise", "js", "linf", "baseline_mean", "baseline_above");
    JsonMembers members = reals.read();
    return new OutputDrift(
        members.text("output"),
        reals.number("baseline_mean"),
        reals.optional("baseline_above"),
        reals.shift(),
        members.text("not_compared", ""));
  }

  private MarginDrift margin() throws BrokenJsonException {
    boolean[] isExplained = {false};
    Reals reals =
        new Reals("change", "base", "impacts", "deviations")
            .and("explained", () -> isExplained[0] = json.truth());
    reals.read();
    return new MarginDrift(
        reals.number("change"),
        reals.number("base"),
        reals.number("impacts"),
        isExplained[0] ? Double.POSITIVE_INFINITY : 0, // it is not written, only what it decides
        reals.optional("deviations"));
  }
}
