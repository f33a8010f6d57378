package io.paritree.spark.score;

import io.paritree.spark.task.JavaSerialized;
import io.paritree.spark.task.Tally;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Receives what tasks have done. The results of many tasks are added up by executors first,
 * neighbours together, so that the driver receives few: Spark ends tasks that send it more than
 * {@code spark.driver.maxResultSize}.
 */
final class TaskResults {
  /** Up to so many are received as they are: an executor that is lost then costs nothing more. */
  static final int MOST_RECEIVED = 400;

  private TaskResults() {}

  /**
   * Runs the tasks.
   *
   * @param tasks each gives one result
   * @param most how many results are received as they are
   * @return their results, or sums of these, in the order of the tasks
   */
  static List<Tally> of(JavaRDD<JavaSerialized<Tally>> tasks, int most) {
    int count = tasks.getNumPartitions();
    return (count <= most ? tasks : added(tasks, count))
        .collect().stream().map(JavaSerialized::value).toList();
  }

  private static JavaRDD<JavaSerialized<Tally>> added(
      JavaRDD<JavaSerialized<Tally>> tasks, int count) {
    int together = (int) Math.ceil(Math.sqrt(count));
    JavaRDD<Tuple2<Integer, JavaSerialized<Tally>>> numbered =
        tasks.mapPartitionsWithIndex(TaskResults::numbered, false);
    return JavaPairRDD.fromJavaRDD(numbered)
        .partitionBy(new Neighbours(together, (count + together - 1) / together))
        .mapPartitions(TaskResults::sum);
  }

  private static Iterator<Tuple2<Integer, JavaSerialized<Tally>>> numbered(
      Integer task, Iterator<JavaSerialized<Tally>> results) {
    return List.of(new Tuple2<>(task, results.next())).iterator();
  }

  private static Iterator<JavaSerialized<Tally>> sum(
      Iterator<Tuple2<Integer, JavaSerialized<Tally>>> results) {
    TreeMap<Integer, JavaSerialized<Tally>> inOrder = new TreeMap<>();
    results.forEachRemaining(one -> inOrder.put(one._1(), one._2()));
    Tally sum = new Tally();
    inOrder.values().forEach(one -> sum.add(one.value()));
    sum.pack();
    return List.of(new JavaSerialized<>(sum)).iterator();
  }

  /** The results of so many tasks, one after the other, belong together. */
  private static final class Neighbours extends Partitioner {
    private final int together;
    private final int count;

    Neighbours(int together, int count) {
      this.together = together;
      this.count = count;
    }

    @Override
    public int numPartitions() {
      return count;
    }

    @Override
    public int getPartition(Object task) {
      return (Integer) task / together;
    }
  }
}
