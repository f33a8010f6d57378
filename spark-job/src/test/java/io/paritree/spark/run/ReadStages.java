package io.paritree.spark.run;

import io.paritree.spark.versions.SparkLists;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.RDDInfo;

/** The operators of Spark's plans that the tasks of the job run. */
final class ReadStages extends SparkListener implements AutoCloseable {
  private static final SparkSession SPARK = TestSpark.session();

  private final Set<String> operators = new ConcurrentSkipListSet<>();

  ReadStages() {
    SPARK.sparkContext().addSparkListener(this);
  }

  @Override
  public void onJobStart(SparkListenerJobStart job) {
    String description = job.properties().getProperty("spark.job.description", "");
    boolean isRun = job.properties().getProperty(TaskWatch.RUN) != null;
    if (isRun && description.startsWith("score ")) { // not what Delta does meanwhile
      for (StageInfo stage : SparkLists.stages(job)) {
        for (Object rdd : SparkLists.java(SparkLists.call(stage, "rddInfos"))) {
          if (((RDDInfo) rdd).scope().isDefined()) {
            operators.add(((RDDInfo) rdd).scope().get().name());
          }
        }
      }
    }
  }

  /** Returns the names of all operators so far. */
  Collection<String> operators() throws Exception {
    SPARK.sparkContext().listenerBus().waitUntilEmpty();
    return operators;
  }

  @Override
  public void close() {
    SPARK.sparkContext().removeSparkListener(this);
  }
}
