package io.paritree.spark.insight.outcomes;

import io.paritree.outcome.MeasuredModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The digests of the packages that have scored rows, by the versions that the rows have: several,
 * if packages call themselves alike. Of rows that no run of the job is known to have written, the
 * package is not known, whatever version they have.
 *
 * @param areAll whether the package of all rows is known
 */
record ScoringPackages(SortedMap<String, SortedSet<String>> digests, boolean areAll) {
  static final ScoringPackages UNKNOWN = new ScoringPackages(new TreeMap<>(), false);

  void add(String version, String digest) {
    digests.computeIfAbsent(version, any -> new TreeSet<>()).add(digest);
  }

  /** Returns the models of some versions; one whose package is not known has no digest. */
  List<MeasuredModel> of(Collection<String> versions) {
    List<MeasuredModel> models = new ArrayList<>();
    for (String version : new TreeSet<>(versions)) {
      if (!areAll || !digests.containsKey(version)) {
        models.add(new MeasuredModel(version, ""));
      } else {
        digests.get(version).forEach(digest -> models.add(new MeasuredModel(version, digest)));
      }
    }

    return models;
  }
}
