package io.paritree.spark.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.run.TestSpark;
import io.paritree.spark.task.JavaSerialized;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.WrittenFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class TaskResultsTest {
  private static final int TASKS = 23;

  @Test
  void theResultsOfManyTasksAreFewAndInTheOrderOfTheTasks() {
    JavaSparkContext context = new JavaSparkContext(TestSpark.session().sparkContext());
    JavaRDD<JavaSerialized<Tally>> tasks =
        context
            .parallelize(Collections.nCopies(TASKS, 0), TASKS)
            .mapPartitionsWithIndex(TaskResultsTest::result, false);

    List<Tally> each = TaskResults.of(tasks, TASKS);
    List<Tally> added = TaskResults.of(tasks, TASKS - 1);

    assertThat(each).hasSize(TASKS);
    assertThat(added).hasSize(5);
    assertThat(sum(added).scored()).isEqualTo(sum(each).scored()).hasSize(TASKS);
    assertThat(sum(added).unreadable()).containsExactlyElementsOf(sum(each).unreadable());
  }

  private static Tally sum(List<Tally> results) {
    Tally sum = new Tally();
    results.forEach(sum::add);
    return sum;
  }

  private static Iterator<JavaSerialized<Tally>> result(Integer task, Iterator<Integer> rows) {
    Tally tally = new Tally();
    tally.scored().add(new WrittenFile("file-" + task, "", task, ""));
    tally.unreadable().add("task " + task);
    return new ArrayList<>(List.of(new JavaSerialized<>(tally))).iterator();
  }
}
