package io.paritree.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts lines of one version of a model. Not thread-safe; two of a version add up. */
final class ReplayTally {
  /** So many differences are named. */
  static final int MOST_NAMED = 5;

  private static final int MOST_REASONS = 20;
  private static final String OTHERS = "other things";

  private long same;
  private long differing;
  private long withRecord;
  private long refused;
  private String replaced = "";
  private final Map<String, Long> missing = new TreeMap<>();
  private final List<LineDifference> first = new ArrayList<>();

  void addSame() {
    same++;
  }

  /** Counts a line of a row that was refused. */
  void addRefused() {
    refused++;
  }

  void addRecord() {
    withRecord++;
  }

  void addMissing(String what, long lines) {
    String known = missing.size() < MOST_REASONS || missing.containsKey(what) ? what : OTHERS;
    missing.merge(known, lines, Long::sum);
  }

  /** Counts a line whose version is another model now. */
  void addReplaced(String how) {
    differing++;
    replaced = how;
  }

  void add(LineDifference difference) {
    differing++;
    name(difference);
  }

  private void name(LineDifference difference) {
    first.add(difference);
    Collections.sort(first);
    if (first.size() > MOST_NAMED) {
      first.remove(MOST_NAMED);
    }
  }

  void add(ReplayTally other) {
    same += other.same;
    differing += other.differing;
    withRecord += other.withRecord;
    refused += other.refused;
    replaced = other.replaced.isEmpty() ? replaced : other.replaced;
    other.missing.forEach(this::addMissing);
    other.first.forEach(this::name);
  }

  /** Returns how the version is another model now; empty if it is not. */
  String replaced() {
    return replaced;
  }

  /** Returns how many lines have the same bits when they are scored again. */
  long same() {
    return same;
  }

  /** Returns how many lines differ. */
  long differing() {
    return differing;
  }

  /** Returns how many lines could not be scored again, by what is missing. */
  Map<String, Long> missing() {
    return Collections.unmodifiableMap(missing);
  }

  long incomplete() {
    return missing.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns how many lines have a record, which was encoded again. */
  long withRecord() {
    return withRecord;
  }

  /** Returns how many lines are of rows that were refused. */
  long refused() {
    return refused;
  }

  long lines() {
    return same + differing + incomplete();
  }

  /** Returns the first lines that differ. */
  List<LineDifference> first() {
    return List.copyOf(first);
  }
}
