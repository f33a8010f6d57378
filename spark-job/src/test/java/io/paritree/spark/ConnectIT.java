package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thin client of Spark Connect scores by a function, with nothing of ours on its side. */
@Tag("clusters")
class ConnectIT {
  private static final int ROWS = 1_000;
  private static final Pattern STARTED =
      Pattern.compile("Spark Connect server started at: .*?:([1-9][0-9]*)");

  @TempDir Path directory;

  @Test
  void twoSessionsOfOneServerScoreWithTheModelsOfTheirOwnStores() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, 50, 2);
    TestPackages first = new TestPackages(directory.resolve("first"));
    TestPackages second = new TestPackages(directory.resolve("second"));
    first.binary(1, 20);
    second.binary(1, 7);
    SparkHome home = SparkHome.withConnect();
    List<String> client = clientClassPath();

    Path log = directory.resolve("server.log");
    Process server = server(home, log);
    try {
      int port = port(server, log);
      for (TestPackages packages : List.of(first, second)) {
        String said = run(client, port, packages.store(), input);

        Path output = packages.store().resolve("out");
        assertThat(output).as(said).exists();
        assertThat(said)
            .contains(
                "'distance', which the model reads, is missing; the nearest name is 'distanec'");
        assertThat(rows(output.toString())).hasSize(ROWS).isEqualTo(expected(packages, input));
      }
    } finally {
      server.destroy();
      server.waitFor(60, TimeUnit.SECONDS);
      server.destroyForcibly();
    }
  }

  private static List<String> rows(String output) {
    return TestSpark.session().read().parquet(output).collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  private static List<String> expected(TestPackages packages, Path input) {
    var session = SqlSession.of(packages.store(), Map.of());
    session.read().parquet(input.toString()).createOrReplaceTempView("parcels");
    return session
        .sql(
            """
            SELECT parcel_id, p.*
            FROM (SELECT parcel_id, paritree.`parcel-late`.predict(struct(*)) AS p FROM parcels)""")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  private Process server(SparkHome home, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home.program("spark-submit").toString());
    command.addAll(List.of("--master", "local[2]", "--jars", JobProcess.jar().toString()));
    for (String setting :
        List.of(
            "spark.ui.enabled=false",
            "spark.driver.host=127.0.0.1",
            "spark.driver.bindAddress=127.0.0.1",
            "spark.connect.grpc.binding.address=127.0.0.1",
            "spark.connect.grpc.binding.port=0",
            "spark.sql.warehouse.dir=" + directory.resolve("warehouse"))) {
      command.addAll(List.of("--conf", setting));
    }

    command.addAll(
        List.of(
            "--class",
            "org.apache.spark.sql.connect.service.SparkConnectServer",
            "spark-internal"));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", JobProcess.javaHome().toString());
    builder.environment().put("SPARK_HOME", home.directory().toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  private static int port(Process server, Path log) throws IOException {
    for (int wait = 0; wait < 1_200 && server.isAlive(); wait++) {
      Matcher started = STARTED.matcher(Files.readString(log));
      if (started.find()) {
        return Integer.parseInt(started.group(1));
      }

      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }

    throw new IOException("The server did not start: " + Files.readString(log));
  }

  /** Returns the client's jars: its own first, because it replaces classes of the others. */
  private List<String> clientClassPath() throws IOException, InterruptedException {
    Path classes = directory.resolve("client.jar");
    PackagedJob.write(
        classes, List.of(ConnectProgram.class.getName().replace('.', '/') + ".class"));
    String resolved =
        SparkHome.ofTheBuild()
            .classPathOf(
                "spark-connect-client-jvm", Files.createDirectories(directory.resolve("client")));
    List<String> jars = new ArrayList<>(Arrays.asList(resolved.strip().split(File.pathSeparator)));
    assertThat(jars).noneMatch(jar -> jar.contains("paritree") || jar.contains("spark-core"));
    jars.sort((one, other) -> Boolean.compare(isClient(other), isClient(one)));
    jars.add(classes.toString());
    return jars;
  }

  private static boolean isClient(String jar) {
    return jar.contains("spark-connect-client-jvm");
  }

  private String run(List<String> classPath, int port, Path store, Path input) throws Exception {
    Path log = store.resolve("client.log");
    Process client =
        JobProcess.start(
            String.join(File.pathSeparator, classPath),
            List.of(),
            log,
            ConnectProgram.class.getName(),
            port,
            store,
            input,
            store.resolve("out"));
    assertThat(JobProcess.exitCode(client)).as(Files.readString(log)).isZero();
    return Files.readString(log);
  }
}
