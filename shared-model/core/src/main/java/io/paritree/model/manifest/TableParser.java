package io.paritree.model.manifest;

import io.paritree.feature.MappedFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.StepsFeature.Of;
import io.paritree.feature.TableFeature;
import io.paritree.feature.TableFeature.Slot;
import io.paritree.feature.TimestampPart;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the members of a feature that gives slots by a table of values, or by steps. */
final class TableParser {
  static final String MISSING = "missing";
  static final String REJECT = "reject";

  private static final int MAX_VALUES = 10_000;
  private static final int MAX_STEPS = 20_000;
  private static final Map<String, TimestampPart> PARTS =
      byKey(TimestampPart.values(), TimestampPart::key);
  private static final Map<String, Of> OFS = byKey(Of.values(), TableParser::key);

  private final StrictJson json;
  private Optional<List<MappedFeature.Entry>> entries = Optional.empty();
  private Slot other = Slot.REJECT;
  private String of; // null unless it is given
  private final List<Step> steps = new ArrayList<>();
  private boolean hasSteps;
  private float ifMissing = Float.NaN;

  /**
   * A step before it is known what it is of.
   *
   * @param from a {@link Double}, a text, or null
   */
  private record Step(Object from, Slot slot) {}

  TableParser(StrictJson json) {
    this.json = json;
  }

  private static <T> Map<String, T> byKey(T[] all, Function<T, String> key) {
    return Arrays.stream(all).collect(Collectors.toMap(key, one -> one, (a, b) -> a, TreeMap::new));
  }

  static String key(Of of) {
    return of.name().toLowerCase(Locale.ROOT);
  }

  float ifMissing() {
    return ifMissing;
  }

  void readIfMissing() throws BrokenJsonException {
    ifMissing = json.isNull() ? Float.NaN : slot();
  }

  private float slot() throws BrokenJsonException {
    if (!json.isNumber()) {
      throw json.wrong("a number or null");
    }

    return json.realFloat() + 0f;
  }

  void readOther() throws BrokenJsonException {
    if (json.isNumber()) {
      other = Slot.of(slot());
      return;
    }

    other =
        switch (json.isText() ? json.text() : "") {
          case MISSING -> Slot.MISSING;
          case REJECT -> Slot.REJECT;
          default -> throw json.wrong("a number, '%s' or '%s'".formatted(MISSING, REJECT));
        };
  }

  void readOf() throws BrokenJsonException {
    of = json.text();
    if (!PARTS.containsKey(of) && !OFS.containsKey(of)) {
      Set<String> known = new TreeSet<>(PARTS.keySet());
      known.addAll(OFS.keySet());
      throw json.wrong("one of %s".formatted(known));
    }
  }

  void readValues() throws BrokenJsonException {
    List<MappedFeature.Entry> read = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    json.list(
        () -> {
          if (read.size() == MAX_VALUES) {
            throw json.refused("got more than %s values".formatted(MAX_VALUES), null);
          }

          Pair pair = pair(() -> value(read.isEmpty() ? null : read.get(0).value(), seen));
          read.add(new MappedFeature.Entry(pair.key, pair.slot));
        });
    entries = Optional.of(List.copyOf(read));
  }

  private Object value(Object first, Set<Object> seen) throws BrokenJsonException {
    Object value;
    if (json.isText()) {
      value = json.text();
    } else if (json.isNumber()) {
      value = json.integer(-(1L << 53) + 1, (1L << 53) - 1);
    } else {
      value = json.truth();
    }

    if (first != null && first.getClass() != value.getClass()) {
      throw json.wrong("values that are all text, all whole numbers, or true and false");
    }

    if (!seen.add(value)) {
      throw json.wrong("each value once");
    }

    return value;
  }

  void readSteps() throws BrokenJsonException {
    hasSteps = true;
    json.list(
        () -> {
          if (steps.size() == MAX_STEPS) {
            throw json.refused("got more than %s steps".formatted(MAX_STEPS), null);
          }

          Pair pair = pair(this::from);
          steps.add(new Step(pair.key, pair.slot));
        });
    if (steps.isEmpty()) {
      throw json.refused("got no step, expected at least one, from null", null);
    }
  }

  private Object from() throws BrokenJsonException {
    if (steps.isEmpty() != json.isNull()) {
      throw json.wrong(
          steps.isEmpty() ? "null, where the first step begins" : "where the step begins");
    }

    if (json.isNull()) {
      return null;
    }

    Object from = json.isText() ? json.text() : (Object) (json.number() + 0.0);
    Object before = steps.get(steps.size() - 1).from;
    if (before != null && before.getClass() != from.getClass()) {
      throw json.wrong("steps that all begin at numbers, or all at times");
    }

    if (before instanceof Double number && number >= (Double) from) {
      throw json.wrong("more than %s, where the step before begins".formatted(number));
    }

    if (from instanceof String text) {
      checkTime(text, before);
    }

    return from;
  }

