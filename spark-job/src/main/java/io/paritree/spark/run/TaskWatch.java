package io.paritree.spark.run;

import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.TaskProgress;
import io.paritree.spark.versions.SparkLists;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;

/** Reports the tasks of one run to its progress and its observer. */
final class TaskWatch extends SparkListener {
  /** The local property that identifies a run's Spark jobs. */
  static final String RUN = "paritree.run";

  private final String run;
  private final TaskProgress progress;
  private final StepObserver observer;
  private final Set<Integer> stages = ConcurrentHashMap.newKeySet();
  private final Map<String, Boolean> seen = new ConcurrentHashMap<>();

  TaskWatch(String run, TaskProgress progress, StepObserver observer) {
    this.run = run;
    this.progress = progress;
    this.observer = observer;
  }

  @Override
  public void onJobStart(SparkListenerJobStart start) {
    if (start.properties() == null || !run.equals(start.properties().getProperty(RUN))) {
      return;
    }

    for (StageInfo stage : SparkLists.stages(start)) {
      stages.add(stage.stageId());
      progress.tasksAdded(stage.numTasks());
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    boolean first =
        stages.contains(end.stageId())
            && end.reason() == Success$.MODULE$
            && seen.putIfAbsent(end.stageId() + "/" + end.taskInfo().index(), true) == null;
    if (first) {
      long rows = end.taskMetrics() == null ? 0 : end.taskMetrics().inputMetrics().recordsRead();
      progress.taskEnded(rows);
      observer.reached(Step.TASK_ENDED);
    }
  }
}
