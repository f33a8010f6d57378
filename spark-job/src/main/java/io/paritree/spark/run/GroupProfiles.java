package io.paritree.spark.run;

import io.paritree.profile.Profile;
import io.paritree.profile.ProfileForm;
import io.paritree.profile.Sampling;
import io.paritree.spark.output.OutputPartition;
import io.paritree.spark.settings.JobSettings.Drift;
import io.paritree.spark.settings.JobSettings.DriftMode;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.TaskPlan.Profiling;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the rows of a group's partitions are like.
 *
 * @param isOfAll whether all is counted that a profile has, or only what every run reports
 */
record GroupProfiles(CheckedRun checked, boolean isOfAll) {

  /** Returns the profiles that a run asks for. */
  static GroupProfiles asked(CheckedRun checked) {
    return new GroupProfiles(checked, checked.drift() != DriftMode.OFF);
  }

  /** Returns what tasks count. */
  Profiling plan() {
    if (!isOfAll) {
      return new Profiling(Profiling.Scope.REPORTED, new Sampling(0, 0), new HashMap<>());
    }

    HashMap<String, Long> rows = new HashMap<>();
    for (OutputPartition target : checked.open()) {
      checked
          .input()
          .rowsOf(target.files())
          .ifPresent(known -> rows.put(target.partition(), known));
    }

    Drift drift = checked.settings().drift();
    Sampling sampling = new Sampling(most(drift.sampleRows()), most(drift.impactRows()));
    return new Profiling(Profiling.Scope.ALL, sampling, rows);
  }

  private static long most(long asked) {
    return asked == 0 ? Sampling.ALL : asked;
  }

  /** Returns a tally of no row, which has all partitions of the group. */
  Tally none() {
    Tally tally = new Tally();
    Profiling plan = plan();
    ProfileForm form = form();
    for (OutputPartition target : checked.open()) {
      tally.counts().put(target.partition(), plan.none(form, target.partition()));
    }

    tally.pack();
    return tally;
  }

  private ProfileForm form() {
    ProfileForm all = checked.model().unexplainedProfileForm();
    return isOfAll ? all : all.plain();
  }

  /**
   * Returns the profiles of all partitions, by partition.
   *
   * @param tally of all tasks
   */
  Map<String, Profile> of(Tally tally) {
    ProfileForm form = form();
    Map<String, Profile> profiles = new TreeMap<>();
    tally
        .counts()
        .forEach((partition, count) -> profiles.put(partition, count.profile().profile(form)));
    return profiles;
  }
}
