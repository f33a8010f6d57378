package io.paritree.spark.publish;

/** The steps of a run, in order; a run can be killed after any of them. */
public enum Step {
  /** The model is open and verified. */
  MODEL_OPENED,
  /** The input is listed and checked; no task has run. */
  INPUT_CHECKED,
  /** The run's directory exists. */
  STAGING_MADE,
  /** A task has ended; occurs once per task. */
  TASK_ENDED,
  /** All tasks have ended. */
  SCORED,
  /** The files that count are in their staged partitions. */
  STAGED,
  /**
   * Footers and counts agree, the manifests are written, and the settings allow as many quarantined
   * rows and repeated keys as were counted.
   */
  VERIFIED,
  /**
   * From here on, any other run may finish this one if it is dead, unless one of its partitions was
   * published with a different identity meanwhile.
   */
  PREPARED,
  /** The output's lock is taken. */
  LOCKED,
  /** Dead runs are finished or removed. */
  OTHERS_FINISHED,
  /** No other run has published these partitions since this one began. */
  COMPARED,
  /** The swap has begun: the next run that holds the lock finishes it if this one does not. */
  SWAP_BEGUN,
  /** A partition's old rows are moved away; occurs once per replaced partition. */
  OLD_MOVED,
  /** A partition's new rows are in place; occurs once per partition. */
  NEW_MOVED,
  /** Report and quarantined rows are in the directory of runs. */
  REPORT_MOVED,
  /** The run's directory is deleted. */
  DIRECTORY_DELETED,
  /** The lock is free. */
  UNLOCKED,
  /** A table's log names none of the run's files yet; all comparisons with it have passed. */
  COMMIT_BEGUN,
  /** The table's log names the run's files. */
  COMMITTED,
  /** The log was read again, and the commit is the run's. */
  COMMIT_PROVED
}
