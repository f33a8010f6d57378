package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.publish.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A driver in its own JVM that waits at a step. */
final class WaitingRun implements AutoCloseable {
  private final PackagedJob job;
  private final String name;
  private final Step step;
  private final Process process;

  WaitingRun(PackagedJob job, String name, Step step, List<Object> arguments) throws IOException {
    this.job = job;
    this.name = name;
    this.step = step;
    List<Object> all = new ArrayList<>(List.of("wait", step, 1));
    all.addAll(arguments);
    this.process = job.start(name, ObservedJob.class, all);
  }

  Step step() {
    return step;
  }

  void awaitStep() throws IOException {
    awaitText("at " + step);
  }

  void awaitText(String text) throws IOException {
    while (!log().contains(text)) {
      assertThat(process.isAlive()).as("%s", log()).isTrue();
      LockSupport.parkNanos(10_000_000);
    }
  }

  void goOn() throws IOException {
    process.outputWriter().write('\n');
    process.outputWriter().flush();
  }

  void signal(String signal) throws Exception {
    String[] command = {"kill", "-" + signal, String.valueOf(process.pid())};
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  int exitCode() throws Exception {
    return JobProcess.exitCode(process);
  }

  /** Returns the exit code, and whether the run has published, or its log. */
  String ending() throws Exception {
    int exitCode = exitCode();
    String log = log();
    if (log.contains(": already published")) {
      return exitCode + " already published";
    }

    return exitCode + (log.contains(": published") ? " published" : " " + log);
  }

  String log() throws IOException {
    return job.log(name);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
