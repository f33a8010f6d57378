package io.paritree.spark.score;

import io.paritree.model.EngineKind;
import io.paritree.profile.Sampling;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.input.SourceRoot;
import io.paritree.spark.task.TaskPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/** Plans of tasks that only read and encode. */
final class TestPlan {
  private TestPlan() {}

  static TaskPlan of(List<ReadColumn> columns) {
    return new TaskPlan(
        new TaskPlan.Input(SourceRoot.ofDirectories(""), new ArrayList<>(columns)),
        new TaskPlan.Model("", EngineKind.FOREST),
        new TaskPlan.Output(
            new int[0],
            null,
            new StructType(),
            new StructType(),
            0,
            false,
            null,
            new ArrayList<>()),
        new TaskPlan.Files("", null, "", 1, 1, 0),
        new TaskPlan.Keys(0, 0, null),
        new TaskPlan.Profiling(
            TaskPlan.Profiling.Scope.REPORTED, new Sampling(0, 0), new HashMap<>()),
        new ArrayList<>(),
        0);
  }
}
