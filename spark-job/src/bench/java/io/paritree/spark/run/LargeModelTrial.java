package io.paritree.spark.run;

import io.paritree.spark.sql.LargeModelProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * Scores by SQL and as a Dataset on two executors with a model of 100 MB, which each is to open
 * once, and shows how large the tasks are.
 *
 * <p>Run: {@code scripts/bench job --large}. Exit code 1 if an executor has opened the model twice,
 * or if Spark sends more than 50 KiB for the tasks of a query.
 */
final class LargeModelTrial {
  private static final int WIDTH = 28;
  private static final int TRAINING_ROWS = 30_000;
  private static final int DEPTH = 16;
  private static final long BYTES = 100_000_000;
  private static final int ROWS = 20_000;
  private static final int TASKS = 3;
  private static final int MOST_BYTES = 50 * 1_024;
  private static final Pattern OBJECT =
      Pattern.compile("executor (\\w+): model \\w+, (\\w+) on the heap");
  private static final Pattern TASK = Pattern.compile("task .*: ([0-9]+) bytes, .*");

  private LargeModelTrial() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 2) {
      System.err.println("Usage: scripts/bench job --large");
      System.exit(2);
    }

    Path kept = Files.createDirectories(Path.of(arguments[1]).resolve("large"));
    Path model = kept.resolve("large.ubj");
    if (!Files.exists(model)) {
      System.out.println("Training a model of 100 MB ...");
      Path unfinished = kept.resolve("unfinished");
      Files.write(unfinished, train());
      Files.move(unfinished, model);
    }

    System.out.println("model: %s bytes".formatted(Files.size(model)));
    Path rows = kept.resolve("rows");
    if (!Files.exists(rows.resolve("_SUCCESS"))) {
      Column[] columns = new Column[WIDTH];
      for (int index = 0; index < WIDTH; index++) {
        columns[index] = functions.randn(index).cast("float").as("f" + index);
      }

      TestSpark.session()
          .range(0, ROWS, 1, 4)
          .select(columns)
          .write()
          .mode("overwrite")
          .parquet(rows.toString());
    }

    System.exit(isGood(submit(kept, model, rows)) ? 0 : 1);
  }

  /** Returns trees that learn noise by heart, which makes them large. */
  private static byte[] train() throws XGBoostError {
    Random random = new Random(7);
    float[] slots = new float[TRAINING_ROWS * WIDTH];
    float[] labels = new float[TRAINING_ROWS];
    for (int at = 0; at < slots.length; at++) {
      slots[at] = (float) random.nextGaussian();
    }

    for (int row = 0; row < labels.length; row++) {
      labels[row] = (float) random.nextGaussian();
    }

    DMatrix matrix = new DMatrix(slots, TRAINING_ROWS, WIDTH, Float.NaN);
    matrix.setLabel(labels);
    Map<String, Object> parameters =
        Map.of(
            "objective",
            "reg:squarederror",
            "max_depth",
            DEPTH,
            "eta",
            0.01,
            "lambda",
            0,
            "min_child_weight",
            0,
            "tree_method",
            "hist",
            "max_bin",
            16);
    Booster booster = XGBoost.train(matrix, parameters, 1, Map.of(), null, null);
    byte[] file = booster.toByteArray("ubj");
    for (int round = 1; file.length < BYTES; round++) {
      booster.update(matrix, round);
      file = round % 10 == 0 ? booster.toByteArray("ubj") : file;
    }

    booster.dispose();
    matrix.dispose();
    return file;
  }

  private static List<String> submit(Path directory, Path model, Path rows)
      throws IOException, InterruptedException {
    SparkHome home = SparkHome.ofTheBuild();
    Path program = directory.resolve("program.jar");
    PackagedJob.write(
        program, List.of(LargeModelProgram.class.getName().replace('.', '/') + ".class"));
    List<String> command =
        new ArrayList<>(
            List.of(
                home.program("spark-submit").toString(), "--master", "local-cluster[2,2,2048]"));
    for (String setting :
        List.of(
            "spark.ui.enabled=false",
            "spark.executor.memory=2g",
            "spark.driver.memory=2g",
            "spark.driver.host=127.0.0.1",
            "spark.driver.bindAddress=127.0.0.1")) {
      command.addAll(List.of("--conf", setting));
    }

    command.addAll(List.of("--jars", JobProcess.jar().toString()));
    command.addAll(List.of("--class", LargeModelProgram.class.getName(), program.toString()));
    command.addAll(List.of(model.toString(), rows.toString()));
    Path out = directory.resolve("out");
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", JobProcess.javaHome().toString());
    builder.environment().put("SPARK_HOME", home.directory().toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Path log = directory.resolve("log");
    Process process = builder.redirectOutput(out.toFile()).redirectError(log.toFile()).start();
    if (JobProcess.exitCode(process) != 0) {
      throw new IOException("The program failed, see " + log);
    }

    return Files.readAllLines(out);
  }

  private static boolean isGood(List<String> printed) {
    boolean isGood = true;
    int tasks = 0;
    TreeSet<String> executors = new TreeSet<>();
    for (String line : printed) {
      System.out.println(line);
      Matcher object = OBJECT.matcher(line);
      if (object.matches()) {
        isGood &= executors.add(object.group(1)) && object.group(2).equals("1");
      }

      Matcher task = TASK.matcher(line);
      if (task.matches()) {
        isGood &= Integer.parseInt(task.group(1)) <= MOST_BYTES;
        tasks++;
      }
    }

    return isGood && executors.size() == 2 && tasks == TASKS;
  }
}
