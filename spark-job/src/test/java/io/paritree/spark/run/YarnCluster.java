package io.paritree.spark.run;

import io.paritree.HdfsCluster;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * YARN and HDFS in this JVM, whose containers are processes of their own; they end with {@link
 * #close}. Not thread-safe.
 */
final class YarnCluster implements ExecutorDeathTrial.Cluster {
  private static final String QUEUE = "yarn.scheduler.capacity.root";

  private final SparkHome home;
  private final String archived;
  private final Path directory;
  private final MiniDFSCluster files;
  private final MiniYARNCluster yarn;
  private final List<Process> submitted = new ArrayList<>();

  private YarnCluster(
      SparkHome home, String archived, Path directory, MiniDFSCluster files, MiniYARNCluster yarn) {
    this.home = home;
    this.archived = archived;
    this.directory = directory;
    this.files = files;
    this.yarn = yarn;
  }

  /**
   * Starts both, and returns when the resource manager knows its one node.
   *
   * @param directory where files and the clients' configuration go
   */
  static YarnCluster start(Path directory) throws IOException, InterruptedException {
    SparkHome home = SparkHome.ofTheBuild();
    String archived = home.archived();
    Files.createDirectories(directory);
    System.setProperty("test.build.data", directory.resolve("yarn").toString());
    MiniDFSCluster files = HdfsCluster.start(new Configuration(), directory.resolve("hdfs"));
    YarnConfiguration settings = new YarnConfiguration();
    settings.set("fs.defaultFS", files.getURI().toString());
    settings.set(QUEUE + ".queues", "default");
    settings.set(QUEUE + ".default.capacity", "100");
    settings.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1");
    settings.set("yarn.scheduler.minimum-allocation-mb", "128");
    settings.set(
        "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100");
    settings.set("yarn.nodemanager.vmem-check-enabled", "false");
    settings.set("yarn.nodemanager.delete.debug-delay-sec", "600");
    settings.set("yarn.resourcemanager.nodemanagers.heartbeat-interval-ms", "100");
    try {
      MiniYARNCluster yarn = new MiniYARNCluster("paritree", 1, 1, 1);
      yarn.init(settings);
      yarn.start();
      YarnCluster cluster = new YarnCluster(home, archived, directory, files, yarn);
      cluster.writeConfiguration();
      return cluster;
    } catch (IOException | RuntimeException | LinkageError e) {
      files.shutdown(true); // its threads would keep this JVM
      throw e;
    }
  }

  private void writeConfiguration() throws IOException {
    Path conf = Files.createDirectories(directory.resolve("conf"));
    Configuration settings = new Configuration(yarn.getConfig());
    try (OutputStream file = Files.newOutputStream(conf.resolve("yarn-site.xml"))) {
      settings.writeXml(file);
    }

    Files.copy(conf.resolve("yarn-site.xml"), conf.resolve("core-site.xml"));
  }

  @Override
  public Location files() {
    return Location.of(files.getURI().toString()).resolve("trial");
  }

  @Override
  public Process score(Path log, List<String> options, Object... arguments) throws IOException {
    List<String> submit = new ArrayList<>(List.of("--master", "yarn"));
    submit.addAll(List.of("--driver-memory", "512m", "--executor-memory", "512m"));
    submit.addAll(List.of("--num-executors", "2", "--executor-cores", "1"));
    String java = JobProcess.javaHome().toString();
    for (String setting :
        List.of(
            "spark.yarn.jars=local:" + home.directory().resolve("jars") + "/*",
            "spark.yarn.am.memory=256m",
            "spark.yarn.appMasterEnv.JAVA_HOME=" + java,
            "spark.executorEnv.JAVA_HOME=" + java,
            // The application master has a driver's class path, even if the driver is not there.
            "spark.driver.extraClassPath=" + home.classPath(),
            "spark.executor.extraClassPath=" + home.classPath(),
            "spark.yarn.am.extraJavaOptions=" + archived,
            "spark.yarn.scheduler.heartbeat.interval-ms=200",
            "spark.yarn.scheduler.initial-allocation.interval=50ms",
            "spark.yarn.report.interval=200",
            "spark.yarn.submit.waitAppCompletion=true",
            "spark.ui.enabled=false")) {
      submit.addAll(List.of("--conf", setting));
    }

    submit.addAll(SparkHome.settings(List.of("-XX:TieredStopAtLevel=1", archived)));
    submit.addAll(options);
    ProcessBuilder builder = home.score(JobProcess.javaHome(), submit, List.of(arguments));
    builder.environment().put("HADOOP_CONF_DIR", directory.resolve("conf").toString());
    builder.environment().put("SPARK_SUBMIT_OPTS", archived);
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    submitted.add(process);
    return process;
  }

  @Override
  public List<ProcessHandle> executors() {
    return containers("CoarseGrainedExecutorBackend");
  }

  /** Returns the JVMs in containers that run a class. */
  List<ProcessHandle> containers(String main) {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("/java"))
        .filter(
            process ->
                Stream.of(process.info().arguments().orElse(new String[0]))
                    .anyMatch(argument -> argument.contains(main)))
        .toList();
  }

  @Override
  public void close() {
    submitted.forEach(Process::destroyForcibly);
    yarn.stop();
    for (String main : List.of("ExecutorBackend", "ExecutorLauncher", "ApplicationMaster")) {
      containers(main).forEach(ProcessHandle::destroyForcibly);
    }

    files.shutdown(true);
  }
}
