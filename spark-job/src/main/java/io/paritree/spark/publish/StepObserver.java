package io.paritree.spark.publish;

/**
 * Is called after each step of a run, on the thread that did the step; {@link Step#TASK_ENDED} on a
 * thread of Spark.
 */
@FunctionalInterface
public interface StepObserver {
  StepObserver NONE = step -> {};

  /**
   * Is called when a step is done. An exception from it ends the run there, as a crash would; after
   * {@link Step#TASK_ENDED}, Spark only logs it.
   */
  void reached(Step step);
}
