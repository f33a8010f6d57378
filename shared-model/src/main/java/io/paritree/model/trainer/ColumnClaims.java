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

/** Claims that the trainer's features had other columns, or counted parts of time otherwise. */
final class ColumnClaims {
  /** More exchanges are not tried. */
  static final int MAX_PAIRS = 50_000;

  private static final int MAX_MOVED = 40;
  private static final int MAX_SHOWN = 12;

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
    made.addExchanges();
    made.addOrders();
    made.addMoves();
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
        "the columns of %s were exchanged: give as their \"column\" %s",
        names(List.of(one, other)), List.of(one, other), List.of(other, one));
  }

  /** Features that read other fields. */
  private record Columns(String text, Evidence evidence, int[] features, int[] fields)
      implements Claim {
    @Override
    public void change(TrainerRow row, float[] slots) {
      for (int at = 0; at < features.length; at++) {
        slots[features[at]] =
            Evidence.slot(evidence.feature(features[at]), row.cells()[fields[at]]);
      }
    }
  }

  private record Counted(String text, Set<Integer> features, int modulus, int added)
      implements Claim {
    @Override
    public void change(TrainerRow row, float[] slots) {
      for (int feature : features) {
        slots[feature] = slots[feature] % modulus + added;
      }
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
    List<Integer> all = new ArrayList<>();
    for (int feature = 0; feature < width; feature++) {
      all.add(feature);
    }

    List<Integer> sorted = all.stream().sorted(order).toList();
    if (!sorted.equals(all)) {
      add(
          "the features were in the order of %s: give each its \"column\", in model order %s",
          what, all, sorted);
    }
  }

  private void addExchanges() {
    boolean isTooMany = (long) width * (width - 1) / 2 > MAX_PAIRS;
    List<Integer> used = used();
    for (int first = 0; first < used.size(); first++) {
      for (int second = first + 1; second < used.size(); second++) {
        if (claims.size() > MAX_PAIRS) {
          return;
        }

        addExchange(used.get(first), used.get(second));
      }
    }

    // A feature that no tree tests may still have been exchanged with one that some tree tests.
    Set<Integer> tested = new HashSet<>(used);
    for (int one = 0; one < width && !isTooMany; one++) {
      for (int other : used) {
        if (!tested.contains(one)) {
          addExchange(one, other);
        }
      }
    }
  }

  /** Returns the features that some tree tests, and the offsets; all for a linear booster. */
  private List<Integer> used() {
    float[][] thresholds = evidence.sealing().model().thresholds();
    List<Integer> used = new ArrayList<>();
    for (int feature = 0; feature < width; feature++) {
      boolean isTested =
          feature >= thresholds.length // an offset
              || thresholds[feature].length > 0
              || evidence.sealing().model().largestCode(feature) >= 0
              || evidence.sealing().model().isLinear();
      if (isTested) {
        used.add(feature);
      }
    }

    return used;
  }

  private void addMoves() {
    for (int from = 0; from < width && width <= MAX_MOVED; from++) {
      for (int to = 0; to < width; to++) {
        if (Math.abs(from - to) > 1) {
          List<Integer> all = new ArrayList<>();
          for (int feature = 0; feature < width; feature++) {
            all.add(feature);
          }

          List<Integer> moved = new ArrayList<>(all);
          moved.add(to, moved.remove(from));
          add(
              "the column of %s was at another place: give as \"column\", in model order, %s",
              names(List.of(from)), all, moved);
        }
      }
    }
  }

  /**
   * @param text has places for {@code what} and for the columns to give
   * @param sources for each feature, the feature whose column it read
   */
  private void add(String text, String what, List<Integer> features, List<Integer> sources) {
    claims.add(
        new Columns(
            text.formatted(what, names(sources.stream().map(this::column).toList(), true)),
            evidence,
            features.stream().mapToInt(Integer::intValue).toArray(),
            sources.stream().mapToInt(evidence::field).toArray()));
  }

  private String names(List<Integer> features) {
    return names(features.stream().map(index -> evidence.feature(index).name()).toList(), false);
  }

  private static String names(List<String> names, boolean isList) {
    List<String> shown =
        names.stream()
            .limit(MAX_SHOWN)
            .map(name -> (isList ? "\"%s\"" : "'%s'").formatted(Fault.printable(name)))
            .toList();
    return String.join(isList ? ", " : " and ", shown)
        + (names.size() > shown.size() ? ", ..." : "");
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

    String cure = ", which no key of the schema does: compute the column upstream";
    if (!weekdays.isEmpty()) {
      claims.add(
          new Counted(
              "the trainer counted days of the week from 0 (Monday), as pandas does" + cure,
              weekdays,
              8,
              -1));
      claims.add(
          new Counted(
              "the trainer counted days of the week from 0 (Sunday)" + cure, weekdays, 7, 0));
      claims.add(
          new Counted(
              "the trainer counted days of the week from 1 (Sunday)" + cure, weekdays, 7, 1));
    }

    if (!months.isEmpty()) {
      claims.add(new Counted("the trainer counted months from 0" + cure, months, 13, -1));
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
        : zones.stream()
            .<Claim>map(
                zone ->
                    new Zoned(
                        "the trainer took the timestamps in another zone: give \"zone\": \"%s\""
                            .formatted(zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId()),
                        evidence,
                        times,
                        zone))
            .toList();
  }

  /** Returns the zones that the trainer may have read the timestamps in. */
  static List<Claim> zones(Evidence evidence) {
    return new ColumnClaims(evidence).zones();
  }

  private record Zoned(String text, Evidence evidence, List<Integer> features, ZoneId zone)
      implements Claim {
    @Override
    public void change(TrainerRow row, float[] slots) {
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
        slots[index] = Evidence.slot(zoned, row.cells()[evidence.field(index)]);
      }
    }
  }
}
