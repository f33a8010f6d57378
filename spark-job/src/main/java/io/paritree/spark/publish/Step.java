package io.paritree.spark.publish;

/** The steps of a run, in order; a run can die after any of them. */
public enum Step {
  /** The model is open and verified. */
  MODEL_OPENED,
  /** The input is listed and checked; no task has run. */
  INPUT_CHECKED,
  /** The run's directory exists. */
  STAGING_MADE,
  /** A task has ended; comes once per task. */
  TASK_ENDED,
  /** All tasks have ended. */
  SCORED,
  /** The files that count are in their staged partitions, with their manifests. */
  STAGED,
  /** Footers and counts agree, and the gate is passed. */
  VERIFIED,
  /** The run can be finished by anyone from here on, if nothing else was published. */
  PREPARED,
  /** The output's lock is taken. */
  LOCKED,
  /** Dead runs are finished or removed. */
  OTHERS_FINISHED,
  /** No other run has published these partitions since this one began. */
  COMPARED,
  /** The swap has begun: from here on the run is finished by anyone who holds the lock. */
  SWAP_BEGUN,
  /** A partition's old rows are out of the way; comes once per replaced partition. */
  OLD_MOVED,
  /** A partition's new rows are in place; comes once per partition. */
  NEW_MOVED,
  /** Report and quarantine are in the directory of runs. */
  REPORT_MOVED,
  /** The run's directory is deleted. */
  DIRECTORY_DELETED,
  /** The lock is free. */
  UNLOCKED
}
