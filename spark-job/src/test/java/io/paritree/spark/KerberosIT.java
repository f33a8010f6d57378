package io.paritree.spark;

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

/** With Kerberos the job needs nothing of its own: Spark logs in, and executors get its tokens. */
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

  private static Process score(Path log, String output, List<String> more) throws Exception {
    List<String> options = new ArrayList<>(hdfs.known());
    options.addAll(more);
    return cluster.score(
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

  @Test
  void modelInputAndOutputAreReadAndWrittenWithAKeytab() throws Exception {
    Path log = directory.resolve("keytab.log");

    Process job = score(log, "out", hdfs.login());

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isZero();
    hdfs.copy("/data/out", directory.resolve("out"));
    assertThat(Scores.of(directory.resolve("out")))
        .isEqualTo(ScoringJobTest.expected(model, 0, 100));
  }

  @Test
  void whoIsNotLoggedInIsRefusedAndToldWhatHdfsWants() throws Exception {
    Path log = directory.resolve("nobody.log");

    Process job = score(log, "nobody", List.of());

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isEqualTo(3);
    assertThat(Files.readString(log))
        .contains("Cannot open model " + hdfs.uri(), "KERBEROS")
        .doesNotContain("\tat ");
  }
}
