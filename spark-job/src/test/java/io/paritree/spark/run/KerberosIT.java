package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With Kerberos the job needs nothing of its own: Spark logs in. On each push {@link HdfsDefaultIT}
 * has model, input and output on HDFS.
 */
@Tag("nightly")
class KerberosIT {
  private static final String NO_TICKET = "/nowhere";

  @TempDir static Path directory;
  private static SecuredHdfs hdfs;
  private static SparkHome spark;
  private static String archived;
  private static String model;

  @BeforeAll
  static void start() throws Exception {
    Path data = directory.resolve("data");
    model = new TestPackages(data.resolve("models")).binary().toString();
    Parcels.write(data.resolve("in/day=1"), 0, 60, 0, 2);
    Parcels.write(data.resolve("in/day=2"), 60, 100, 0, 2);
    spark = SparkHome.ofTheBuild();
    archived = spark.archived();
    hdfs = SecuredHdfs.start(directory.resolve("secured"), data);
  }

  @AfterAll
  static void stop() throws Exception {
    if (hdfs != null) {
      hdfs.close();
    }
  }

  /**
   * Runs the job, and returns its exit code.
   *
   * @param ticket a file of tickets
   * @param login options of {@code spark-submit}
   */
  private static int score(Path log, String output, String ticket, List<String> login)
      throws Exception {
    List<String> options = new ArrayList<>(List.of("--master", "local[2]"));
    options.addAll(List.of("--conf", "spark.ui.enabled=false"));
    options.addAll(SparkHome.settings(List.of("-XX:TieredStopAtLevel=1")));
    options.addAll(hdfs.known());
    options.addAll(login);
    List<String> arguments =
        List.of(
            "--model",
            hdfs.uri() + "/data/models/%s/1".formatted(TestPackages.BINARY),
            "--input",
            hdfs.uri() + "/data/in",
            "--output",
            hdfs.uri() + "/data/" + output,
            "--keys",
            "parcel_id",
            "--lookup-index");
    ProcessBuilder job = spark.score(JobProcess.javaHome(), options, arguments);
    job.environment().put("KRB5CCNAME", ticket);
    job.environment().put("HADOOP_CONF_DIR", hdfs.configuration().toString());
    job.environment().put("SPARK_SUBMIT_OPTS", archived);
    return JobProcess.exitCode(job.redirectErrorStream(true).redirectOutput(log.toFile()).start());
  }

  private static void scoreAndCheck(String output, String ticket, List<String> login)
      throws Exception {
    Path log = directory.resolve(output + ".log");

    assertThat(score(log, output, ticket, login)).as(Files.readString(log)).isZero();

    hdfs.copy("/data/" + output, directory.resolve(output));
    assertThat(Scores.of(directory.resolve(output)))
        .isEqualTo(ScoringJobTest.expected(model, 0, 100));
  }

  @Test
  void modelInputAndOutputAreReachedWithAKeytab() throws Exception {
    scoreAndCheck("by-keytab", NO_TICKET, hdfs.login());
  }

  @Test
  void modelInputAndOutputAreReachedWithATicket() throws Exception {
    scoreAndCheck("by-ticket", hdfs.ticket().toString(), List.of());
  }

  @Test
  void withoutALoginTheRunReportsWhatHdfsNeeds() throws Exception {
    Path log = directory.resolve("nobody.log");

    assertThat(score(log, "nobody", NO_TICKET, List.of())).isEqualTo(1);

    assertThat(Files.readString(log))
        .contains("AccessControlException: Client cannot authenticate via:[TOKEN, KERBEROS]");
  }
}
