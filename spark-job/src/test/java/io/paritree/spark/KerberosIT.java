package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With Kerberos the job needs nothing of its own: it uses the login of each JVM. */
@Tag("clusters")
class KerberosIT {
  @TempDir static Path directory;
  private static SecuredHdfs hdfs;
  private static SparkCluster cluster;
  private static String model;

  @BeforeAll
  static void start() throws Exception {
    Path data = directory.resolve("data");
    model = new TestPackages(data.resolve("models")).binary().toString();
    Parcels.write(data.resolve("in/day=1"), 0, 60, 0, 2);
    Parcels.write(data.resolve("in/day=2"), 60, 100, 0, 2);
    hdfs = SecuredHdfs.start(directory.resolve("secured"), data);
    cluster = SparkCluster.start(directory.resolve("cluster"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }

    if (hdfs != null) {
      hdfs.close();
    }
  }

  private static Process score(
      Path log, String output, Map<String, String> environment, List<String> more)
      throws Exception {
    List<String> options = new ArrayList<>(hdfs.known());
    options.addAll(more);
    return cluster.score(
        environment,
        log,
        options,
        "--model",
        hdfs.uri() + "/data/models/%s/1".formatted(TestPackages.BINARY),
        "--input",
        hdfs.uri() + "/data/in",
        "--output",
        hdfs.uri() + "/data/" + output,
        "--keys",
        "parcel_id",
        "--lookup-index");
  }

  private static void checkScores(String output) throws Exception {
    hdfs.copy("/data/" + output, directory.resolve(output));
    assertThat(Scores.of(directory.resolve(output)))
        .isEqualTo(ScoringJobTest.expected(model, 0, 100));
  }

  @Test
  void theDriverLogsInWithAKeytab() throws Exception {
    Path log = directory.resolve("keytab.log");
    List<String> options = new ArrayList<>(hdfs.login());
    options.addAll(List.of("--master", "local[2]"));

    Process job = score(log, "local", Map.of(), options);

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isZero();
    checkScores("local");
  }

  /** A standalone cluster gives executors no tokens. */
  @Test
  void everyHostOfAStandaloneClusterHasATicket() throws Exception {
    Path log = directory.resolve("ticket.log");
    String ticket = hdfs.ticket().toString();

    Process job =
        score(
            log,
            "standalone",
            Map.of("KRB5CCNAME", ticket),
            List.of("--conf", "spark.executorEnv.KRB5CCNAME=" + ticket));

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isZero();
    checkScores("standalone");
  }

  @Test
  void whoIsNotLoggedInIsToldWhatHdfsWants() throws Exception {
    Path log = directory.resolve("nobody.log");

    Process job = score(log, "nobody", Map.of("KRB5CCNAME", "/nowhere"), List.of());

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isEqualTo(1);
    assertThat(Files.readString(log))
        .contains("AccessControlException: Client cannot authenticate via:[TOKEN, KERBEROS]");
  }
}
