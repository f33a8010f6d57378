package io.paritree.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.HdfsCluster;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.model.TestPackages;
import io.paritree.output.PartitionManifest;
import io.paritree.serving.Client.Answer;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models on HDFS, served by the distribution with Hadoop's client. */
@Tag("clusters")
class ServeFromHdfsIT {
  private static final String TOKEN = "an-operator-with-a-long-secret-0123456789";
  private static final String SCORE = "/v1/models/parcel-late/score";

  /** The servers run too briefly for the JVM's second compiler. */
  private static final Map<String, String> QUICK =
      Map.of("PARITREE_JAVA_OPTS", "-XX:TieredStopAtLevel=1");

  private static final String RECORD = TestPackages.records(1).get(0);

  @TempDir static Path directory;
  private static MiniDFSCluster cluster;
  private static Location store;

  @BeforeAll
  static void startCluster() throws Exception {
    Path disks = Files.createDirectory(directory.resolve("disks"));
    cluster = HdfsCluster.start(new Configuration(), disks);
    store = Location.of(cluster.getURI() + "/models");
    TestPackages packages = new TestPackages(directory.resolve("store"));
    packages.binary(2, 21);
    packages.binary(1, 20);
    FileStore hdfs = FileStore.of(store);
    try (Stream<Path> files = Files.walk(packages.store())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = packages.store().relativize(file).toString();
        hdfs.create(store.resolve(name), Files.readAllBytes(file));
      }
    }
  }

  @AfterAll
  static void stopCluster() {
    cluster.shutdown(true);
  }

  private static void champion(int version) throws IOException {
    byte[] alias = (version + "\n").getBytes(UTF_8);
    FileStore.of(store).replace(store.resolve("parcel-late/aliases/champion"), alias);
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20)); // the server needs the cores
    }
  }

  private static int threads(ServeRun run) throws IOException {
    Matcher threads =
        Pattern.compile("(?m)^jvm_threads_current ([0-9.E]+)").matcher(managed(run, "/metrics"));
    assertThat(threads.find()).isTrue();
    return (int) Double.parseDouble(threads.group(1));
  }

  @Test
  void newVersionIsServedAndADeadNameNodeHoldsNobody() throws Exception {
    try (Relay nameNode = new Relay(cluster.getNameNodePort());
        ServeRun run = serve("hdfs://localhost:" + nameNode.port() + "/models")) {
      run.port();
      assertScores(run, 1);
      champion(2);
      await("version 2", () -> scored(run).contains("\"parcel-late/2\""));

      nameNode.fallSilent();
      int threads = threads(run);
      for (int reload = 0; reload < 5; reload++) {
        assertThat(reload(run).status()).isEqualTo(504);
        assertScores(run, 2);
      }

      assertThat(threads(run)).isLessThanOrEqualTo(threads + 4);
      nameNode.die();
      await(
          "the store is told to be unreachable",
          () -> managed(run, "/health/ready").contains("\"unreachable\":{"));
      assertScores(run, 2);
      try (Client client = new Client(run.port())) {
        assertThat(client.get("/health/ready").status()).isEqualTo(200);
        assertThat(client.get("/v1/models/parcel-late").body())
            .contains("its store cannot be read")
            .doesNotContain("hdfs:");
      }

      assertThat(managed(run, "/metrics"))
          .contains("paritree_model_refusing{model=\"parcel-late\"} 1.0")
          .containsPattern("reloads_total\\{model=\"parcel-late\",result=\"unreachable\"\\} [1-9]");
      assertThat(threads(run)).isLessThanOrEqualTo(threads + 4);

      champion(1);
      nameNode.revive();
      await("version 1", () -> scored(run).contains("\"parcel-late/1\""));
      assertThat(managed(run, "/health/ready")).doesNotContain("unreachable");
      run.process().destroy(); // SIGTERM
      assertThat(run.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(run.process().exitValue()).isZero();
    }
  }

  /** Asks the operators' port, over a connection of its own: one that waits is closed soon. */
  private static String managed(ServeRun run, String path) throws IOException {
    try (Client operator = new Client(run.managementPort())) {
      return operator.get(path).body();
    }
  }

  private static String scored(ServeRun run) throws IOException {
    try (Client client = new Client(run.port())) {
      return client.post(SCORE, RECORD).body();
    }
  }

  private static ServeRun serve(String models) throws Exception {
    byte[] token = MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(UTF_8));
    return new ServeRun(
        directory,
        QUICK,
        "--with-hadoop",
        "--model",
        "parcel-late@champion",
        "--set",
        "models.store=\"" + models + "\"",
        "--set",
        "models.poll=100 ms",
        "--set",
        "server.idle-timeout=1 s", // a reload that takes longer is answered with 504
        "--set",
        "security.admin-tokens=[\"" + HexFormat.of().formatHex(token) + "\"]");
  }

  private static Answer reload(ServeRun run) throws IOException {
    try (Client operator = new Client(run.managementPort())) {
      String token = "Authorization: Bearer " + TOKEN + "\r\n";
      return operator.send("POST", "/admin/reload", new byte[0], token);
    }
  }

  private static void assertScores(ServeRun run, int version) throws IOException {
    try (Client client = new Client(run.port())) {
      for (int request = 0; request < 100; request++) {
        Answer answer = client.post(SCORE, RECORD);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"parcel-late/" + version + "\"");
      }
    }
  }

  @Test
  void storedScoresAreFetchedAndAReplacedPartitionIsSeen() throws Exception {
    KeyForm keys = new KeyForm(List.of(new KeyColumn("loan_id", KeyColumn.Type.INTEGER, 0)));
    StoredOutput loans = new StoredOutput(directory.resolve("data/loan_scores"), keys, 1);
    loans.publish("day=1", "m/1", rows -> rows.add(List.of("4711"), "", 0.25f));
    FileStore hdfs = FileStore.of(store);
    copy(loans.path().getParent(), hdfs);
    Path indexes = directory.resolve("indexes");
    try (ServeRun run =
            new ServeRun(
                directory,
                QUICK,
                "--with-hadoop",
                "--model",
                store + "/parcel-late/1",
                "--scores",
                "loans=" + cluster.getURI() + "/data/loan_scores",
                "--set",
                "scores.poll=100 ms",
                "--set",
                "scores.index-directory=\"" + indexes + '"');
        Client client = new Client(run.port())) {
      assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"score\":0.25,");

      loans.publish("day=1", "m/1", rows -> rows.add(List.of("4711"), "", 0.75f));
      hdfs.delete(Location.of(cluster.getURI() + "/data/loan_scores"));
      copy(loans.path().getParent(), hdfs);

      await(
          "the new score",
          () -> client.get("/v1/scores/loans/4711").body().contains("\"score\":0.75,"));
      await("the old index is removed", () -> indexesIn(indexes) == 1);
    }
  }

  private static long indexesIn(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(file -> file.endsWith(IndexManifest.FILE)).count();
    }
  }

  /** Copies what HDFS does not have yet; the manifests of partitions last. */
  private static void copy(Path data, FileStore hdfs) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .sorted(Comparator.comparing(file -> file.endsWith(PartitionManifest.FILE)))
              .toList()) {
        Location to =
            Location.of(cluster.getURI() + "/" + data.getFileName() + "/" + data.relativize(file));
        hdfs.replace(to, Files.readAllBytes(file));
      }
    }
  }

  @Test
  void withoutHadoopsClientTheMessageSaysHowToBringIt() throws Exception {
    List<String> arguments = List.of("--model", store + "/parcel-late");
    try (ServeRun run = new ServeRun(directory, Map.of(), arguments.toArray(String[]::new))) {
      assertThat(run.process().waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(run.output()).contains("scripts/serve --with-hadoop").doesNotContain("\tat ");
      assertThat(run.process().exitValue()).isEqualTo(3);
    }
  }
}
