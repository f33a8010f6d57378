package io.paritree.output;

import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the state of an output is: beside it in {@code _paritree/<name>/}. */
public final class StateDirectory {
  /** Below it, the files of a run that has not ended. */
  public static final String KEPT = "kept";

  /** Below the kept files of a run, the files of the rows that could not be scored. */
  public static final String QUARANTINE = "quarantine";

  /** Below {@link #runs} and the name of a run's directory, what the run has done. */
  public static final String REPORT = "report.json";

  /** Beside it, what the rows of the run's partitions are like: the first of {@link DriftFiles}. */
  public static final String DRIFT = "drift.json";

  /** Beside it, what the run has read and written, as events of OpenLineage. */
  public static final String LINEAGE = "lineage.jsonl";

  private static final String RUNS = "runs";
  private static final String RUNNING = "running";
  private static final String LOCK = "lock";
  private static final String INDEXES = "lookup";
  private static final String PROFILES = "profiles";
  private static final String OUTCOMES = "outcomes";
  private static final String AUDITS = "audits";
  private static final Set<String> SHARED =
      Set.of(RUNS, RUNNING, LOCK, INDEXES, PROFILES, OUTCOMES, AUDITS);
  private static final String PROFILE_END = ".json";
  private static final String WHOLE = "whole";

  private StateDirectory() {}

  /** Returns the state directory of an output. */
  public static Location of(Location output) {
    return output.parent().resolve("_paritree").resolve(output.name());
  }

  /**
   * Returns where the quarantined rows of a run are: before it has ended, and afterwards.
   *
   * @param run the name of the run's directory
   */
  public static List<Location> quarantine(Location state, String run) {
    return List.of(
        state.resolve(run).resolve(KEPT).resolve(QUARANTINE),
        runs(state).resolve(run).resolve(QUARANTINE));
  }

  /** Returns the directory of the reports and quarantined rows of runs that have ended. */
  public static Location runs(Location state) {
    return state.resolve(RUNS);
  }

  /** Returns the directory in which each running run has its sign of life. */
  public static Location running(Location state) {
    return state.resolve(RUNNING);
  }

  /** Returns the directory of the output's lock. */
  public static Location lock(Location state) {
    return state.resolve(LOCK);
  }

  /** Returns whether an entry is the directory of a run that has not ended, dead or alive. */
  public static boolean isUnfinishedRun(FileEntry entry) {
    return entry.isDirectory() && !SHARED.contains(entry.location().name());
  }

  /** Returns the directory of all indexes. */
  public static Location indexes(Location state) {
    return state.resolve(INDEXES);
  }

  /**
   * Returns the directory of an index.
   *
   * @param run the name of the directory of the run that has published the partition
   */
  public static Location index(Location state, String run, String partition) {
    return partition(indexes(state).resolve(run), partition);
  }

  /** Returns the directory of the reports that say how good the scores were. */
  public static Location outcomes(Location state) {
    return state.resolve(OUTCOMES);
  }

  /** Returns the file of what the last audit of a partition that was kept has found out. */
  public static Location audit(Location state, String partition) {
    return partition(state.resolve(AUDITS), partition).resolve(StoredAudit.FILE);
  }

  /** Returns the directory of the profiles of all partitions. */
  public static Location profiles(Location state) {
    return state.resolve(PROFILES);
  }

  /** Returns the directory of a partition's profiles. */
  public static Location profiles(Location state, String partition) {
    return partition(profiles(state), partition);
  }

  /** Returns the file of the profile that a partition has with an identity. */
  public static Location profile(Location state, String partition, String identity) {
    return profiles(state, partition).resolve(identity + PROFILE_END);
  }

  /** Returns the identity in the name of a profile's file; empty if it is none. */
  public static Optional<String> identity(String name) {
    return name.endsWith(PROFILE_END)
        ? Optional.of(name.substring(0, name.length() - PROFILE_END.length()))
        : Optional.empty();
  }

  /** Returns the directory of a partition in one that has a directory for each. */
  public static Location partition(Location directory, String partition) {
    return directory.resolve(partition.isEmpty() ? WHOLE : partition);
  }

  /**
   * Returns the partition of an index.
   *
   * @param path the index's directory below the run's
   */
  public static String partition(String path) {
    return path.equals(WHOLE) ? "" : path;
  }
}
