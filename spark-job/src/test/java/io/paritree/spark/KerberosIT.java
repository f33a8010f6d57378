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

/** With Kerberos the job needs nothing of its own: Spark logs in. */
@Tag("clusters")
class KerberosIT {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  @TempDir static Path directory;
  private static SecuredHdfs hdfs;
  private static String model;

  @BeforeAll
  static void start() throws Exception {
    Path data = directory.resolve("data");
    model = new TestPackages(data.resolve("models")).binary().toString();
    Parcels.write(data.resolve("in/day=1"), 0, 60, 0, 2);
    Parcels.write(data.resolve("in/day=2"), 60, 100, 0, 2);
    hdfs = SecuredHdfs.start(directory.resolve("secured"), data);
  }

  @AfterAll
  static void stop() throws Exception {
    if (hdfs != null) {
      hdfs.close();
    }
  }

  /**
   * Runs the job as {@code scripts/score} submits it.
   *
   * @param login options of {@code spark-submit}
   */
  private static int score(Path log, String output, String ticket, List<String> login)
      throws Exception {
    List<String> options = new ArrayList<>(List.of("--master", "local[2]"));
    options.addAll(List.of("--conf", "spark.ui.enabled=false"));
    options.addAll(hdfs.known());
    options.addAll(login);
    ProcessBuilder job =
        new ProcessBuilder(
            ROOT.resolve("scripts/score").toString(),
            "--model",
            hdfs.uri() + "/data/models/%s/1".formatted(TestPackages.BINARY),
            "--input",
            hdfs.uri() + "/data/in",
            "--output",
            hdfs.uri() + "/data/" + output,
            "--keys",
            "parcel_id",
            "--lookup-index");
    job.environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                JobProcess.javaHome().toString(),
                "SPARK_HOME",
                SparkHome.ofTheBuild().directory().toString(),
                "SPARK_LOCAL_IP",
                "127.0.0.1",
                "PARITREE_BUILT",
                "1",
                "PARITREE_SPARK_OPTS",
                String.join(" ", options),
                "KRB5CCNAME",
                ticket));
    return JobProcess.exitCode(job.redirectErrorStream(true).redirectOutput(log.toFile()).start());
  }

  private static void checkScores(String output) throws Exception {
    hdfs.copy("/data/" + output, directory.resolve(output));
    assertThat(Scores.of(directory.resolve(output)))
        .isEqualTo(ScoringJobTest.expected(model, 0, 100));
  }

  @Test
  void modelInputAndOutputAreReachedWithAKeytab() throws Exception {
    Path log = directory.resolve("keytab.log");

    assertThat(score(log, "by-keytab", "/nowhere", hdfs.login()))
        .as(Files.readString(log))
        .isZero();

    checkScores("by-keytab");
  }

  @Test
  void modelInputAndOutputAreReachedWithATicket() throws Exception {
    Path log = directory.resolve("ticket.log");

    assertThat(score(log, "by-ticket", hdfs.ticket().toString(), List.of()))
        .as(Files.readString(log))
        .isZero();

    checkScores("by-ticket");
  }

  @Test
  void whoIsNotLoggedInIsToldWhatHdfsWants() throws Exception {
    Path log = directory.resolve("nobody.log");

    assertThat(score(log, "nobody", "/nowhere", List.of())).isEqualTo(1);

    assertThat(Files.readString(log))
        .contains("AccessControlException: Client cannot authenticate via:[TOKEN, KERBEROS]");
  }
}
