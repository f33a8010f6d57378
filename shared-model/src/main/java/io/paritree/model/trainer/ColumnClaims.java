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

  /** Returns the exchanges of the columns of some features with those of any. */
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
   * Features that read the columns of other features.
   *
   * @param sources by feature, the column that it read
   */
  private record Columns(String cause, Cure cure, Evidence evidence, Map<Integer, String> sources)
      implements Claim {
    @Override
    public Set<Integer> features() {
      return sources.keySet();
    }

    @Override
    public boolean change(TrainerRow row, float[] slots) {
      boolean isPossible = true;
      for (Map.Entry<Integer, String> entry : sources.entrySet()) {
        int feature = entry.getKey();
        String cell = evidence.cell(row, entry.getValue());
        isPossible &= Evidence.put(evidence.feature(feature), cell, slots, feature);
      }

      return isPossible;
    }
  }

  private record Counted(String cause, Cure cure, Set<Integer> features, int modulus, int added)
      implements Claim {
    @Override
    public boolean change(TrainerRow row, float[] slots) {
      for (int feature : features) {
        slots[feature] = slots[feature] % modulus + added;
      }

      return true;
    }
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
    claims.add(
        new Columns(
            "the trainer took %s from the column '%s'"
                .formatted(evidence.named(feature), Fault.printable(column)),
            Cure.give(evidence, feature, "column", Cure.json(column)),
            evidence,
            Map.of(feature, column)));
  }

  /** The columns of three features in a circle, of those that the trees test most. */
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

    if (other.isEmpty()) {
      return;
    }

    claims.add(
        new Columns(
            cause,
            new Cure(
                cure + listed(sources),
                trial ->
                    other.forEach(
                        (feature, column) -> trial.give(feature, "column", Cure.json(column)))),
            evidence,
            other));
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
    Set<Integer> weekdays = new HashSet<>();
    Set<Integer> months = new HashSet<>();
    for (int index = 0; index < width; index++) {
      if (evidence.feature(index) instanceof TimestampFeature time) {
        if (time.part() == TimestampPart.DAY_OF_WEEK) {
          weekdays.add(index);
        } else if (time.part() == TimestampPart.MONTH) {
          months.add(index);
        }
      }
    }

    String upstream = ", which no key of the schema does";
    Cure cure = Cure.of("compute the column upstream");
    if (!weekdays.isEmpty()) {
      claims.add(
          new Counted(
              "the trainer counted days of the week from 0 (Monday), as pandas does" + upstream,
              cure,
              weekdays,
              8,
              -1));
      claims.add(
          new Counted(
              "the trainer counted days of the week from 0 (Sunday)" + upstream,
              cure,
              weekdays,
              7,
              0));
      claims.add(
          new Counted(
              "the trainer counted days of the week from 1 (Sunday)" + upstream,
              cure,
              weekdays,
              7,
              1));
    }

    if (!months.isEmpty()) {
      claims.add(new Counted("the trainer counted months from 0" + upstream, cure, months, 13, -1));
    }

    claims.addAll(zones());
  }

  private List<Claim> zones() {
    List<Integer> times = new ArrayList<>();
    for (int index = 0; index < width; index++) {
      if (evidence.feature(index) instanceof TimestampFeature) {
        times.add(index);
      }
    }

    List<ZoneId> zones = new ArrayList<>();
    for (int hours = -12; hours <= 14; hours++) {
      zones.add(ZoneOffset.ofHours(hours));
    }

    ZONES.forEach(zone -> zones.add(ZoneId.of(zone)));
    return times.isEmpty()
        ? List.of()
        : zones.stream().<Claim>map(zone -> zoned(zone, times)).toList();
  }

  private Claim zoned(ZoneId zone, List<Integer> times) {
    String json = Cure.json(zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId());
    return new Zoned(
        "the trainer took the timestamps in another zone",
        new Cure(
            "give \"zone\": " + json,
            trial -> times.forEach(feature -> trial.give(feature, "zone", json))),
        evidence,
        Set.copyOf(times),
        zone);
  }

  /** Returns the zones that the trainer may have read the timestamps in. */
  static List<Claim> zones(Evidence evidence) {
    return new ColumnClaims(evidence).zones();
  }

  private record Zoned(
      String cause, Cure cure, Evidence evidence, Set<Integer> features, ZoneId zone)
      implements Claim {
    @Override
    public boolean change(TrainerRow row, float[] slots) {
      boolean isPossible = true;
      for (int index : features) {
        TimestampFeature time = (TimestampFeature) evidence.feature(index);
        Feature zoned =
            new TimestampFeature(
                time.name(),
                time.column(),
                time.part(),
                Optional.of(zone),
                time.sentinels(),
                time.nullable());
        isPossible &= Evidence.put(zoned, evidence.cell(row, index), slots, index);
      }

      return isPossible;
    }
  }
}
