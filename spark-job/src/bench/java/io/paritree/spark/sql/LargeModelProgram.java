package io.paritree.spark.sql;

import io.paritree.model.ScoringModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.io.CompressionCodec;
import org.apache.spark.io.CompressionCodec$;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import scala.reflect.ClassTag$;

/**
 * A user's program on a cluster: scores rows by SQL and as a Dataset, and prints which objects of
 * the model each executor has had, and how large the tasks are.
 */
public final class LargeModelProgram {
  private static final int TASKS = 16;

  private LargeModelProgram() {}

  /**
   * @param arguments the model, and its rows
   */
  public static void main(String[] arguments) throws Exception {
    SparkSession session = SparkSession.builder().appName("large model").getOrCreate();
    session.conf().set("spark.sql.catalog.paritree", ModelCatalog.class.getName());
    session.conf().set("spark.sql.files.minPartitionNum", String.valueOf(TASKS));
    PlannedModel model = PlannedModel.of(session, arguments[0]);
    TreeSet<String> objects = new TreeSet<>(objects(session, model));
    Dataset<Row> rows = session.read().parquet(arguments[1]);
    rows.createOrReplaceTempView("t");
    String query = "SELECT paritree.`%s`.score(struct(*)) FROM t".formatted(arguments[0]);
    Dataset<Row> bySql = session.sql(query);
    Dataset<Row> asDataset = Paritree.model(arguments[0]).keys().score(rows);
    for (int time = 0; time < 2; time++) {
      bySql.write().format("noop").mode("overwrite").save();
      asDataset.write().format("noop").mode("overwrite").save();
      objects.addAll(objects(session, model));
    }

    objects.forEach(line -> System.out.println("executor " + line));
    System.out.println(task("of SQL", bySql));
    System.out.println(task("of the Dataset", asDataset));
    System.out.println(task("that reads", rows));
    session.stop();
  }

  /** Returns for each executor which object is the model, and how many there are on its heap. */
  private static List<String> objects(SparkSession session, PlannedModel model) {
    return session
        .range(0, TASKS, 1, TASKS)
        .mapPartitions(
            (MapPartitionsFunction<Long, String>) rows -> object(model), Encoders.STRING())
        .collectAsList();
  }

  private static Iterator<String> object(PlannedModel model) throws JMException {
    String line =
        "%s: model %08x, %s on the heap"
            .formatted(
                SparkEnv.get().executorId(), System.identityHashCode(model.open()), onTheHeap());
    return List.of(line).iterator();
  }

  private static String onTheHeap() throws JMException {
    Object histogram =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
    Matcher instances =
        Pattern.compile("([0-9]+) +[0-9]+ +" + Pattern.quote(ScoringModel.class.getName()) + "\\s")
            .matcher(histogram.toString());
    return instances.find() ? instances.group(1) : "none";
  }

  /** Describes what is sent to executors for the tasks of a query; Spark compresses it. */
  private static String task(String what, Dataset<Row> query) throws IOException {
    SerializerInstance serializer = SparkEnv.get().closureSerializer().newInstance();
    Object rdd = query.queryExecution().toRdd();
    ByteBuffer bytes = serializer.serialize(rdd, ClassTag$.MODULE$.Object());
    int size = bytes.remaining();
    byte[] task = new byte[size];
    bytes.get(task);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    CompressionCodec codec = CompressionCodec$.MODULE$.createCodec(SparkEnv.get().conf());
    try (OutputStream compressed = codec.compressedOutputStream(sent)) {
      compressed.write(task);
    }

    return "task %s: %s bytes, %s before compression".formatted(what, sent.size(), size);
  }
}
