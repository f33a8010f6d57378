package io.paritree.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.store.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models on S3, with Hadoop's S3 client among the users' own jars. Its jars, and those of the
 * server of S3, are known once the job is packaged.
 */
@Tag("clusters")
class ServeFromS3IT {
  private static final String SECRET = "a-secret-key-that-nobody-may-read";
  private static final String SCORE = "/v1/models/parcel-late/score";
  private static final String RECORD = TestPackages.records(1).get(0);

  /** Hadoop's S3 client, and what it needs. */
  private static final Pattern CLIENT =
      Pattern.compile(
          "/(hadoop-aws|commons-lang3|software/amazon|httpcomponents|org/reactivestreams)/");

  @TempDir static Path directory;
  private static S3Server server;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start(directory.resolve("s3"));
    TestPackages packages = new TestPackages(directory.resolve("store"));
    packages.binary(2, 21);
    packages.binary(1, 20);
    try (Stream<Path> files = Files.walk(packages.store())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = "models/" + packages.store().relativize(file);
        server.put(server.resolve(name), Files.readAllBytes(file));
      }
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String client() throws Exception {
    Path all =
        Path.of(System.getProperty("paritree.root"), "spark-job", "target", "test.classpath");
    String separator = System.getProperty("path.separator");
    return Stream.of(Files.readString(all).strip().split(separator))
        .filter(jar -> CLIENT.matcher(jar).find())
        .collect(Collectors.joining(separator));
  }

  private static ServeRun serve() throws Exception {
    Path configuration = Files.createDirectories(directory.resolve("hadoop"));
    Files.writeString(
        configuration.resolve("core-site.xml"),
        """
        <configuration>
          <property><name>fs.s3a.endpoint</name><value>%s</value></property>
          <property><name>fs.s3a.endpoint.region</name><value>us-east-1</value></property>
          <property><name>fs.s3a.path.style.access</name><value>true</value></property>
          <property><name>fs.s3a.attempts.maximum</name><value>1</value></property>
          <property><name>fs.s3a.retry.limit</name><value>1</value></property>
        </configuration>
        """
            .formatted(server.endpoint()));
    return new ServeRun(
        directory,
        Map.of(
            "PARITREE_JAVA_OPTS",
            "-XX:TieredStopAtLevel=1", // it runs too briefly for the second compiler
            "HADOOP_CONF_DIR",
            configuration.toString(),
            "PARITREE_CLASSPATH",
            client(),
            "AWS_ACCESS_KEY_ID",
            "somebody",
            "AWS_SECRET_ACCESS_KEY",
            SECRET),
        "--with-hadoop",
        "--model",
        "parcel-late@champion",
        "--set",
        "models.store=\"" + server.resolve("models") + "\"",
        "--set",
        "models.poll=100 ms");
  }

  @Test
  void movedAliasIsServedAndCredentialsAreNeverShown() throws Exception {
    try (ServeRun run = serve();
        Client client = new Client(run.port());
        Client management = new Client(run.managementPort())) {
      assertThat(client.post(SCORE, RECORD).body()).contains("\"parcel-late/1\"");

      server.put(server.resolve("models/parcel-late/aliases/champion"), "2\n".getBytes(UTF_8));

      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
      while (!client.post(SCORE, RECORD).body().contains("\"parcel-late/2\"")) {
        assertThat(System.nanoTime()).as("version 2 is served").isLessThan(end);
        LockSupport.parkNanos(20_000_000); // the server needs the cores
      }

      server.close();
      while (!management.get("/health/ready").body().contains("\"unreachable\":{")) {
        assertThat(System.nanoTime()).as("the store is reported").isLessThan(end);
        LockSupport.parkNanos(20_000_000); // the server needs the cores
      }

      assertThat(client.post(SCORE, RECORD).body()).contains("\"parcel-late/2\"");
      assertThat(run.output() + client.get("/v1/models/parcel-late").body())
          .contains("its store cannot be read")
          .doesNotContain(SECRET);
    }
  }
}