  private void checkTime(String text, Object before) throws BrokenJsonException {
    Optional<Long> local = StepsFeature.micros(Of.LOCAL, text);
    Optional<Long> time = local.isPresent() ? local : StepsFeature.micros(Of.INSTANT, text);
    if (time.isEmpty()) {
      throw json.wrong(
          "a time such as 2026-01-31T12:00:00, or 2026-01-31T12:00:00Z for an instant");
    }

    if (before != null) {
      Of kind = local.isPresent() ? Of.LOCAL : Of.INSTANT;
      Optional<Long> last = StepsFeature.micros(kind, (String) before);
      if (last.isEmpty() || last.get() >= time.get()) {
        throw json.wrong("a later time than %s, where the step before begins".formatted(before));
      }
    }
  }

  private record Pair(Object key, Slot slot) {}

  private interface Key {
    Object read() throws BrokenJsonException;
  }

  /** Reads a list of two: a key, and a slot. */
  private Pair pair(Key key) throws BrokenJsonException {
    List<Object> keys = new ArrayList<>();
    List<Slot> slots = new ArrayList<>();
    json.list(
        () -> {
          if (keys.isEmpty()) {
            keys.add(key.read());
          } else if (slots.isEmpty()) {
            slots.add(slotOrRule());
          } else {
            throw json.wrong("a pair: a value and its slot");
          }
        });
    if (slots.isEmpty()) {
      throw json.wrong("a pair: a value and its slot");
    }

    return new Pair(keys.get(0), slots.get(0));
  }

  private Slot slotOrRule() throws BrokenJsonException {
    if (json.isNull()) {
      return Slot.MISSING;
    }

    if (json.isNumber()) {
      return Slot.of(slot());
    }

    if (json.isText() && json.text().equals(REJECT)) {
      return Slot.REJECT;
    }

    throw json.wrong("a number, null or '%s'".formatted(REJECT));
  }

  /**
   * Checks that the members that a type needs were there.
   *
   * @throws IllegalArgumentException if one was not
   */
  void check(String type) {
    boolean isMapped = type.equals(FeatureParser.MAPPED);
    boolean isSteps = type.equals(FeatureParser.STEPS);
    if (isMapped && entries.isEmpty() || isSteps && !hasSteps) {
      throw new IllegalArgumentException(
          "got a feature of type '%s' without '%s'"
              .formatted(type, isMapped ? FeatureParser.VALUES : FeatureParser.STEPS));
    }

    Map<String, ?> known = isMapped ? PARTS : OFS;
    if (isSteps && of == null || of != null && (isMapped || isSteps) && !known.containsKey(of)) {
      throw new IllegalArgumentException(
          "got %s as 'of' of a feature of type '%s', expected one of %s"
              .formatted(of == null ? "nothing" : "'" + of + "'", type, known.keySet()));
    }
  }

  TableFeature mapped(
      String name, String column, Optional<ZoneId> zone, Sentinels missing, boolean nullable) {
    return new MappedFeature(
        name,
        column,
        new MappedFeature.Source(Optional.ofNullable(of).map(PARTS::get), zone),
        entries.orElseThrow(),
        other,
        missing,
        nullable,
        ifMissing);
  }

  TableFeature steps(
      String name,
      String column,
      Optional<ZoneId> zone,
      double min,
      double max,
      Sentinels missing,
      boolean nullable) {
    Of kind = OFS.get(of);
    return new StepsFeature(
        name,
        column,
        kind,
        zone,
        steps.stream().map(step -> new StepsFeature.Step(from(kind, step), step.slot)).toList(),
        min,
        max,
        missing,
        nullable,
        ifMissing);
  }

  private static Number from(Of kind, Step step) {
    if (step.from == null) {
      return null;
    }

    if (kind.isTime() && step.from instanceof String text) {
      return StepsFeature.micros(kind, text).orElseThrow(() -> unfit(kind, text));
    }

    if (kind.isTime() || !(step.from instanceof Double number)) {
      throw unfit(kind, step.from);
    }

    boolean isWhole = number == Math.rint(number) && Math.abs(number) < 0x1p53;
    if (kind == Of.WHOLE && !isWhole) {
      throw unfit(kind, number);
    }

    return number;
  }

  private static IllegalArgumentException unfit(Of kind, Object from) {
    return new IllegalArgumentException(
        "got a step from %s, which is none of '%s'".formatted(from, key(kind)));
  }
}
