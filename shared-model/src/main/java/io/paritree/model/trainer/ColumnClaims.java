package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.feature.Feature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.TimestampPart;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Claims that the trainer's features had other columns, or counted parts of time otherwise. */
final class ColumnClaims {
  /** More exchanges are not tried. */
  static final int MAX_PAIRS = 50_000;

  private static final int MAX_MOVED = 40;
  private static final int MAX_CIRCLED = 32;
  private static final int MAX_SHOWN = 1_000;

  /** Zones with summer time, one for each of the usual rules. */
  private static final List<String> ZONES =
      List.of(
          "Europe/Berlin",
          "Europe/London",
          "Europe/Athens",
          "America/New_York",
          "America/Chicago",
          "America/Denver",
          "America/Los_Angeles",
          "Australia/Sydney",
          "Asia/Kolkata");

  private final Evidence evidence;
  private final int width;
  private final List<Claim> claims = new ArrayList<>();

  private ColumnClaims(Evidence evidence) {
    this.evidence = evidence;
    this.width = evidence.schema().width();
  }

  static List<Claim> of(Evidence evidence) {
    ColumnClaims made = new ColumnClaims(evidence);
    made.addUnread();
    made.addOrders();
    made.addExchanges();
    made.addMoves();
    return made.claims;
  }

  /** Returns the columns of three features in a circle. */
  static List<Claim> cycles(Evidence evidence) {
    ColumnClaims made = new ColumnClaims(evidence);
    made.addCycles();
    return made.claims;
  }

  /** Returns parts of times that were counted otherwise, or in another zone. */
  static List<Claim> times(Evidence evidence) {
    ColumnClaims made = new ColumnClaims(evidence);
    made.addTimes();
    return made.claims;
  }

  /** Returns the exchanges of the columns of some features with the column of any feature. */
  static List<Claim> exchanges(Evidence evidence, Set<Integer> features) {
    ColumnClaims made = new ColumnClaims(evidence);
    for (int one : features) {
      for (int other = 0; other < made.width && made.claims.size() < MAX_PAIRS; other++) {
        if (other != one && !(other < one && features.contains(other))) {
          made.addExchange(one, other);
        }
      }
    }

    return made.claims;
  }

  private void addExchange(int one, int other) {
    add(
        "the columns of %s and %s were exchanged"
            .formatted(evidence.named(one), evidence.named(other)),
        "give as their \"column\" ",
        List.of(one, other),
        List.of(other, one));
  }

  /**
   * Adds that features read other columns.
   *
   * @param sources by feature, the column that it read
   */
  private void add(String cause, Cure cure, Map<Integer, String> sources) {
    claims.add(
        new InputClaim(
            cause,
            cure,
            sources.keySet(),
            (row, slots) -> {
              boolean isPossible = true;
              for (Map.Entry<Integer, String> entry : sources.entrySet()) {
                int feature = entry.getKey();
                String cell = evidence.cell(row, entry.getValue());
                isPossible &= Evidence.put(evidence.feature(feature), cell, slots, feature);
              }

              return isPossible;
            }));
  }

  private void addOrders() {
    Map<String, Integer> places = new HashMap<>();
    evidence.header().forEach(column -> places.put(column, places.size()));
    addOrder(
        "the file's columns",
        Comparator.comparingInt(feature -> places.getOrDefault(column(feature), -1)));
    addOrder("the columns' names, ascending", Comparator.comparing(this::column));
  }

  private String column(int feature) {
    return evidence.feature(feature).column();
  }

  private void addOrder(String what, Comparator<Integer> order) {
    List<Integer> all = IntStream.range(0, width).boxed().toList();
    List<Integer> sorted = all.stream().sorted(order).toList();
    long moved = all.stream().filter(feature -> !sorted.get(feature).equals(feature)).count();
    if (moved > 2) { // two are an exchange
      add(
          "the features were in the order of " + what,
          "give each its \"column\", in model order ",
          all,
          sorted);
    }
  }

  private void addExchanges() {
    List<Integer> used = used();
    for (int first = 0; first < used.size(); first++) {
      for (int second = first + 1; second < used.size(); second++) {
        if (claims.size() > MAX_PAIRS) {
          return;
        }

        addExchange(used.get(first), used.get(second));
      }
    }

    // Which column a feature has read does not show if no tree tests it.
    Set<Integer> tested = new HashSet<>(used);
    for (int one = 0; one < width; one++) {
      for (int feature : used) {
        if (claims.size() > MAX_PAIRS) {
          return;
        }

        if (one != feature && (!tested.contains(one) || width <= MAX_MOVED)) {
          addTaken(feature, column(one));
        }
      }
    }
  }

  /** Returns the features that some tree tests, and the offsets; all for a linear booster. */
  private List<Integer> used() {
    return IntStream.range(0, width).filter(evidence::isTested).boxed().toList();
  }

  private void addMoves() {
    for (int from = 0; from < width && width <= MAX_MOVED; from++) {
      for (int to = 0; to < width; to++) {
        if (Math.abs(from - to) > 1) {
          List<Integer> all = IntStream.range(0, width).boxed().toList();
          List<Integer> moved = new ArrayList<>(all);
          moved.add(to, moved.remove(from));
          add(
              "the column of %s was at another place".formatted(evidence.named(from)),
              "give as \"column\", in model order, ",
              all,
              moved);
        }
      }
    }
  }

