package io.paritree.spark.insight.drift;

import io.paritree.drift.Drift;
import io.paritree.drift.DriftValues;
import io.paritree.output.PartitionValue;
import io.paritree.output.StoredProfile;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import io.paritree.spark.output.Output;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Compares the partitions of a group, before any of them is published. */
public final class GroupDrift {
  private final DriftRules rules;
  private final String modelDigest;
  private final KeptProfiles kept;
  private final Baselines baselines;

  private GroupDrift(DriftRules rules, String modelDigest, KeptProfiles kept, Baselines baselines) {
    this.rules = rules;
    this.modelDigest = modelDigest;
    this.kept = kept;
    this.baselines = baselines;
  }

  /** Returns the comparison of a group; its profiles are kept with the output. */
  public static GroupDrift of(
      DriftRules rules, String modelDigest, Optional<Profile> reference, Output output) {
    KeptProfiles kept = new KeptProfiles(output.place());
    return new GroupDrift(
        rules, modelDigest, kept, new Baselines(modelDigest, reference, kept, output.now()));
  }

  /**
   * Compares partitions in their order: each that will be published is a baseline of the next.
   *
   * @param profiles by partition
   * @param isPublished whether a partition will be published, by its drift
   */
  public Map<String, PartitionDrift> compare(Map<String, Profile> profiles, Admission isPublished)
      throws IOException {
    TreeMap<String, Profile> ordered = new TreeMap<>(PartitionValue.ORDER);
    ordered.putAll(profiles);
    baselines.read(ordered.keySet());
    Map<String, PartitionDrift> compared = new TreeMap<>(PartitionValue.ORDER);
    for (Map.Entry<String, Profile> partition : ordered.entrySet()) {
      PartitionDrift drift = compare(partition.getKey(), partition.getValue());
      compared.put(partition.getKey(), drift);
      if (isPublished.of(partition.getKey(), drift)) {
        baselines.publishes(partition.getKey(), partition.getValue());
      }
    }

    return compared;
  }

  /** Says whether a partition will be published. */
  @FunctionalInterface
  public interface Admission {
    boolean of(String partition, PartitionDrift drift);
  }

  private PartitionDrift compare(String partition, Profile profile) throws IOException {
    Baselines.Found found = baselines.of(partition);
    List<Drift> drifts =
        found.baselines().stream().map(baseline -> Drift.of(profile, baseline)).toList();
    DriftValues values = new DriftValues(profile, drifts, found.absences());
    List<Verdict> verdicts = rules.rules().stream().map(rule -> rule.verdict(values)).toList();
    return new PartitionDrift(profile, drifts, verdicts);
  }

  /** Stores the profile of a partition that is about to be published. */
  public void keep(String partition, String identity, Profile profile) throws IOException {
    kept.write(partition, identity, new StoredProfile(modelDigest, profile));
  }
}
