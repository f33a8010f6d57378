package io.paritree.spark.publish;

/** Is told of each step of a run when it is done, on the thread that did it. */
@FunctionalInterface
public interface StepObserver {
  /** Sees nothing. */
  StepObserver NONE = step -> {};

  /** A step is done. What this throws ends the run there, as a crash would. */
  void reached(Step step);
}