  /** A feature that read a column which no feature reads. */
  private void addUnread() {
    for (int feature : used()) {
      for (String column : evidence.others()) {
        if (claims.size() > MAX_PAIRS) {
          return;
        }

        addTaken(feature, column);
      }
    }
  }

  private void addTaken(int feature, String column) {
    add(
        "the trainer took %s from the column '%s'"
            .formatted(evidence.named(feature), Fault.printable(column)),
        Cure.give(evidence, feature, "column", Cure.json(column)),
        Map.of(feature, column));
  }

  /** The columns of three features in a circle, among the features that the trees test most. */
  private void addCycles() {
    float[][] thresholds = evidence.thresholds();
    List<Integer> used =
        used().stream()
            .sorted(
                Comparator.comparingInt(
                    feature -> feature < thresholds.length ? -thresholds[feature].length : 0))
            .limit(MAX_CIRCLED)
            .sorted()
            .toList();
    for (int one = 0; one < used.size(); one++) {
      for (int two = one + 1; two < used.size(); two++) {
        for (int three = two + 1; three < used.size(); three++) {
          addCycle(used.get(one), used.get(two), used.get(three));
          addCycle(used.get(one), used.get(three), used.get(two));
        }
      }
    }
  }

  private void addCycle(int one, int two, int three) {
    if (Math.max(one, Math.max(two, three)) - Math.min(one, Math.min(two, three)) == 2
        && width <= MAX_MOVED) {
      return; // neighbours in a circle are a column at another place
    }

    add(
        "the columns of %s, %s and %s were in a circle"
            .formatted(evidence.named(one), evidence.named(two), evidence.named(three)),
        "give as their \"column\" ",
        List.of(one, two, three),
        List.of(two, three, one));
  }

  /**
   * Adds a claim; features that keep their column are left out of it.
   *
   * @param cure followed by the columns of all features, in their order
   * @param sources for each feature, the feature whose column it read
   */
  private void add(String cause, String cure, List<Integer> features, List<Integer> sources) {
    Map<Integer, String> other = new TreeMap<>();
    for (int at = 0; at < features.size(); at++) {
      if (!column(features.get(at)).equals(column(sources.get(at)))) {
        other.put(features.get(at), column(sources.get(at)));
      }
    }

    if (!other.isEmpty()) {
      add(
          cause,
          new Cure(
              cure + listed(sources),
              trial ->
                  other.forEach(
                      (feature, column) -> trial.give(feature, "column", Cure.json(column)))),
          other);
    }
  }

  private String listed(List<Integer> sources) {
    String shown =
        sources.stream()
            .limit(MAX_SHOWN)
            .map(source -> Cure.json(column(source)))
            .collect(Collectors.joining(", "));
    return sources.size() > MAX_SHOWN ? shown + ", ..." : shown;
  }

  private void addTimes() {
    List<Integer> weekdays = times(TimestampPart.DAY_OF_WEEK::equals);
    List<Integer> months = times(TimestampPart.MONTH::equals);
    addCounted("days of the week from 0 (Monday), as pandas does", weekdays, 8, -1);
    addCounted("days of the week from 0 (Sunday)", weekdays, 7, 0);
    addCounted("days of the week from 1 (Sunday)", weekdays, 7, 1);
    addCounted("months from 0", months, 13, -1);
    addZones();
  }

  private List<Integer> times(Predicate<TimestampPart> isWanted) {
    return IntStream.range(0, width)
        .filter(
            index ->
                evidence.feature(index) instanceof TimestampFeature time
                    && isWanted.test(time.part()))
        .boxed()
        .toList();
  }

  private void addCounted(String what, List<Integer> features, int modulus, int added) {
    if (!features.isEmpty()) {
      claims.add(
          new InputClaim(
              "the trainer counted %s, which no key of the schema does".formatted(what),
              Cure.of("compute the column upstream"),
              Set.copyOf(features),
              (row, slots) -> {
                features.forEach(feature -> slots[feature] = slots[feature] % modulus + added);
                return true;
              }));
    }
  }

  private void addZones() {
    List<Integer> times = times(part -> true);
    List<ZoneId> zones = new ArrayList<>();
    IntStream.rangeClosed(-12, 14).mapToObj(ZoneOffset::ofHours).forEach(zones::add);
    ZONES.forEach(zone -> zones.add(ZoneId.of(zone)));
    if (!times.isEmpty()) {
      zones.forEach(zone -> claims.add(zoned(zone, times)));
    }
  }

  private Claim zoned(ZoneId zone, List<Integer> times) {
    String json = Cure.json(zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId());
    return new InputClaim(
        "the trainer took the timestamps in another zone",
        new Cure(
            "give \"zone\": " + json,
            trial -> times.forEach(feature -> trial.give(feature, "zone", json))),
        Set.copyOf(times),
        (row, slots) -> {
          boolean isPossible = true;
          for (int index : times) {
            Feature zoned = zoned((TimestampFeature) evidence.feature(index), zone);
            isPossible &= Evidence.put(zoned, evidence.cell(row, index), slots, index);
          }

          return isPossible;
        });
  }

  private static Feature zoned(TimestampFeature time, ZoneId zone) {
    return new TimestampFeature(
        time.name(),
        time.column(),
        time.part(),
        Optional.of(zone),
        time.sentinels(),
        time.nullable());
  }
}
